"""Where a composed picture takes place: the words for its vector backgrounds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from maquette.tools.art.brief import WantedBackground
from maquette.tools.art.scene import BackgroundKind
from maquette.words.colours import base
from maquette.words.foreign import meaning
from maquette.words.lexicon import singular
from maquette.words.stopwords import function_words

KINDS: dict[str, BackgroundKind] = {
    "meadow": "meadow",
    "field": "meadow",
    "grass": "meadow",
    "park": "meadow",
    "garden": "meadow",
    "lawn": "meadow",
    "countryside": "meadow",
    "farm": "meadow",
    "hill": "meadow",
    "sea": "sea",
    "ocean": "sea",
    "lake": "sea",
    "water": "sea",
    "river": "sea",
    "beach": "beach",
    "seaside": "beach",
    "shore": "beach",
    "coast": "beach",
    "sand": "beach",
    "snow": "snow",
    "winter": "snow",
    "ice": "snow",
    "desert": "desert",
    "dune": "desert",
    "night": "night sky",
    "midnight": "night sky",
    "space": "night sky",
    "moonlight": "night sky",
    "city": "city",
    "town": "city",
    "street": "city",
    "room": "room",
    "bedroom": "room",
    "kitchen": "room",
    "classroom": "room",
    "indoors": "room",
}
_WORDS = "|".join(sorted({*KINDS, *(f"{word}s" for word in KINDS)}, key=len, reverse=True))
_PLACED = re.compile(
    r"\b(?:(?:standing|sitting|lying|floating|sailing|swimming|walking|playing)\s+)?"
    r"(?:in|on|at|by|over|through|across|amid|against)\s+"
    rf"(?:(?:an?|the|some|my|our)\s+)?(?:(?P<adjective>[a-z]+)\s+)?(?P<word>{_WORDS})"
    r"(?:\s+(?:scene|landscape|setting|background|sky))?\b(?!\s+(?:blue|with))",
    re.IGNORECASE,
)
_BACKDROP = re.compile(
    rf"\b(?:with\s+)?(?:an?\s+|the\s+)?(?P<word>{_WORDS})\s+(?:scene|landscape|setting|background)\b",
    re.IGNORECASE,
)
_SINGLE = re.compile(r"[^\W\d_]+")
_NO_ADJECTIVE = frozenset({"of", "in", "on", "at", "by", "to", "and", "with", "or", "the"})


def take_background(masked: str) -> tuple[str, WantedBackground | None]:
    """Take the first place that a request names as where it all stands.

    Returns: the request without it, and the background; None: it names no place.
    """
    for pattern in (_BACKDROP, _PLACED):
        match = pattern.search(masked)
        if match is None:
            continue
        adjective = (match.groupdict().get("adjective") or "").lower()
        if adjective in _NO_ADJECTIVE:
            continue
        kind = KINDS[_known(match["word"].lower())]
        rest = f"{masked[: match.start()]} {masked[match.end() :]}"
        return " ".join(rest.split()), WantedBackground(kind=kind)
    return masked, None


def background_of(
    grounds: Sequence[str], language: str
) -> tuple[WantedBackground | None, tuple[tuple[str, str], ...]]:
    """The background of the first known place that some words name.

    Returns: it, and the words that it does not show, each with why.
    """
    found: WantedBackground | None = None
    lost = []
    for words in grounds:
        kind, said = _kind(words, language)
        if kind is None:
            lost.append((words, "no background is known for it"))
        elif found is not None and found.kind != kind:
            lost.append((words, f"one background is shown, {found.kind}"))
        else:
            found = WantedBackground(kind=kind)
            if said not in kind.split() or _says_more(words, said, language):
                lost.append((words, f"the nearest known background is shown, {kind}"))
    return found, tuple(lost)


def _says_more(words: str, said: str, language: str) -> bool:
    """Whether words of a place say more than the place: "a snowy forest"."""
    spare = function_words("en") | {said, "scene", "landscape", "setting", "background"}
    singles = {singular(word.lower()) for word in _SINGLE.findall(words)}
    return language == "en" and not singles <= spare | set(KINDS[said].split())


def _kind(words: str, language: str) -> tuple[BackgroundKind | None, str]:
    """The background of a place, and the English word that led to it."""
    singles = [word.lower() for word in _SINGLE.findall(words)]
    whole = meaning(words.lower().strip(), "ground", language)
    told = [whole] if whole else [meaning(word, "ground", language) or "" for word in singles]
    for word in [*singles, *(one for text in told for one in text.split())]:
        for form in (word, singular(word)):
            if form in KINDS:
                return KINDS[form], form
    return None, ""


def coloured_background(words: str | None) -> WantedBackground:
    """The plain background of a colour word; where none was named, what suits."""
    known = words is not None and (words.startswith("#") or base(words) is not None)
    return WantedBackground(kind="plain", colour=words) if known else WantedBackground()


def _known(word: str) -> str:
    return word if word in KINDS else singular(word)
