"""Which things of a document a person's noun means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from maquette.agents.judging.composed.sources import Sources
from maquette.words.colours import MODIFIERS, canonical
from maquette.words.lexicon import singular

if TYPE_CHECKING:
    from maquette.tools.art.scene import PlacedThing


@dataclass(frozen=True)
class Meant:
    """The things that a noun means."""

    noun: str
    colour: str | None
    """The colour word that stood before it, where two mentions differ by their colours."""
    sure: tuple[int, ...]
    """Indices of the things that surely are so called."""
    doubtful: tuple[int, ...]
    """Indices of those that were placed for it, without being surely it."""
    why: str = ""
    """What makes them doubtful."""


def meant(phrase: str, things: Sequence[PlacedThing], sources: Sources) -> Meant:
    """The things of a document that a criterion's noun means.

    A thing is meant for sure if it is called so, or if it was placed for just this word and the
    finder was sure of it. A colour word before the noun tells mentions apart, unless the whole is
    itself a name ("gold medal").
    """
    noun = " ".join(phrase.lower().split())
    whole = _meant(noun, None, things, sources)
    colour, bare = split(noun)
    if colour is None or whole.sure or whole.doubtful:
        return whole
    return _meant(bare, colour, things, sources)


def split(phrase: str) -> tuple[str | None, str]:
    """A phrase's leading colour, if it has one, and what is left: at least one word."""
    words = phrase.split()
    for length in (3, 2, 1):
        head, rest = words[:length], words[length:]
        if not rest:
            continue
        plain = head[1:] if len(head) > 1 and head[0] in MODIFIERS else head
        if canonical(" ".join(plain)):
            return " ".join(head), " ".join(rest)
    return None, phrase


def _meant(noun: str, colour: str | None, things: Sequence[PlacedThing], sources: Sources) -> Meant:
    from maquette.tools.art.found import SURE

    sure, doubtful, why = list[int](), list[int](), ""
    elsewhere: bool | None = None
    for k, thing in enumerate(things):
        if sources.named(thing.thing, noun):
            sure.append(k)
            continue
        if not _same(thing.phrase, noun):
            continue
        if thing.probability < SURE:
            doubtful.append(k)
            why = f"the art found for {noun!r} is it with {thing.probability:.0%} only"
            continue
        if elsewhere is None:
            elsewhere = sources.known(noun)
        if elsewhere and not sources.akin(thing.thing, noun):
            doubtful.append(k)
            why = f"the art placed for {noun!r} is not called so, and other art is"
        else:
            sure.append(k)
    return Meant(noun, colour, tuple(sure), tuple(doubtful), why)


def _same(phrase: str, noun: str) -> bool:
    own = " ".join(phrase.lower().split())
    return own == noun or singular(own) == singular(noun)
