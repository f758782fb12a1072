"""The ledger of an item: for each word what it was taken for. No word is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from maquette.agents.reading.labelled.labelled import Labelled
from maquette.records.ledger import LedgerEntry, Part
from maquette.words.lexicon import singular
from maquette.words.stopwords import CARRIERS, function_words

PARTS: Mapping[str, Part] = {
    "do": "argument",
    "thing": "criterion",
    "target": "argument",
    "count": "criterion",
    "colour": "criterion",
    "pattern": "criterion",
    "size": "criterion",
    "attr": "criterion",
    "rel": "criterion",
    "place": "criterion",
    "ground": "criterion",
    "carrier": "argument",
    "cue": "context",
    "words": "wording",
    "style": "style",
    "not": "criterion",
    "ref": "context",
    "opt": "argument",
    "query": "argument",
    "new": "argument",
    "why": "context",
    "step": "context",
    "pol": "politeness",
}
_WORD = re.compile(r"\w+")


def entries_of(it: Labelled, whole: str, place: Sequence[tuple[int, int]]) -> list[LedgerEntry]:
    """What each word of an item was taken for.

    Args:
        whole: the request as the person wrote it.
        place: of each character of the masked request, its place (start, end) in ``whole``.
    """
    functions = function_words(it.language) | function_words("en")
    entries = []
    covered: set[int] = set()
    for piece in it.pieces:
        start = place[it.offset + piece.start][0]
        end = place[it.offset + piece.end - 1][1]
        covered |= set(range(start, end))
        entries.append(
            LedgerEntry(
                words=whole[start:end],
                start=start,
                end=end,
                part=PARTS[piece.label],
                meaning=piece.label,
                probability=piece.probability,
            )
        )
    first, last = place[it.offset][0], place[it.offset + len(it.text) - 1][1]
    for start, end in _left_over(whole, first, last, covered):
        word = whole[start:end].lower()
        known = word in functions or singular(word) in CARRIERS
        entries.append(
            LedgerEntry(
                words=whole[start:end],
                start=start,
                end=end,
                part="context" if known else "not_understood",
            )
        )
    return sorted(entries, key=lambda entry: entry.start)


def _left_over(whole: str, first: int, last: int, covered: set[int]) -> list[tuple[int, int]]:
    """The words, or parts of words, that no piece holds."""
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer(whole, first, last):
        for k in range(match.start(), match.end()):
            if k in covered:
                continue
            if found and found[-1][1] == k and k > match.start():
                found[-1] = (found[-1][0], k + 1)
            else:
                found.append((k, k + 1))
    return found
