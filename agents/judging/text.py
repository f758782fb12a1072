"""Compare what should be read with what was read."""

from __future__ import annotations

import unicodedata

ALMOST = 0.99
"""The most that a reading with any fault can score."""

EXTRA = "extra: "
"""How the evidence of a finding begins that names words nobody asked for."""

_SAME_MARK = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "‐": "-",
    }
)


def normal(text: str) -> str:
    """Unicode NFC, white space made single spaces, typographic marks in one form.

    Case and punctuation stay: they count. A curly and a straight apostrophe are the same mark
    in two shapes, which no reader tells apart reliably.
    """
    marks = unicodedata.normalize("NFC", text).translate(_SAME_MARK).replace("…", "...")
    return " ".join(marks.split())


def edit_distance(a: str, b: str) -> int:
    """Levenshtein distance: least number of insertions, deletions and replacements."""
    if len(a) < len(b):
        a, b = b, a
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def likeness(wanted: str, read: str) -> float:
    """1 minus the edit distance over the longer length; 1.0 only when exactly equal."""
    wanted, read = normal(wanted), normal(read)
    if wanted == read:
        return 1.0
    share = 1 - edit_distance(wanted, read) / max(len(wanted), len(read), 1)
    return min(ALMOST, max(0.0, share))


def difference(wanted: str, read: str) -> str:
    """In a few words, how two different strings differ."""
    if "".join(wanted.split()) == "".join(read.split()):
        return "the spaces differ"
    if wanted.casefold() == read.casefold():
        return "capitals and small letters differ"
    if len(read) < len(wanted) and _is_within(read, wanted):
        return "letters are missing"
    if len(read) > len(wanted) and _is_within(wanted, read):
        return "there are letters too many"
    return "letters differ"


def _is_within(short: str, long: str) -> bool:
    """Whether ``short`` is ``long`` with some letters left out."""
    letters = iter(long)
    return all(character in letters for character in short)
