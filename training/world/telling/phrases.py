"""Name things, groups of things and backgrounds in words that are true."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from maquette.training.world.scene import Placed, Scene
from maquette.training.world.telling.wording import (
    COLOUR_TAILS,
    NUMBERS,
    PATTERN_TAILS,
    PATTERN_WORDS,
    PLACES,
    SIZE_WORDS,
    Wording,
)
from maquette.training.world.things import THINGS

SIZE_CHANCE, PATTERN_CHANCE, PLAIN_CHANCE = 0.12, 0.6, 0.04
"""How often a size, a pattern, and that there is none, are said."""


def pick(options: Sequence[str], rng: np.random.Generator) -> str:
    """Choose one of some words."""
    return options[int(rng.integers(len(options)))]


def article(words: str) -> str:
    """Put "a" or "an" before words."""
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def describe(
    placed: Placed,
    rng: np.random.Generator,
    size_chance: float = SIZE_CHANCE,
    pattern_chance: float = PATTERN_CHANCE,
    wording: Wording = "train",
) -> str:
    """Name one thing without an article, such as "small red striped circle"."""
    return describe_group([placed], rng, size_chance, pattern_chance, wording)


def describe_group(
    group: Sequence[Placed],
    rng: np.random.Generator,
    size_chance: float = SIZE_CHANCE,
    pattern_chance: float = PATTERN_CHANCE,
    wording: Wording = "train",
) -> str:
    """Name things of one pair without a number; only what is true of all is said."""
    first = group[0]
    noun, colour = noun_of(group), colour_word(first, rng)
    size = pattern = tail = ""
    if len({p.size for p in group}) == 1 and rng.random() < size_chance:
        size = pick(SIZE_WORDS[first.size], rng)
    chance = pattern_chance if first.pattern != "plain" else pattern_chance * PLAIN_CHANCE
    if len({p.pattern for p in group}) == 1 and rng.random() < chance:
        pattern = pick(PATTERN_WORDS[first.pattern], rng)
        if wording != "test" and first.pattern in PATTERN_TAILS and rng.random() < 0.2:
            pattern, tail = "", PATTERN_TAILS[first.pattern]
    words: tuple[str, ...]
    if wording == "test":
        words = (size, pattern, noun, "in", colour)
    elif wording == "varied" and not tail and rng.random() < 0.5:
        be = "is" if len(group) == 1 else "are"
        words = (size, pattern, noun, pick(COLOUR_TAILS, rng).format(be=be, colour=colour))
    elif rng.random() < 0.5:
        words = (size, colour, pattern, noun, tail)
    else:
        words = (size, pattern, colour, noun, tail)
    return " ".join(w for w in words if w)


def noun_of(group: Sequence[Placed]) -> str:
    """The noun of things alike, plural where there are several."""
    thing = group[0].thing
    return thing if len(group) == 1 else THINGS[thing].plural


def colour_word(placed: Placed, rng: np.random.Generator) -> str:
    """A thing's colour; gray in either spelling."""
    return "grey" if placed.colour == "gray" and rng.random() < 0.5 else placed.colour


def counted(words: str, count: int, rng: np.random.Generator) -> str:
    """Put a number, or for one mostly an article, before the name of a group."""
    if count > 1:
        return f"{NUMBERS[count]} {words}"
    return f"one {words}" if rng.random() < 0.1 else article(words)


def phrase(placed: Placed, rng: np.random.Generator, wording: Wording = "train") -> str:
    """Word what a layout box holds: mostly colour and thing, now and then only the thing."""
    words = placed.thing if rng.random() < 0.05 else describe(placed, rng, wording=wording)
    return pick((words, words, article(words), f"the {words}"), rng)


def background_words(scene: Scene) -> str:
    """Say where the things are, such as "on a mint background" or "in a meadow"."""
    ground = scene.background
    if ground.kind == "landscape":
        return PLACES[ground.words][0]
    return f"on {article(ground.words)} background"


def grouped(scene: Scene) -> list[list[Placed]]:
    """Gather things of equal colour-thing pair, in order of first appearance."""
    groups: dict[tuple[str, str], list[Placed]] = {}
    for placed in scene.things:
        groups.setdefault(placed.pair, []).append(placed)
    return list(groups.values())
