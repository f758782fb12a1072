"""What a request names outright: files, addresses and quoted words, each with its kind."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 64
"""Slots of one request; what is beyond is read as words."""
ENDINGS = {
    "image": "jpg jpeg png gif bmp tiff webp svg img",
    "video": "mp4 avi mov mkv webm mpeg mpg wmv",
    "audio": "wav mp3 ogg flac aac m4a",
    "text": "txt md doc docx pdf csv srt",
}
KIND_OF = {ending: kind for kind, endings in ENDINGS.items() for ending in endings.split()}
_FILE = re.compile(
    rf"[\w][\w.\-/]*\.(?:{'|'.join(sorted(KIND_OF, key=len, reverse=True))}|url)\b", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"(?:https?://|www\.|\b(?=[\w-]+\.(?:com|org|net|io)\b)\w)[^\s'\"<>)\]]*[^\s'\"<>)\].,;:!?]"
    r"|\b\w+[_-]url\b",
    re.IGNORECASE,
)
_QUOTED = (
    re.compile(r"[“\"](?P<words>[^“”\"]+)[”\"]"),
    re.compile(r"‘(?P<words>[^‘]+)’(?!\w)"),
    re.compile(
        r"(?:(?<=[\s(:,])|^)['`](?P<words>(?:[^'`]|(?<=\w)['`](?=\w)|(?<=[sn])'(?= [a-z]))+?)['`]"
        r"(?=[\s.,;:)?!]|$)"
    ),
)


@dataclass(frozen=True)
class Slot:
    """One thing named in the request."""

    kind: str
    """``image``, ``video``, ``audio``, ``text`` (quoted words or a text file) or ``url``."""
    value: str
    start: int
    end: int
    """Where it stands in the request, quotation marks included."""
    quoted: bool = False
    """Words given as such, not the name of a file."""
    leads_to: str = ""
    """Of an address: the kind of what is there, by its ending; empty: unknown."""


def find_slots(text: str) -> list[Slot]:
    """Every slot in order of place; none overlaps another."""
    found: list[Slot] = []
    for pattern in _QUOTED:
        for match in pattern.finditer(text):
            found.append(_of(match.group("words").strip(), match.start(), match.end(), True))
    for pattern in (_ADDRESS, _FILE):
        found += [_of(m.group(), m.start(), m.end(), False) for m in pattern.finditer(text)]
    found.sort(key=lambda slot: (slot.start, -slot.end))
    kept: list[Slot] = []
    for slot in found:
        if slot.value and (not kept or slot.start >= kept[-1].end):
            kept.append(slot)
    return kept[:MOST]


def _of(value: str, start: int, end: int, quoted: bool) -> Slot:
    """The slot of some words: the name of a file, an address, or words as such."""
    ending = value.rsplit(".", 1)[-1].lower() if "." in value else ""
    kind = KIND_OF.get(ending, "")
    if re.fullmatch(_ADDRESS, value) or ending == "url":
        return Slot("url", value, start, end, leads_to=kind)
    if kind and re.fullmatch(_FILE, value):
        return Slot(kind, value, start, end)
    return Slot("text", value, start, end, quoted=quoted)
