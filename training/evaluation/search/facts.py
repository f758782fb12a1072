"""What a person might search for: a few facts of a scene, in the words of somebody who asks.

A query names little of a picture, in any order, among words that say nothing of it. What it asks
for is kept as facts, so that every picture it is true of is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maquette.training.evaluation.everyday import (
    COLOUR_WORDS,
    PATTERN_SAID,
    PLACE_WORDS,
    SIGN_WORDS,
    THING_WORDS,
)
from maquette.training.world.colours import COLOURS
from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.scene import Scene
from maquette.training.world.telling.phrases import article, pick
from maquette.training.world.telling.wording import NUMBERS, PATTERN_WORDS, PLACES
from maquette.training.world.things import THINGS

_THINGS, _COLOURS, _PATTERNS = list(THINGS), list(COLOURS), list(PATTERNS)
_FILLERS = (
    "the", "a", "of", "with", "in", "on", "is", "are", "there", "picture", "drawing", "image",
    "one", "and", "to", "has", "this", "here", "it", "yes",
)  # fmt: skip
_JOINTS = ("and", "with", "and", ",", "plus", "next to", "beside", "near", "")


@dataclass(frozen=True)
class Wish:
    """One thing asked for; None: any."""

    thing: str | None = None
    colour: str | None = None
    pattern: str | None = None
    count: int | None = None
    """Exactly so many."""


@dataclass(frozen=True)
class Asked:
    """What a query asks for. A sign is asked for by ``sign`` alone."""

    wishes: tuple[Wish, ...] = ()
    place: str | None = None
    """A landscape, or a colour of the background."""
    sign: bool = False


class Truths:
    """What is true of many pictures at once. None stands for a sign: only letters.

    Notation: ``N`` pictures.
    """

    def __init__(self, scenes: Sequence[Scene | None]) -> None:
        self._there = np.zeros((len(scenes), len(_THINGS), len(_COLOURS), len(_PATTERNS)), np.uint8)
        self._places: list[frozenset[str]] = []
        self._signs = np.array([scene is None for scene in scenes])
        for row, scene in enumerate(scenes):
            for one in scene.things if scene else ():
                at = (
                    _THINGS.index(one.thing),
                    _COLOURS.index(one.colour),
                    _PATTERNS.index(one.pattern),
                )
                self._there[(row, *at)] += 1
            self._places.append(frozenset(scene.background.words.split(" to ") if scene else ()))

    def of(self, asked: Asked) -> np.ndarray:
        """Which pictures show what is asked for: bool (N,)."""
        fits = self._signs == asked.sign
        for wish in asked.wishes:
            found = self._there[
                :,
                _at(wish.thing, _THINGS),
                _at(wish.colour, _COLOURS),
                _at(wish.pattern, _PATTERNS),
            ].sum(axis=(1, 2, 3))
            fits = fits & ((found > 0) if wish.count is None else (found == wish.count))
        if asked.place is not None:
            fits = fits & np.array([asked.place in places for places in self._places])
        return fits


def ask_of(scene: Scene | None, rng: np.random.Generator) -> Asked:
    """Some facts of a picture."""
    if scene is None:
        return Asked(sign=True)
    place = None
    if rng.random() < (0.4 if scene.background.kind == "landscape" else 0.15):
        place = pick(scene.background.words.split(" to "), rng)
    most = min(len(scene.things), 1 + int(rng.random() < 0.3))
    if place and rng.random() < 0.2:
        most = 0
    chosen = rng.permutation(len(scene.things))[:most]
    return Asked(tuple(_wish(scene, int(at), rng) for at in chosen), place)


def worded(asked: Asked, rng: np.random.Generator) -> str:
    """The query as somebody might say it, among words that say nothing."""
    parts = [_said(wish, rng) for wish in asked.wishes]
    text = f" {pick(_JOINTS, rng)} ".join(parts)
    if asked.sign:
        text = pick(SIGN_WORDS, rng)
    if asked.place is not None:
        text = _placed(text, asked.place, rng)
    before = _fillers(rng, 4) if rng.random() < 0.5 else ""
    after = _fillers(rng, 2) if rng.random() < 0.3 else ""
    return " ".join(f"{before} {text} {after}".split())


def _wish(scene: Scene, at: int, rng: np.random.Generator) -> Wish:
    one = scene.things[at]
    colour = one.colour if rng.random() < 0.65 else None
    pattern = one.pattern if one.pattern != "plain" and rng.random() < 0.3 else None
    if colour and rng.random() < 0.08:
        return Wish(None, colour, pattern)
    alike = [
        other
        for other in scene.things
        if other.thing == one.thing
        and colour in (None, other.colour)
        and pattern in (None, other.pattern)
    ]
    count = len(alike) if len(alike) > 1 and rng.random() < 0.5 else None
    return Wish(one.thing, colour, pattern, count)


def _said(wish: Wish, rng: np.random.Generator) -> str:
    many = wish.count is not None or rng.random() < 0.1
    noun = "something" if wish.thing is None else wish.thing
    if wish.thing is not None:
        other = THING_WORDS.get(wish.thing, ())
        if other and rng.random() < 0.25:
            noun = pick(other, rng)
            noun = f"{noun}s" if many else noun
        elif many:
            noun = THINGS[wish.thing].plural
    colour = wish.colour or ""
    if wish.colour and rng.random() < 0.15:
        colour = pick(COLOUR_WORDS[wish.colour], rng)
    pattern = pick((*PATTERN_WORDS[wish.pattern], *PATTERN_SAID[wish.pattern]), rng) if (
        wish.pattern
    ) else ""  # fmt: skip
    orders = (
        (colour, pattern, noun),
        (colour, pattern, noun),
        (pattern, colour, noun),
        (noun, "in", colour, pattern) if colour else (pattern, noun),
        (noun, colour, pattern),
    )
    said = " ".join(word for word in orders[rng.integers(len(orders))] if word)
    if wish.count is not None:
        return f"{NUMBERS[wish.count]} {said}"
    form = rng.random()
    return article(said) if form < 0.45 and not many else f"the {said}" if form < 0.6 else said


def _placed(text: str, place: str, rng: np.random.Generator) -> str:
    if place in PLACES:
        where = pick((*PLACES[place], *PLACES[place], *PLACE_WORDS[place]), rng)
    else:
        where = pick(("{} background", "on {}", "{}", "a {} background"), rng).format(place)
    if not text:
        return where
    order = rng.random()
    joint = pick(("", "in the", "on", "with", ",", "at the"), rng)
    return f"{text} {joint} {where}" if order < 0.75 else f"{where} {joint} {text}"


def _fillers(rng: np.random.Generator, most: int) -> str:
    count = int(rng.integers(1, most + 1))
    return " ".join(pick(_FILLERS, rng) for _ in range(count))


def _at(name: str | None, names: list[str]) -> slice:
    return slice(None) if name is None else slice(names.index(name), names.index(name) + 1)
