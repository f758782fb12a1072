"""Finding and reading text with rapidocr's PP-OCR models, from its own package, offline.

Notation: pictures are arrays (H, W, 3), 8 bits, BGR; quads are (4, 2) pixel corners, clockwise
from the top left.
"""

from __future__ import annotations

import hashlib
import logging
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maquette.model_servers.understanding.piece import Piece
from maquette.records.errors import MissingExtra, PackCorrupt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Quad = NDArray[np.float32]

DETECTOR = "PP-OCRv6_det_small.onnx"
RECOGNISER = "PP-OCRv6_rec_small.onnx"
LINE_HEIGHT_PX = 48
"""The height the recogniser was trained at."""


def model_files() -> tuple[Path, Path]:
    """The detector and the recogniser inside the installed package.

    Raises: MissingExtra: rapidocr is not installed. PackCorrupt: it came without its models.
    """
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtra(
            "reading text needs rapidocr, which is not installed",
            hint="pip install rapidocr onnxruntime",
        )
    folder = Path(spec.submodule_search_locations[0]) / "models"
    files = folder / DETECTOR, folder / RECOGNISER
    for file in files:
        if not file.is_file():
            raise PackCorrupt(
                f"the text reader's model {file.name} is missing from its package",
                hint="reinstall rapidocr",
            )
    return files


def reader_digest(code_version: str) -> str:
    """Identifies the models, the code and the libraries that compute."""
    import cv2

    digest = hashlib.sha256(f"understanding {code_version}".encode())
    for library in ("rapidocr", "onnxruntime"):
        digest.update(f"\0{library} {version(library)}".encode())
    digest.update(f"\0opencv {cv2.__version__}".encode())
    for path in model_files():
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


class Reader:
    """Finds runs of text at a given scale and reads each by itself, so that what is read in one
    place never depends on what else the picture shows (batches pad, and padding changes bits)."""

    def __init__(self, threads: int) -> None:
        """Raises: MissingExtra, PackCorrupt."""
        detector, recogniser = model_files()
        from rapidocr import RapidOCR

        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        self._engine = RapidOCR(
            params={
                "Global.log_level": "error",
                "Global.use_preprocess_img": False,
                "Global.text_score": 0.0,
                "EngineConfig.onnxruntime.intra_op_num_threads": max(threads, 1),
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.model_path": str(detector),
                "Det.limit_type": "max",
                "Det.limit_side_len": 1 << 14,
                "Rec.model_path": str(recogniser),
                "Rec.rec_batch_num": 1,
            }
        )

    def read(self, picture: Picture, long_side_px: int) -> list[Piece]:
        """Find text on the picture scaled to ``long_side_px``; read it at full resolution."""
        pieces = []
        for quad in self._find(picture, long_side_px):
            text, score = self._recognise(picture, quad)
            if text:
                low, high = quad.min(axis=0), quad.max(axis=0)
                box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
                pieces.append(Piece(text, score, box))
        return pieces

    def _find(self, picture: Picture, long_side_px: int) -> list[Quad]:
        import cv2

        height, width = picture.shape[:2]
        scale = long_side_px / max(height, width)
        # The network takes multiples of 32: rounding here keeps both axes' scale known.
        size = tuple(max(round(side * scale / 32) * 32, 32) for side in (width, height))
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        found: Any = self._engine(
            cv2.resize(picture, size, interpolation=method),
            use_det=True,
            use_cls=False,
            use_rec=False,
        )
        if found.boxes is None:
            return []
        import numpy as np

        back = np.array([width / size[0], height / size[1]], dtype=np.float32)
        return [quad.astype(np.float32) * back for quad in found.boxes]

    def _recognise(self, picture: Picture, quad: Quad) -> tuple[str, float]:
        crop = straighten(picture, quad)
        read: Any = self._engine(crop, use_det=False, use_cls=False, use_rec=True)
        if not read.txts:
            return "", 0.0
        return read.txts[0].strip(), float(read.scores[0])


def straighten(picture: Picture, quad: Quad) -> Picture:
    """Cut a quad out as an upright strip of the recogniser's height."""
    import cv2
    import numpy as np

    width = max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[3] - quad[2]))
    height = max(np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[1] - quad[2]))
    size = max(round(float(width)), 1), max(round(float(height)), 1)
    corners = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], dtype=np.float32)
    strip = cv2.warpPerspective(
        picture,
        cv2.getPerspectiveTransform(quad, corners),
        size,
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    scale = LINE_HEIGHT_PX / size[1]
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    width_px = max(round(size[0] * scale), 1)
    return cv2.resize(strip, (width_px, LINE_HEIGHT_PX), interpolation=method).astype(np.uint8)
