"""How often to look: once where that is sure, again in another way where it is not.

Measured with these models: the detector finds more the smaller it sees the picture, down to
letters of some 6 px; a lone small line in a large empty view is lost. So the usual view is small,
and small print is sought in tiles, each seen by itself, never in one large view.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from maquette.model_servers.understanding.rows import combine, lines_of

if TYPE_CHECKING:
    from maquette.model_servers.understanding.piece import Piece
    from maquette.model_servers.understanding.reader import Picture, Reader

USUAL_PX = 480
"""The long side of the usual view."""

LARGER_PX = 640
SMALLER_PX = 320
"""Views for a second opinion on doubtful runs; the smaller one also finds giant letters."""

TILED_FROM_PX = 1024
"""Pictures with a longer side may hold print too small for the usual view."""

TILE = 0.6
"""The part of each side that one of the four tiles shows: they overlap by a fifth."""

SURE = 0.92
"""A run read with less confidence is looked at again."""

LEAST_SCORE = 0.5
"""Less sure readings are noise, not text."""


def read_lines(reader: Reader, picture: Picture) -> list[Piece]:
    """The lines of a picture in reading order, top to bottom and left to right."""
    pieces = reader.read(picture, USUAL_PX)
    if max(picture.shape[:2]) > TILED_FROM_PX:
        for tile, x, y in _tiles(picture):
            pieces = combine(pieces, _whole(reader.read(tile, USUAL_PX), tile, picture, x, y))
    for long_side in (LARGER_PX, SMALLER_PX) if pieces else (SMALLER_PX,):
        if _doubtful(pieces):
            pieces = combine(pieces, reader.read(picture, long_side))
    return lines_of(piece for piece in pieces if piece.score >= LEAST_SCORE)


def _doubtful(pieces: list[Piece]) -> bool:
    return not pieces or any(piece.score < SURE for piece in pieces)


def _tiles(picture: Picture) -> Iterator[tuple[Picture, int, int]]:
    """The four overlapping corners of a picture, each with its place."""
    height, width = picture.shape[:2]
    high, wide = round(height * TILE), round(width * TILE)
    for y in (0, height - high):
        for x in (0, width - wide):
            yield picture[y : y + high, x : x + wide], x, y


def _whole(pieces: list[Piece], tile: Picture, picture: Picture, x: int, y: int) -> Iterator[Piece]:
    """Move runs to their place in the picture, leaving out those that an inner edge may cut."""
    high, wide = tile.shape[:2]
    height, width = picture.shape[:2]
    for piece in pieces:
        x0, y0, x1, y1 = piece.box
        margin = (y1 - y0) / 2
        cut = (
            (x > 0 and x0 < margin)
            or (y > 0 and y0 < margin)
            or (x + wide < width and x1 > wide - margin)
            or (y + high < height and y1 > high - margin)
        )
        if not cut:
            yield replace(piece, box=(x0 + x, y0 + y, x1 + x, y1 + y))
