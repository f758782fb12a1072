"""Read requests to draw the thing of an attached picture again, in a new scene.

The mention ("this thing", "my boat") is put into the request as a noun of its own, so that
the reader of scenes takes it for a thing like any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from maquette.words.lexicon import Lexicon, singular
from maquette.words.stopwords import CARRIERS, STOPS

NOUNS = ("shownthing", "secondshownthing")
"""What stands in the rewritten request for the thing of the first and the second picture."""
CALLED = ("the shown thing", "the second shown thing")
"""What the generator calls them."""

_POINTED = re.compile(
    r"\b(?P<which>this|that|these|those|my|our|the\s+(?:shown|attached|given|pictured|same|"
    r"second|other|first|second\s+shown|other\s+shown))\s+(?:exact\s+|same\s+|very\s+|two\s+)*"
    r"(?P<noun>[a-z]+(?:\s+[a-z]+){0,2}?)"
    r"(?=\s*(?:$|[,.;:!?]|(?:in|on|at|by|near|next|beside|above|below|over|under|behind|inside|"
    r"into|onto|and|with|to|left|right|between|against|from|as|again|together|side|somewhere|"
    r"along)\b))",
    re.IGNORECASE,
)
_IT = re.compile(
    r"^(?P<verb>(?:draw|paint|show|put|place|sketch|render|imagine|set|use)\s+)"
    r"(?P<it>it|this|that)\b(?=\s+(?:in|on|at|by|near|next|beside|above|below|over|under|behind|"
    r"inside|into|onto|and|with|to the|left|right|against|again|somewhere)\b)",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^\W*(?:(?:please|now|then|just|and|ok|hey|hi)[\s,]+|"
    r"(?:can|could|would|will)\s+you\s+(?:please\s+)?|"
    r"i(?:'d|’d)?\s+(?:want|need|like|would like)\s+(?:you\s+)?(?:to\s+)?)*",
    re.IGNORECASE,
)
_MAKES = re.compile(
    r"^(?:draw|paint|show|put|place|make|create|generate|render|imagine|set|sketch|illustrate|"
    r"design|use|keep|take|give|produce|i\s+want|an?\b|two\b|three\b|the\s+(?:shown|attached|same)|"
    r"this\b|that\b|my\b|these\b)",
    re.IGNORECASE,
)
_ALTERS = re.compile(r"^(?:make|set|give)\s+(?:this|that|these|those|my|our|the)\b", re.IGNORECASE)
"""Asks to change the thing itself, such as "make this boat sail"."""
_THE_ONE_IN = re.compile(
    r"\bthe\s+(?P<noun>[a-z]+(?:\s+[a-z]+)?)\s+(?:in|from|of|on)\s+(?:this|the|that|my)\s+"
    r"(?:attached\s+)?(?:picture|image|photo|photograph|drawing)\b",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\bthis\s+and\s+that\s+(?P<noun>[a-z]+)", re.IGNORECASE)
_OF_PICTURE = re.compile(
    r"\s+(?:in|from|of|on)\s+(?:this|the|that|my)\s+(?:attached\s+|first\s+|second\s+)?"
    r"(?:picture|image|photo|photograph|drawing)\b",
    re.IGNORECASE,
)
_NEW_SCENE = re.compile(
    r"\b(?:in|into|on|for|as)\s+(?:(?:an?|another|some|the)\s+)?(?:(?:new|different|other|fresh|"
    r"another)\s+)(?:scene|scenes|picture|place|image|setting|surroundings?|drawing|background)\b|"
    r"\bsomewhere\s+else\b|\bin\s+another\s+(?:scene|picture|place|setting)\b|\bonce more\b|"
    r"\bagain\b",
    re.IGNORECASE,
)
_NOT_THINGS = frozenset(
    {"way", "style", "time", "day", "size", "colour", "color", "kind", "sort", "idea", "request"}
)

ANYTHING = "thing"
"""What a mention is called that does not say what it is."""
_ANYTHING = frozenset({"thing", "object", "one", "shape", "figure", "item", "subject", "character"})
_OUR_NOUNS = re.compile(rf"\b(?:{'|'.join(NOUNS)})s?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Showing:
    """A scene with things that attached pictures show."""

    masked: str
    """The request with each of them as one of ``NOUNS``."""
    nouns: tuple[str, ...]
    """What the person called each, in the singular; "thing" where it is left open."""

    @property
    def things(self) -> int:
        """How many attached things it puts into the scene, 1 or 2."""
        return len(self.nouns)


def without_nouns(masked: str) -> str:
    """A request in which none of ``NOUNS`` stands but those that a reader puts there."""
    return _OUR_NOUNS.sub(ANYTHING, masked)


def read_showing(masked: str) -> Showing | None:
    """The scene that a request puts attached things into, or None if it asks for something else."""
    text = _POLITE.sub("", masked.strip())
    if not _MAKES.match(text) or _ALTERS.match(text):
        return None
    text = _THE_ONE_IN.sub(r"this \g<noun>", text)
    text = _OF_PICTURE.sub("", _BOTH.sub(r"this \g<noun> and that \g<noun>", text))
    nouns: list[str] = []

    def take(match: re.Match[str]) -> str:
        words = match["noun"].lower().split()
        noun = words[-1]
        plural = match["which"].lower() in ("these", "those")
        bad = singular(noun) in CARRIERS | _NOT_THINGS or not STOPS.isdisjoint(words)
        if bad or len(nouns) >= len(NOUNS):
            return match.group()
        nouns.append(singular(noun))
        if plural and len(nouns) < len(NOUNS):
            nouns.append(singular(noun))
            return f"a {NOUNS[0]} and a {NOUNS[1]}"
        return f"a {NOUNS[len(nouns) - 1]}"

    shown = _POINTED.sub(take, text)
    if not nouns:
        shown, count = _IT.subn(rf"\g<verb>a {NOUNS[0]}", text, count=1)
        if not count:
            return None
        nouns.append(ANYTHING)
    shown = re.sub(r"^(?:put|place|set|use|keep|take)\s+", "draw ", shown, flags=re.IGNORECASE)
    shown = " ".join(_NEW_SCENE.sub(" ", shown).split())
    called = tuple(ANYTHING if n in _ANYTHING else n for n in nouns)
    return Showing(shown, called)


def with_shown(lexicon: Lexicon, things: int) -> Lexicon:
    """The words of a generator, and the nouns that stand for so many shown things."""
    if lexicon.open:
        return lexicon
    return replace(lexicon, things=(*lexicon.things, *NOUNS[:things]))
