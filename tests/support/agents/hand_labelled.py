"""Requests labelled by hand, without a model."""

from __future__ import annotations

from maquette.agents.reading.labelled.labelled import Labelled, Piece
from maquette.agents.reading.labelled.quoting import hide_quoted
from maquette.agents.reading.labelled.read import reading_of
from maquette.agents.reading.request import Reading

Said = tuple[str, str] | tuple[str, str, tuple[int, ...]]
Told = Said | tuple[str, str, tuple[int, ...], tuple[int, ...]]


def labelled(text: str, *told: Told, kind: str = "image", language: str = "en") -> Labelled:
    """An item of these pieces, in order: label, words, heads and, of a relation, objects.

    The words ``"..."`` stand for the next quoted string.
    """
    quoted = hide_quoted(text)
    pieces, at, string = [], 0, 0
    for label, words, *arcs in told:
        if words == '"..."':
            words, string = chr(0xE000 + string), string + 1
        start = quoted.masked.index(words, at)
        at = start + len(words)
        pieces.append(Piece(label, words, start, at, 0.9, *arcs))
    return Labelled(quoted.masked, quoted.strings, tuple(pieces), {kind: 1.0}, language=language)


def by_hand(text: str, *told: Told, kind: str = "image", attached: int = 0) -> Reading:
    """The reading of an item with these labels."""
    return reading_of(labelled(text, *told, kind=kind), attached)
