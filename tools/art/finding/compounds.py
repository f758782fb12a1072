"""A phrase of several words: its head noun, and what the words before it change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from maquette.words.colours import WORDS as COLOURS
from maquette.words.lexicon import PATTERNS
from maquette.words.stopwords import SIZES
from maquette.words.word_set import word_set

Change = Literal["none", "slight", "kind"]
"""What a modifier changes of the picture: nothing that is not asked for elsewhere (colours, sizes,
patterns), a little (age, mood, material), or the kind of thing (``wedding`` of cake)."""

_SLIGHT = word_set(
    "cute lovely pretty beautiful nice happy smiling funny friendly young old new fresh ripe "
    "delicious tasty shiny bright clean simple plain cartoon classic modern vintage ordinary "
    "normal typical whole single real adorable sweet proud brave fluffy furry fat thin tall short "
    "long round wooden wood metal plastic glass stone brick leather wool woollen silk cotton paper "
    "golden silver steel iron toy wild tame garden kitchen house farm"
)
_PARTS = word_set(
    "pair bunch slice piece group flock herd pile stack loaf set couple dozen row lot kind sort "
    "bundle heap swarm school pack"
)
_JOINTS = word_set("with in on at near wearing holding by from behind under over for")
_TASTES = word_set(
    "chocolate salmon peach apricot mustard lemon cream lime olive mint rose coral lavender lilac"
)
"""Colour words that are things rather than colours before a noun: ``chocolate cake``."""
_COLOURED = (
    frozenset(word for name in (*COLOURS, "grey", "multicoloured") for word in name.split())
    - _TASTES
)
_LOOKS = _COLOURED | SIZES.keys() | PATTERNS.keys()


@dataclass(frozen=True)
class Head:
    """A shorter phrase that a longer one is said to be one of."""

    phrase: str
    change: Change


def heads(phrase: str) -> tuple[Head, ...]:
    """The shorter phrases of a plain English phrase, longest first.

    ``red wooden chair`` has ``wooden chair`` and ``chair``; ``pair of shoes`` has ``shoes``;
    ``house with a garden`` has ``house``.
    """
    words = phrase.split()
    if len(words) > 2 and words[0] in _PARTS and words[1] == "of":
        rest = " ".join(words[2:])
        return (Head(rest, "none"), *heads(rest))
    joint = next((at for at, word in enumerate(words) if at and word in _JOINTS), None)
    if joint is not None:
        rest = " ".join(words[:joint])
        return (Head(rest, "kind"), *(Head(head.phrase, "kind") for head in heads(rest)))
    if "of" in words:
        return ()
    return tuple(Head(" ".join(words[at:]), _change(words[:at])) for at in range(1, len(words)))


def _change(modifiers: list[str]) -> Change:
    if all(word in _LOOKS for word in modifiers):
        return "none"
    return "slight" if all(word in _LOOKS or word in _SLIGHT for word in modifiers) else "kind"
