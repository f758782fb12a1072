"""Landscapes: the words people use for them, and how a caption says where things are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from maquette.words.lexicon import Lexicon, singular

LANDSCAPES: dict[str, str] = {
    "meadow": "in a meadow",
    "sea": "by the sea",
    "desert": "in the desert",
    "snow": "in the snow",
    "night": "at night",
    "city": "in the city",
    "mountains": "in the mountains",
}
"""A landscape's name, and the words of a caption for it."""

_NEAREST = {
    "beach": "sea",
    "seaside": "sea",
    "shore": "sea",
    "coast": "sea",
    "ocean": "sea",
    "lake": "sea",
    "harbour": "sea",
    "harbor": "sea",
    "water": "sea",
    "river": "sea",
    "field": "meadow",
    "grass": "meadow",
    "park": "meadow",
    "garden": "meadow",
    "lawn": "meadow",
    "countryside": "meadow",
    "dune": "desert",
    "sand": "desert",
    "ice": "snow",
    "winter": "snow",
    "midnight": "night",
    "dark": "night",
    "moonlight": "night",
    "town": "city",
    "street": "city",
    "mountain": "mountains",
    "hill": "mountains",
    "alp": "mountains",
}
_WORDS = "|".join(
    sorted({*LANDSCAPES, *_NEAREST, *(f"{word}s" for word in _NEAREST)}, key=len, reverse=True)
)
_PLACED = re.compile(
    r"\b(?:(?:standing|sitting|lying|floating|sailing|swimming)\s+)?"
    r"(?:in|on|at|by|near|over|above|through|across|amid|against|under|into|onto)\s+"
    rf"(?:(?:an?|the|some)\s+)?(?:(?P<adjective>[a-z]+)\s+)?(?P<word>{_WORDS})"
    r"(?:\s+(?:scene|landscape|setting|background))?\b(?!\s+(?:sky|blue|background))",
    re.IGNORECASE,
)
_NO_ADJECTIVE = frozenset({"of", "in", "on", "at", "by", "to", "and", "with", "or"})


@dataclass(frozen=True)
class Place:
    """A landscape that a request names."""

    word: str
    """As the person wrote it, in small letters."""
    landscape: str
    """The nearest one there is a name for."""


def take_places(masked: str, lexicon: Lexicon) -> tuple[str, tuple[Place, ...]]:
    """Take the landscapes out of a request; a thing that the model knows is none.

    Returns: the request without them, and the landscapes in order; nothing is taken for a model
        of any words.
    """
    if lexicon.open:
        return masked, ()
    found: list[Place] = []

    def take(match: re.Match[str]) -> str:
        word = match["word"].lower()
        name = nearest_landscape(word)
        adjective = (match["adjective"] or "").lower()
        if name is None or lexicon.thing(word) or adjective in _NO_ADJECTIVE:
            return match.group()
        found.append(Place(word, name))
        return " "

    return " ".join(_PLACED.sub(take, masked).split()), tuple(found)


def nearest_landscape(word: str) -> str | None:
    """The landscape that a word names or comes nearest to."""
    for one in (word, singular(word)):
        if one in LANDSCAPES:
            return one
        if one in _NEAREST:
            return _NEAREST[one]
    return None
