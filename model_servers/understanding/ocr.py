"""Stored bytes to lines of text, boxes as fractions of the picture."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from maquette.model_servers.loading.pictures import open_picture
from maquette.model_servers.schemas.understanding import OcrLine
from maquette.model_servers.understanding.passes import read_lines
from maquette.records.geometry import Box

if TYPE_CHECKING:
    from maquette.model_servers.understanding.piece import Piece
    from maquette.model_servers.understanding.reader import Reader


def read_stored(reader: Reader, data: bytes) -> tuple[tuple[OcrLine, ...], float]:
    """The lines of an encoded picture, and the seconds the models took. Raises: MediaRejected."""
    import numpy as np

    picture = open_picture(data)
    begun = time.monotonic()
    pixels = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
    found = read_lines(reader, pixels)
    forward_s = time.monotonic() - begun
    return tuple(_line(piece, picture.width, picture.height) for piece in found), forward_s


def _line(piece: Piece, width_px: int, height_px: int) -> OcrLine:
    x0, y0, x1, y1 = piece.box
    box = Box(
        x0=max(x0 / width_px, 0.0),
        y0=max(y0 / height_px, 0.0),
        x1=min(x1 / width_px, 1.0),
        y1=min(y1 / height_px, 1.0),
    )
    return OcrLine(text=piece.text, score=min(piece.score, 1.0), box=box)
