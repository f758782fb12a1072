"""Which fonts a sheet speaks in: a face for what leads and one for the rest, by its mood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from maquette.tools.art.brief import DesignName
from maquette.words.word_set import word_set

Mood = Literal["plain", "playful", "elegant", "loud"]


@dataclass(frozen=True)
class Fonts:
    """Names of the text rendering role's catalogue."""

    head: str
    text: str


_BY_MOOD: dict[Mood, tuple[Fonts, ...]] = {
    "plain": (
        Fonts("sans-black", "sans"),
        Fonts("geometric-bold", "geometric"),
        Fonts("neutral-bold", "neutral"),
        Fonts("humanist-bold", "humanist"),
    ),
    "playful": (
        Fonts("rounded", "humanist-bold"),
        Fonts("geometric-bold", "geometric"),
        Fonts("sans-black", "sans-bold"),
    ),
    "elegant": (
        Fonts("serif-bold", "serif"),
        Fonts("classic-bold", "classic"),
        Fonts("serif", "humanist"),
    ),
    "loud": (
        Fonts("sans-black", "sans-bold"),
        Fonts("condensed", "neutral-bold"),
        Fonts("neutral-bold", "neutral-bold"),
    ),
}
_ANY_SCRIPT = Fonts("sans-bold", "sans")
"""Beside letters of other scripts, whose faces are plain sans serifs."""

_WORDS: dict[Mood, frozenset[str]] = {
    "elegant": word_set(
        "wedding marry married marriage invite invites invited invitation dinner gala concert "
        "anniversary jubilee memory funeral graduation ceremony recital opera wine tasting "
        "hochzeit einladung konzert jubiläum boda invitación aniversario mariage"
    ),
    "playful": word_set(
        "happy birthday party fun kids children baby shower welcome hooray congratulations play "
        "toy toys zoo circus fair picnic easter halloween christmas thanks thank love hello "
        "geburtstag kinder feliz cumpleaños fiesta joyeux anniversaire lemonade cake"
    ),
    "loud": word_set(
        "sale lost found missing reward warning danger stop exit free closed open now only off "
        "no not beware caution attention private keep push pull verboten achtung vorsicht "
        "peligro prohibido hiring"
    ),
}
_OF_DESIGN: dict[DesignName, Mood] = {
    "invitation": "elegant",
    "card": "playful",
    "cover": "elegant",
}


STALL = word_set(
    "sale fair market bakery bake lemonade café cafe coffee shop stall food fruit fruits fresh "
    "eggs bread jam ice cream farm picnic cookies cake cakes cupcakes flowers toys kiosk bazaar "
    "feria markt bäckerei mercado panadería marché boulangerie"
)
"""Words of what is sold from a stall."""


def spoken(texts: Iterable[str]) -> frozenset[str]:
    """The words of some strings, in small letters."""
    words = (word.strip(".,!?:;\"'()").lower() for text in texts for word in text.split())
    return frozenset(word for word in words if word)


def mood_of(texts: Iterable[str], design: DesignName) -> Mood:
    """The mood that most of the words have; the design's own where none has any."""
    said = spoken(texts)
    votes = {mood: len(said & words) for mood, words in _WORDS.items()}
    best = max(votes, key=lambda mood: votes[mood])
    return best if votes[best] else _OF_DESIGN.get(design, "plain")


def fonts_of(texts: Iterable[str], design: DesignName, variant: int) -> Fonts:
    """The fonts of a sheet. Words that reach beyond western Latin are set in the plain pair."""
    texts = tuple(texts)
    if any(_beyond(character) for text in texts for character in text):
        return _ANY_SCRIPT
    pairs = _BY_MOOD[mood_of(texts, design)]
    return pairs[variant % len(pairs)]


def _beyond(character: str) -> bool:
    """Letters that not every face of the catalogue has."""
    return character.isalpha() and ord(character) > 0xFF
