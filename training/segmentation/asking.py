"""Phrases about a scene, and which of its pixels each one means.

A phrase says a thing, its colour, pattern or size, a group in the plural, the background, or a
printed word. What it means is everything in the scene that all said words are true of; what is
absent means no pixel. Held-out colour-thing pairs are never asked for in training, not even as
absent things.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from maquette.training.world.colours import COLOURS
from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.scene import Placed, Scene
from maquette.training.world.split import HELD_OUT, TRAIN_WORDS
from maquette.training.world.telling.wording import PATTERN_WORDS, SIZE_WORDS, Wording
from maquette.training.world.things import THINGS

_T = TypeVar("_T")
STRANGE = ("zebra", "person", "teapot", "dragon", "bicycle", "guitar", "lamp", "tiger", "shoe")
"""Nouns no model of this world knows; all are one and the same unknown token to it."""
KINDS = ("thing", "colour thing", "pattern", "size", "group", "word", "background")


@dataclass(frozen=True)
class Ask:
    """One phrase and its truth."""

    phrase: str
    kind: str
    """One of ``KINDS``, or ``absent``."""
    things: tuple[int, ...] = ()
    """Indexes of the scene's things that are meant."""
    words: tuple[int, ...] = ()
    """Indexes of the scene's printed words that are meant; a word's pixels are its box."""
    background: bool = False

    def mask(self, owners: np.ndarray, scene: Scene) -> np.ndarray:
        """The pixels meant: bool (S, S).

        Args:
            owners: uint8 (S, S), 0 background, then things counted from 1.
        """
        if self.background:
            return (owners == 0) & ~_word_boxes(scene, range(len(scene.words)), len(owners))
        meant = np.isin(owners, [i + 1 for i in self.things])
        return meant | _word_boxes(scene, self.words, len(owners)) if self.words else meant


def asks(
    scene: Scene,
    rng: np.random.Generator,
    count: int,
    absent: float = 0.25,
    wording: Wording = "train",
) -> list[Ask]:
    """Draw phrases about a scene, different ones as far as it goes.

    Args:
        count: how many.
        absent: share of phrases about what is not there.
        wording: ``test`` says colours after the noun, which training never does.
    """
    found: dict[str, Ask] = {}
    for _ in range(20 * count):
        if len(found) == count:
            break
        made = _absent(scene, rng, wording) if rng.random() < absent else None
        made = made or _present(scene, rng, wording)
        if made is not None:
            found.setdefault(made.phrase, made)
    asks = list(found.values())
    return [asks[i % len(asks)] for i in range(count)]


def _present(scene: Scene, rng: np.random.Generator, wording: Wording) -> Ask | None:
    fate = rng.random()
    if scene.words and fate < 0.15:
        return _printed(scene, rng)
    if fate < 0.19 or not scene.things:
        return Ask("the background", "background", background=True)
    shown = scene.things[int(rng.integers(len(scene.things)))]
    fate = rng.random()
    colour = shown.colour if fate > 0.25 else None
    pattern = shown.pattern if rng.random() < _PATTERN_SAID[shown.pattern] else None
    size = shown.size if rng.random() < 0.12 else None
    noun = None if colour and rng.random() < 0.06 else shown.thing
    said = _Said(noun, colour, pattern, size)
    meant = tuple(i for i, placed in enumerate(scene.things) if said.true_of(placed))
    kind = "group" if len(meant) > 1 or noun is None else said.kind
    return Ask(said.words(len(meant) > 1, rng, wording), kind, things=meant)


def _absent(scene: Scene, rng: np.random.Generator, wording: Wording) -> Ask | None:
    """A phrase true of nothing in the scene, often nearly true of something; None: try again."""
    if scene.words and rng.random() < 0.1:
        text = TRAIN_WORDS[int(rng.integers(len(TRAIN_WORDS)))].lower()
        if any(text == word.text.lower() for word in scene.words):
            return None
        return Ask(f'the word "{text}"', "absent")
    if not scene.words and rng.random() < 0.04:
        return Ask(_one(("the word", "the words", "the text"), rng), "absent")
    near = scene.things[int(rng.integers(len(scene.things)))] if scene.things else None
    fate = rng.random()
    thing = _one(tuple(THINGS), rng)
    colour: str | None = _one(tuple(COLOURS), rng)
    pattern = None
    if near is not None and fate < 0.35:
        thing = near.thing
    elif near is not None and fate < 0.65:
        colour = near.colour
    elif near is not None and fate < 0.8:
        thing, colour = near.thing, near.colour
        pattern = _one(PATTERNS[1:], rng)
    elif fate < 0.9:
        colour = None
    elif fate < 0.94:
        strange = _one(STRANGE, rng)
        return Ask(f"{_one(('the', 'a'), rng)} {colour} {strange}", "absent")
    if (colour, thing) in HELD_OUT:
        return None
    said = _Said(thing, colour, pattern, None)
    if any(said.true_of(placed) for placed in scene.things):
        return None
    return Ask(said.words(bool(rng.random() < 0.1), rng, wording), "absent")


_PATTERN_SAID = {"plain": 0.03, "striped": 0.4, "dotted": 0.4, "checked": 0.4}


@dataclass(frozen=True)
class _Said:
    """What a phrase says of a thing; None: nothing."""

    thing: str | None
    colour: str | None
    pattern: str | None
    size: str | None

    @property
    def kind(self) -> str:
        if self.size:
            return "size"
        if self.pattern:
            return "pattern"
        return "colour thing" if self.colour else "thing"

    def true_of(self, placed: Placed) -> bool:
        return (
            self.thing in (None, placed.thing)
            and self.colour in (None, placed.colour)
            and self.pattern in (None, placed.pattern)
            and self.size in (None, placed.size)
        )

    def words(self, many: bool, rng: np.random.Generator, wording: Wording) -> str:
        if self.thing is None:
            noun = "things" if many else "thing"
        else:
            noun = THINGS[self.thing].plural if many else self.thing
        colour = self.colour
        if colour == "gray" and rng.random() < 0.5:
            colour = "grey"
        size = _one(SIZE_WORDS[self.size], rng) if self.size else None
        pattern = _one(PATTERN_WORDS[self.pattern], rng) if self.pattern else None
        parts: Sequence[str | None]
        if wording == "test" and colour:
            parts = (size, pattern, noun, "in", colour)
        elif colour and rng.random() < 0.3:
            parts = (size, pattern, noun, *_colour_after(colour, many, rng))
        elif rng.random() < 0.5:
            parts = (size, colour, pattern, noun)
        else:
            parts = (size, pattern, colour, noun)
        said = " ".join(part for part in parts if part)
        fate = rng.random()
        if fate < 0.35:
            return said
        if fate < 0.75:
            return f"the {said}"
        if many:
            return f"all {said}"
        return f"{'an' if said[0] in 'aeiou' else 'a'} {said}"


def _colour_after(colour: str, many: bool, rng: np.random.Generator) -> tuple[str, ...]:
    """How a colour is said after what has it."""
    are = "are" if many else "is"
    before, after = _one(
        (
            (f"that {are}", ""),
            (f"which {are}", ""),
            (f"that {are} drawn in", ""),
            ("drawn in", ""),
            ("of", "colour"),
            ("of the colour", ""),
            ("with the colour", ""),
        ),
        rng,
    )
    return (before, colour, after) if after else (before, colour)


def _printed(scene: Scene, rng: np.random.Generator) -> Ask:
    every = tuple(range(len(scene.words)))
    if rng.random() < 0.4:
        options = ("the word", "the printed word") if len(every) == 1 else ("the words",)
        return Ask(_one((*options, "the text"), rng), "word", words=every)
    text = scene.words[int(rng.integers(len(every)))].text.lower()
    meant = tuple(i for i in every if scene.words[i].text.lower() == text)
    return Ask(f'the {_one(("word", "printed word"), rng)} "{text}"', "word", words=meant)


def _word_boxes(scene: Scene, which: Sequence[int], side_px: int) -> np.ndarray:
    found = np.zeros((side_px, side_px), dtype=bool)
    for i in which:
        x0, y0, x1, y1 = (round(v * side_px) for v in scene.words[i].box)
        found[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = True
    return found


def _one(options: Sequence[_T], rng: np.random.Generator) -> _T:
    return options[int(rng.integers(len(options)))]
