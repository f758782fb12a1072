"""Read requests for several frames or several pictures: steps, comics, sets, seasons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from maquette.words.stopwords import NUMBERS

LEAST, MOST = 2, 6
"""Frames of one sheet, and pictures of one set."""

_NUMBER = "|".join([*NUMBERS, r"\d{1,2}"])
_PANELS = re.compile(
    rf"\b(?:comics?(?:\s+strips?)?|strips?|storyboards?|step[- ]by[- ]step|(?:{_NUMBER})[- ]?"
    r"(?:panels?|frames?|steps?)|panels?|instructions?|how to|tutorial|guide)\b",
    re.IGNORECASE,
)
_SET = re.compile(
    rf"\b(?P<count>{_NUMBER})\s+(?:different\s+|separate\s+)?(?P<what>pictures?|images?|cards?|"
    r"posters?|stickers?|labels?|drawings?|illustrations?|flyers?|covers?)\b[^:]*:\s*",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"(?:^|[\s;,.])(?:(?:step|panel|frame)\s*\d{1,2}\s*[:.)-]|\d{1,2}\s*[.)](?!\d)|"
    r"(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|then|next|after that|finally|last(?:ly)?)"
    r"\s*[,:])\s*",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*(?:;|\n|,\s*(?:and\s+|then\s+)?|\s+and\s+then\s+|\s+then\s+)\s*")
_ANDS = re.compile(r"\s*(?:;|\n|,)\s*(?:and\s+)?|\s+and\s+")
_CLAUSES = re.compile(r"\s*(?:;|\n)\s*")


@dataclass(frozen=True)
class Sequence:
    """Several frames of one sheet, or several pictures, each in the person's own words."""

    kind: Literal["panels", "set"]
    opening: str
    """What was said before the first of them."""
    parts: tuple[str, ...]
    """Their words, masked as the request is."""


def read_sequence(masked: str) -> Sequence | None:
    """The frames or pictures that a masked request lists; None: it is about one picture."""
    text = masked.strip()
    if (match := _SET.search(text)) is not None:
        count = _number(match["count"]) or 0
        parts = _so_many(text[match.end() :], count)
        if parts and LEAST <= count <= MOST:
            return Sequence("set", text[: match.start()] + _one(match["what"]), parts)
    if _PANELS.search(text) is None:
        return None
    opening, parts = _listed(text)
    if LEAST <= len(parts) <= MOST:
        return Sequence("panels", opening, parts)
    return None


def _listed(text: str) -> tuple[str, tuple[str, ...]]:
    """The items of a numbered list, else the clauses after a colon."""
    marks = list(_ITEM.finditer(text))
    if len(marks) >= LEAST:
        starts = [mark.end() for mark in marks]
        ends = [*(mark.start() for mark in marks[1:]), len(text)]
        parts = [text[start:end] for start, end in zip(starts, ends, strict=True)]
        return _tidy(text[: marks[0].start()]), _tidied(parts)
    head, colon, rest = text.partition(":")
    return (_tidy(head), _split(rest)) if colon else (text, ())


def _split(text: str) -> tuple[str, ...]:
    """Parts by semicolons or lines; by commas where there are none."""
    clauses = _tidied(_CLAUSES.split(text))
    return clauses if len(clauses) >= LEAST else _tidied(_PARTS.split(text))


def _so_many(text: str, count: int) -> tuple[str, ...]:
    """The list as so many parts, by the first separator that gives that number; else none."""
    splits = (_tidied(pattern.split(text)) for pattern in (_CLAUSES, _PARTS, _ANDS))
    return next((parts for parts in splits if len(parts) == count), ())


def _tidied(parts: list[str]) -> tuple[str, ...]:
    return tuple(tidy for part in parts if (tidy := _tidy(part)))


def _tidy(part: str) -> str:
    return re.sub(r"^(?:and|then)\s+", "", part.strip(" \t\n,;.:-"), flags=re.IGNORECASE)


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() else NUMBERS.get(word.lower())


def _one(what: str) -> str:
    return what.lower().rstrip("s")
