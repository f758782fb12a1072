"""Quoted strings of a request: their marks, and the private characters that stand for them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

PLACEHOLDER = 0xE000
"""First of the private characters that stand for a found string in the masked text."""
MAX_STRINGS = 64

_CLOSERS = {
    '"': '"',
    "'": "'",
    "`": "`",
    "“": "”",
    "”": "”",
    "„": "“”",
    "«": "»",
    "‹": "›",
    "‘": "’",
    "「": "」",
    "『": "』",
}
_SINGLE = frozenset("'‘`")


@dataclass(frozen=True)
class Wordings:
    """The strings in order, and the request with each replaced by a private character."""

    shown: tuple[str, ...]
    """Strings to be seen, normalised."""
    masked: str
    """The request; character ``PLACEHOLDER + k`` stands where string ``k`` was."""


def normal(text: str) -> str:
    """Unicode NFC with every run of white space made one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def closing(text: str, start: int) -> int:
    """Index of the mark that closes the one at ``start``, or -1 if there is none that opens."""
    opener = text[start]
    if opener not in _CLOSERS:
        return -1
    closers = _CLOSERS[opener]
    before = text[start - 1] if start else " "
    if opener == '"' and before.isdigit():  # 12" is a length
        return -1
    if opener == "”" and before.isalnum():
        return -1
    if opener in _SINGLE:
        if before.isalnum():
            return -1
        for end in range(start + 2, len(text)):
            after = text[end + 1] if end + 1 < len(text) else " "
            if text[end] in closers and not after.isalnum() and not text[end - 1].isspace():
                return end
        return -1
    depth = 0
    for end in range(start + 1, len(text)):
        if text[end] == opener and opener not in closers:
            depth += 1
        elif text[end] in closers or (opener in "“„" and text[end] == '"'):
            if depth == 0:
                return end
            depth -= 1
    return -1
