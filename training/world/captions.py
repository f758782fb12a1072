"""Say in words what a scene shows, in several wordings, all of them true."""

from __future__ import annotations

import numpy as np

from maquette.training.world.scene import Placed, Scene, holds
from maquette.training.world.things import THINGS

RELATION_WORDS: dict[str, tuple[str, ...]] = {
    "left of": ("left of", "to the left of", "on the left of"),
    "right of": ("right of", "to the right of", "on the right of"),
    "above": ("above", "over"),
    "below": ("below", "under", "beneath"),
}
"""Relation to the ways of saying it."""
NUMBERS = {1: "one", 2: "two", 3: "three"}
LARGE, SMALL = 0.40, 0.23
"""Square root of box area, as a fraction, from which a thing is large, or up to which small."""
_OPENINGS = ("", "", "", "a picture of ", "a drawing of ", "an image of ", "there is ")


def article(words: str) -> str:
    """Put "a" or "an" before words."""
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def describe(placed: Placed, rng: np.random.Generator, size_chance: float = 0.12) -> str:
    """Name one thing without an article, such as "small red circle"."""
    colour = "grey" if placed.colour == "gray" and rng.random() < 0.5 else placed.colour
    words = f"{colour} {placed.thing}"
    size = size_word(placed)
    if size and rng.random() < size_chance:
        words = f"{_pick(size, rng)} {words}"
    return words


def size_word(placed: Placed) -> tuple[str, ...]:
    """List the size words that are true of a thing; none for middling ones."""
    x0, y0, x1, y1 = placed.box
    size = ((x1 - x0) * (y1 - y0)) ** 0.5
    if size >= LARGE:
        return "large", "big"
    return ("small", "little") if size <= SMALL else ()


def phrase(placed: Placed, rng: np.random.Generator) -> str:
    """Word what a layout box holds: mostly colour and thing, now and then only the thing."""
    words = placed.thing if rng.random() < 0.05 else describe(placed, rng)
    return _pick((words, words, article(words), f"the {words}"), rng)


def background_words(scene: Scene) -> str:
    """Name the background, such as "on a mint background"."""
    ground = scene.background
    colour = ground.top if ground.plain else f"{ground.top} to {ground.bottom}"
    return f"on {article(colour)} background"


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """Write one true caption of a scene, wording drawn from ``rng``.

    Things alike in colour and kind are counted; with two kinds or three, a relation that
    holds between single things is told in most captions.
    """
    groups: dict[tuple[str, str], list[Placed]] = {}
    for placed in scene.things:
        groups.setdefault(placed.pair, []).append(placed)
    ordered = [groups[key] for key in (list(groups)[i] for i in rng.permutation(len(groups)))]
    related = _related(ordered, rng) if rng.random() < 0.75 else None
    body = related or _joined([_counted(group, rng) for group in ordered])
    opening = _pick(_OPENINGS, rng)
    if rng.random() < 0.5:
        body = f"{body} {background_words(scene)}"
    return opening + body


def _counted(group: list[Placed], rng: np.random.Generator) -> str:
    first = group[0]
    if len(group) > 1:
        colour = "grey" if first.colour == "gray" and rng.random() < 0.5 else first.colour
        return f"{NUMBERS[len(group)]} {colour} {THINGS[first.thing].plural}"
    words = describe(first, rng)
    return f"one {words}" if rng.random() < 0.1 else article(words)


def _related(groups: list[list[Placed]], rng: np.random.Generator) -> str | None:
    """Tell how single things stand to one another, or None if it cannot be told plainly."""
    if len(groups) < 2 or any(len(group) > 1 for group in groups):
        return None
    things = [group[0] for group in groups]
    first = _relation(things[0], things[1], rng)
    if first is None:
        return None
    names = [describe(p, rng) for p in things]
    text = f"{article(names[0])} {first} {article(names[1])}"
    if len(things) == 2:
        return text
    anchor = int(rng.integers(2))
    second = _relation(things[2], things[anchor], rng)
    if second is None:
        return f"{text}, and {article(names[2])}"
    pair = things[anchor]
    return f"{text}, and {article(names[2])} {second} the {pair.colour} {pair.thing}"


def _relation(a: Placed, b: Placed, rng: np.random.Generator) -> str | None:
    true = [name for name in RELATION_WORDS if holds(a.box, name, b.box)]
    return _pick(RELATION_WORDS[_pick(tuple(true), rng)], rng) if true else None


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _pick(options: tuple[str, ...], rng: np.random.Generator) -> str:
    return options[rng.integers(len(options))]
