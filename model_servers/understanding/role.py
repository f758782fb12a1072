"""The understanding role: what a picture says, by OCR."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from maquette.model_servers.contract import Method, RoleName
from maquette.model_servers.schemas import OcrLine, OcrReply, OcrRequest
from maquette.model_servers.worker_thread import WorkerThread
from maquette.records.errors import GiveUp
from maquette.records.geometry import Box

if TYPE_CHECKING:
    from maquette.infra.store.contract import ArtifactStore
    from maquette.model_servers.understanding.piece import Piece
    from maquette.model_servers.understanding.reader import Reader

CODE_VERSION = "1"
"""Raised with every change to this folder that can change what is read."""

MAX_PIXELS = 16_000_000
MAX_BYTES = 64_000_000


class UnderstandingRole:
    """Reads text with the PP-OCR models shipped inside rapidocr. Offline and deterministic."""

    role = RoleName.UNDERSTANDING

    def __init__(self, store: ArtifactStore, threads: int) -> None:
        """``threads``: the most the models may use at once, at least one."""
        self._store = store
        self._threads = threads
        self._thread = WorkerThread("understanding")
        self._reader: Reader | None = None
        self._digest = ""

    async def start(self) -> None:
        """Load the models. Raises: MissingExtra, PackCorrupt."""
        self._reader, self._digest = await self._thread.run(_load, self._threads)

    async def stop(self) -> None:
        self._thread.close()
        self._reader = None

    def methods(self) -> Mapping[str, Method]:
        return {"ocr": Method(OcrRequest, OcrReply, self.ocr)}

    def digest(self) -> str:
        """Identifies the model files, this code and the libraries that compute."""
        self._started()
        return self._digest

    async def ocr(self, request: OcrRequest) -> OcrReply:
        """Read a stored picture: lines in reading order, boxes as fractions of the picture.

        Raises: NotFound: no such artifact. MediaRejected: it is not a picture.
        """
        reader = self._started()
        data = await self._store.get(request.image.sha256, owner=request.owner)
        lines, forward_s = await self._thread.run(_read, reader, data)
        return OcrReply(lines=lines, digest=self._digest, forward_s=forward_s)

    def _started(self) -> Reader:
        if self._reader is None:
            raise GiveUp("the understanding role is not running", hint="start it")
        return self._reader


def _load(threads: int) -> tuple[Reader, str]:
    from maquette.model_servers.understanding.reader import Reader, reader_digest

    return Reader(threads), reader_digest(CODE_VERSION)


def _read(reader: Reader, data: bytes) -> tuple[tuple[OcrLine, ...], float]:
    import numpy as np
    from PIL import Image

    from maquette.infra.media import decode_image
    from maquette.model_servers.understanding.passes import read_lines

    picture = decode_image(data, max_pixels=MAX_PIXELS, max_bytes=MAX_BYTES)
    if picture.mode == "RGBA":
        # What is clear is seen as it would be on paper.
        paper = Image.new("RGBA", picture.size, "#ffffff")
        paper.alpha_composite(picture)
        picture = paper.convert("RGB")
    begun = time.monotonic()
    pixels = np.ascontiguousarray(np.asarray(picture.convert("RGB"))[:, :, ::-1])
    found = read_lines(reader, pixels)
    forward_s = time.monotonic() - begun
    lines = tuple(_line(piece, picture.width, picture.height) for piece in found)
    return lines, forward_s


def _line(piece: Piece, width_px: int, height_px: int) -> OcrLine:
    x0, y0, x1, y1 = piece.box
    box = Box(
        x0=max(x0 / width_px, 0.0),
        y0=max(y0 / height_px, 0.0),
        x1=min(x1 / width_px, 1.0),
        y1=min(y1 / height_px, 1.0),
    )
    return OcrLine(text=piece.text, score=min(piece.score, 1.0), box=box)
