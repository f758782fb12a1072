"""Read requests to find, mask or cut out something in an attached picture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from maquette.agents.reading.wording import PLACEHOLDER, Wordings

MAX_PHRASES = 16

_POLITE = (
    r"^\W*(?:please\s+|now\s+|can you\s+|could you\s+|i (?:want|need|would like)\s+(?:you to\s+)?)*"
)
_WHOLE = r"(?P<what>.+?)"
_CUTS = re.compile(
    rf"{_POLITE}(?:cut\s+out\s+{_WHOLE}|cut\s+(?P<split>.+?)\s+out(?:\s+of\b.*)?|"
    r"(?:isolate|extract(?!\s+.*\b(?:text|words?|letters)\b))\s+(?P<alone>.+?)|make\s+a\s+cut-?out\s+of\s+(?P<made>.+?)|"
    r"(?:give|show|get)\s+me\s+(?:only|just)\s+(?P<only>.+?)|"
    r"(?:give|show|get)\s+me\s+(?P<single>.+?)\s+(?:alone|only|by (?:itself|themselves)|"
    r"on (?:its|their) own))\s*$",
    re.IGNORECASE,
)
_MASKS = re.compile(
    rf"{_POLITE}(?:(?:make|give|show|create|draw|get)\s+(?:me\s+)?)?(?:an?\s+|the\s+)?"
    rf"(?:mask|segmentation)\s+(?:of|for)\s+{_WHOLE}\s*$|{_POLITE}segment\s+(?:out\s+)?(?P<cut>.+?)\s*$",
    re.IGNORECASE,
)
_LOCATES = re.compile(
    rf"{_POLITE}(?:(?:tell|show)\s+me\s+)?(?:where(?:['’]s|\s+is|\s+are)\s+{_WHOLE}|"
    r"where\s+(?P<late>.+?)\s+(?:is|are)|"
    r"(?:highlight|locate|outline|find|point\s+(?:at|to|out))\s+(?P<shown>.+?))\s*$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,]*\b(?:(?:in|from|of|on|out of)\s+(?:this|the|that|my|an?)\s+(?:attached\s+)?"
    r"(?:picture|image|photo|photograph|drawing|scene|one)|for me|please|here|located|standing)$",
    re.IGNORECASE,
)
_NO_THING = re.compile(
    r"^(?:it|this|that|these|those|he|she|they|there|you|i|we|everything|something|someone|"
    r"an? answer|out)\b|\b(?:picture|image|photo|photograph|taken|born|from)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sought:
    """What to look for, and what is wanted of it."""

    phrases: tuple[str, ...]
    wanted: Literal["cut_out", "mask", "place"]


def read_finding(wordings: Wordings) -> Sought | None:
    """What a request asks to find in a picture, or None if it asks for something else."""
    text = re.sub(r"[\s.?!]+$", "", wordings.masked.strip())
    for pattern, wanted in ((_CUTS, "cut_out"), (_MASKS, "mask"), (_LOCATES, "place")):
        match = pattern.match(text)
        if match is None:
            continue
        what = next((found for found in match.groupdict().values() if found), "")
        phrases = tuple(_phrases(what, wordings))
        if phrases:
            return Sought(phrases[:MAX_PHRASES], wanted)  # type: ignore[arg-type]
    return None


def _phrases(what: str, wordings: Wordings) -> list[str]:
    shorter = _TAIL.sub("", what)
    while shorter != what:
        what, shorter = shorter, _TAIL.sub("", shorter)
    parts = [part.strip(" ,") for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", what)]
    if any(not part or _NO_THING.search(part) for part in parts):
        return []
    return [" ".join(_quoted(part, wordings).split())[:200] for part in parts]


def _quoted(part: str, wordings: Wordings) -> str:
    """Put back the strings that were hidden: they are printed words to look for."""
    for number, text in enumerate(wordings.shown):
        part = part.replace(chr(PLACEHOLDER + number), f'"{text}"')
    return part
