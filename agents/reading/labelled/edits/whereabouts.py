"""What only says where a changed thing stands: "the ball on the table", "the door on the left"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from maquette.agents.reading.labelled.labelled import Labelled

_OF = re.compile(r"\s+of\s+(?:(?:the|an?|my|his|her|its|their|this|that)\s+)?", re.IGNORECASE)


def anchors_of(it: Labelled, pieces: Sequence[int], k: int) -> Iterator[int]:
    """Things that are named only to say where thing ``k`` is, or whose part it is.

    Args:
        pieces: the numbers of the clause's pieces.
    """
    end = it.pieces[k].end
    for n in pieces:
        piece = it.pieces[n]
        if piece.label == "target" and n != k and piece.start >= end:
            if _OF.fullmatch(it.text[end : piece.start]):
                yield n
        elif piece.label == "rel" and k in it.heads_of(n):
            yield from (other for other in it.objects_of(n) if other != k)


def where_of(it: Labelled, pieces: Sequence[int], k: int, *, used: Set[int]) -> str:
    """Where thing ``k`` stands, in the words behind it; empty: it is not said.

    Args:
        used: pieces that say something else, such as where the thing is to go.
    """
    end = it.pieces[k].end
    for n in pieces:
        piece = it.pieces[n]
        if piece.label == "place" and n not in used and k in it.heads_of(n) and piece.start >= end:
            return piece.text.lower()
    behind = [n for n in anchors_of(it, pieces, k) if it.pieces[n].start > end]
    return " ".join(it.text[end : it.pieces[behind[0]].end].lower().split()) if behind else ""
