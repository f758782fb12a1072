"""How often to look: once where that is sure, again at another scale where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maquette.model_servers.understanding.rows import combine, lines_of

if TYPE_CHECKING:
    from maquette.model_servers.understanding.piece import Piece
    from maquette.model_servers.understanding.reader import Picture, Reader

USUAL_PX = 736
"""The long side at which the detector finds lines of all the sizes posters and signs use."""

FINE_PX = 1472
"""The long side for small print, on large pictures."""

COARSE_PX = 384
"""The long side for letters so large that parts of them pass for letters."""

SURE = 0.92
"""A run read with less confidence is looked at again."""

LEAST_SCORE = 0.5
"""Less sure readings are noise, not text."""


def read_lines(reader: Reader, picture: Picture) -> list[Piece]:
    """The lines of a picture in reading order.

    One pass at the usual scale; a fine one too when the picture is large, or when a run is
    doubtful or nothing was found; at last a coarse one while there is still nothing sure.
    """
    pieces = reader.read(picture, USUAL_PX)
    long_side = max(picture.shape[:2])
    if long_side > 1.4 * USUAL_PX or _doubtful(pieces):
        pieces = combine(pieces, reader.read(picture, FINE_PX))
    if _doubtful(pieces):
        pieces = combine(pieces, reader.read(picture, COARSE_PX))
    return lines_of(piece for piece in pieces if piece.score >= LEAST_SCORE)


def _doubtful(pieces: list[Piece]) -> bool:
    return not pieces or any(piece.score < SURE for piece in pieces)
