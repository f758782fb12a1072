"""From runs of text to lines in reading order. Pure geometry on boxes in pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from maquette.model_servers.understanding.piece import Piece

SAME_ROW = 0.5
"""Runs lie on one row when they share this part of the lower one's height."""

WORD_GAP = 2.0
"""Runs on one row belong to one line when their gap is at most this many line heights."""

SAME_PLACE = 0.5
"""Two runs are the same text when they share this part of the smaller one's area."""


def combine(first: Sequence[Piece], second: Iterable[Piece]) -> list[Piece]:
    """Add what only the second reading found; where both read, keep the surer one."""
    kept = list(first)
    for piece in second:
        rivals = [other for other in kept if _overlap(piece, other) >= SAME_PLACE]
        if not rivals:
            kept.append(piece)
        elif piece.score > mean_score(rivals) and _letters([piece]) >= _letters(rivals):
            kept = [other for other in kept if other not in rivals]
            kept.append(piece)
    return kept


def lines_of(pieces: Iterable[Piece]) -> list[Piece]:
    """Join runs into lines: top to bottom, and left to right within a row."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (p.box[1] + p.box[3], p.box[0])):
        row = next((row for row in rows if any(_same_row(piece, other) for other in row)), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    rows.sort(key=lambda row: min(p.box[1] + p.box[3] for p in row))
    return [line for row in rows for line in _join_row(sorted(row, key=lambda p: p.box[0]))]


def mean_score(pieces: Sequence[Piece]) -> float:
    """The mean confidence, each letter counting once; nought for no letters."""
    letters = _letters(pieces)
    return sum(p.score * _letters([p]) for p in pieces) / letters if letters else 0.0


def _letters(pieces: Iterable[Piece]) -> int:
    return sum(len(piece.text.replace(" ", "")) for piece in pieces)


def _join_row(row: list[Piece]) -> list[Piece]:
    lines: list[list[Piece]] = []
    for piece in row:
        if lines and piece.box[0] - lines[-1][-1].box[2] <= WORD_GAP * _height(piece):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [_joined(line) for line in lines]


def _joined(parts: list[Piece]) -> Piece:
    x0, y0, x1, y1 = zip(*(part.box for part in parts), strict=True)
    text = " ".join(part.text for part in parts)
    return Piece(text, mean_score(parts), (min(x0), min(y0), max(x1), max(y1)))


def _height(piece: Piece) -> float:
    return piece.box[3] - piece.box[1]


def _same_row(one: Piece, other: Piece) -> bool:
    shared = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    return shared >= SAME_ROW * min(_height(one), _height(other))


def _overlap(one: Piece, other: Piece) -> float:
    """The shared area as a part of the smaller box."""
    width = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    height = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / min(_area(one), _area(other))


def _area(piece: Piece) -> float:
    return max((piece.box[2] - piece.box[0]) * _height(piece), 1e-9)
