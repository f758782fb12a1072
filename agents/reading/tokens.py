"""Cut a masked request into words, and words into the pieces the reader of scenes works on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from maquette.agents.reading.wording import PLACEHOLDER

_WORD = re.compile(r"[\ue000-\ue0ff]|[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+|[,.;:!?]")


class Kind(StrEnum):
    """What a token is to the reader of scenes."""

    WORD = "word"
    TEXT = "text"
    RELATION = "relation"
    PLACE = "place"
    BACKGROUND = "background"
    PUNCTUATION = "punctuation"


@dataclass(frozen=True)
class Token:
    """One word, or a phrase that means one thing. ``value`` says what it means."""

    kind: Kind
    text: str
    value: str = ""


RELATIONS: dict[str, str] = {
    "on top of": "on",
    "on the top of": "on",
    "at the top of": "above",
    "atop": "on",
    "above": "above",
    "over": "above",
    "on the bottom of": "below",
    "at the bottom of": "below",
    "below": "below",
    "under": "below",
    "underneath": "below",
    "beneath": "below",
    "to the left side of": "left of",
    "on the left side of": "left of",
    "to the left of": "left of",
    "on the left of": "left of",
    "at the left of": "left of",
    "left of": "left of",
    "to the right side of": "right of",
    "on the right side of": "right of",
    "to the right of": "right of",
    "on the right of": "right of",
    "at the right of": "right of",
    "right of": "right of",
    "in front of": "in front of",
    "behind": "behind",
    "inside of": "inside",
    "inside": "inside",
    "within": "inside",
    "next to": "beside",
    "beside": "beside",
    "besides": "beside",
    "near to": "beside",
    "near": "beside",
    "by the side of": "beside",
    "on the side of": "beside",
    "on side of": "beside",
    "alongside": "beside",
}
"""Ways of saying a relation. ``beside`` asks only for side by side, ``on`` for contact."""

_EDGE = (
    r"(?:of|on) (?:the|it|an?) ?(?:picture|page|image|poster|sheet|canvas|sign|card|side|frame)?"
)
PLACES: tuple[tuple[str, str], ...] = (
    (r"(?:in|at|on) the (?:top|upper)[ -]left(?: corner)?", "top left"),
    (r"(?:in|at|on) the (?:top|upper)[ -]right(?: corner)?", "top right"),
    (r"(?:in|at|on) the (?:bottom|lower)[ -]left(?: corner)?", "bottom left"),
    (r"(?:in|at|on) the (?:bottom|lower)[ -]right(?: corner)?", "bottom right"),
    (r"(?:at|on|in|to|across|along|near) the (?:very )?(?:top|upper part|upper half)", "top"),
    (
        r"(?:at|on|in|to|across|along|near) the (?:very )?(?:bottom|foot|lower part|lower half)",
        "bottom",
    ),
    (r"(?:on|at|to|in) the left(?:[ -]hand)?(?: side)?", "left"),
    (r"(?:on|at|to|in) the right(?:[ -]hand)?(?: side)?", "right"),
    (r"(?:in|at|across) the (?:centre|center|middle)", "centre"),
)
"""Places on the sheet itself."""

_PLACE = re.compile("|".join(f"(?P<p{k}>{pattern})" for k, (pattern, _) in enumerate(PLACES)))
_OF_SHEET = re.compile(
    r" of (?:the|it|my|your) ?(?:picture|page|image|poster|sheet|canvas|sign|card|frame)?"
)
_RELATION = re.compile(
    r"(?:"
    + "|".join(re.escape(words) for words in sorted(RELATIONS, key=len, reverse=True))
    + r")\b"
)
_BACKGROUND = re.compile(
    r"(?:(?:on|against|over|under|with|in|and|has|having) )+(?:an? |the |its )?"
    r"(?P<colour>(?:plain |solid |flat |simple |soft )*[a-z]+(?: [a-z]+)?)[ -]"
    r"(?:coloured |colored )?"
    r"(?:background|backdrop|sky)\b"
)


def tokenize(masked: str) -> list[Token]:
    """Cut the masked request into tokens, longest phrases first."""
    text = " ".join(_WORD.findall(masked.lower().replace("’", "'")))
    tokens: list[Token] = []
    i = 0
    while i < len(text):
        if text[i] == " ":
            i += 1
            continue
        token, i = _next(text, i)
        tokens.append(token)
    return tokens


def _next(text: str, i: int) -> tuple[Token, int]:
    character = text[i]
    if ord(character) >= PLACEHOLDER and ord(character) <= PLACEHOLDER + 0xFF:
        return Token(Kind.TEXT, character, str(ord(character) - PLACEHOLDER)), i + 1
    if character in ",.;:!?":
        return Token(Kind.PUNCTUATION, character), i + 1
    if ground := _BACKGROUND.match(text, i):
        return Token(Kind.BACKGROUND, ground.group(), ground.group("colour")), ground.end()
    place = _PLACE.match(text, i)
    relation = _RELATION.match(text, i)
    if place and not (place.end() < len(text) and text[place.end()].isalpha()):
        of_sheet = _OF_SHEET.match(text, place.end())
        if of_sheet and (of_sheet.group().split()[-1] not in ("the", "my", "your")):
            value = PLACES[int(str(place.lastgroup)[1:])][1]
            return Token(Kind.PLACE, place.group(), value), of_sheet.end()
        if relation is None:
            value = PLACES[int(str(place.lastgroup)[1:])][1]
            return Token(Kind.PLACE, place.group(), value), place.end()
    if relation:
        return Token(Kind.RELATION, relation.group(), RELATIONS[relation.group()]), relation.end()
    end = text.find(" ", i)
    end = len(text) if end < 0 else end
    return Token(Kind.WORD, text[i:end]), end
