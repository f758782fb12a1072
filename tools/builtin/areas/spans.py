"""Which of the words read in a picture are meant: by the words themselves, or by what they say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from maquette.model_servers.schemas.understanding import OcrLine
from maquette.records.errors import InvalidInput
from maquette.words.lexicon import singular
from maquette.words.stopwords import TEXT_WORDS

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?\.?"
_KINDS = {
    "date": rf"\b{_DAY}\s*{_MONTH}(?:,?\s*\d{{4}})?|\b{_MONTH}\s*{_DAY}(?:,?\s*\d{{4}})?|"
    r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}(?:[./](?:\d{4}|\d\d))?",
    "time": r"\b\d{1,2}(?:[:.]\d\d)?\s*(?:am|pm|a\.m\.|p\.m\.|uhr|h)(?!\w)|\b\d{1,2}:\d\d\b",
    "price": r"[$€£¥]\s*\d+(?:[.,]\d+)*|"
    r"\b\d+(?:[.,]\d+)*\s*(?:[$€£¥]|(?:euros?|dollars?|usd|eur)\b)",
    "year": r"\b(?:19|20)\d\d\b",
    "percentage": r"\b\d+(?:[.,]\d+)?\s*%",
    "phone": r"\+?\d[\d\s()/-]{5,}\d",
    "email": r"\b\S+@\S+\.\w+",
    "website": r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|io|de|es|eu)\b\S*",
}
_CALLED = {"phone number": "phone", "discount": "percentage", "url": "website", "hour": "time"}
_TITLES = frozenset({"title", "headline", "heading", "header"})


@dataclass(frozen=True)
class Span:
    """Words of one line, characters ``start`` to ``end`` of its text."""

    line: OcrLine
    start: int
    end: int

    def replaced(self, old: str, new: str) -> str:
        """The line with other words in their place: in capitals where it has capitals for what
        the person writes otherwise."""
        here = self.line.text[self.start : self.end]
        new = new.upper() if here.isupper() and here != old and not old.isupper() else new
        return f"{self.line.text[: self.start]}{new}{self.line.text[self.end :]}"


def span_of(lines: Sequence[OcrLine], old: str) -> Span:
    """The words that ``old`` means: as they are written, else of the kind that it names ("date").

    Raises: InvalidInput: none are, or it is not clear which.
    """
    wanted = " ".join(old.split())
    found = list(_written(lines, wanted))
    if not found:
        found = list(_of_kind(lines, wanted.lower()))
    if len(found) == 1:
        return found[0]
    read = "; ".join(repr(line.text) for line in lines)[:300]
    told = f"is read {len(found)} times" if found else "is not among the words read"
    raise InvalidInput(
        f"{old!r} {told} in the picture, which says {read or 'nothing'}",
        hint='Say the words as they stand there, e.g. change "5 pm" to "6 pm".',
    )


def _written(lines: Sequence[OcrLine], wanted: str) -> list[Span]:
    pattern = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)", re.IGNORECASE)
    spans = [Span(line, *m.span()) for line in lines for m in pattern.finditer(line.text)]
    whole = [one for one in spans if one.end - one.start == len(one.line.text.strip())]
    return whole if len(whole) == 1 else spans


def _of_kind(lines: Sequence[OcrLine], named: str) -> list[Span]:
    kind = _KINDS.get(_CALLED.get(named, named))
    if kind:
        pattern = re.compile(kind, re.IGNORECASE)
        return [Span(line, *m.span()) for line in lines for m in pattern.finditer(line.text)]
    whole = [Span(line, 0, len(line.text)) for line in lines]
    if named in _TITLES and whole:
        return [max(whole, key=lambda one: one.line.box.height)]
    return whole if singular(named.split()[-1]) in TEXT_WORDS and len(whole) == 1 else []
