"""Who is in a scene: colours, things, patterns and sizes, before anything has a place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maquette.training.world.colours import COLOURS, contrasts, distance
from maquette.training.world.drawing.background import Background
from maquette.training.world.drawing.patterns import INKS
from maquette.training.world.placement import ROOMS
from maquette.training.world.sizes import SIZES

Pair = tuple[str, str]
TOUCH_CONTRAST = 0.3
"""Least OKLab distance between two things that touch, patterns included."""
_COUNT_WEIGHTS = {1: 0.24, 2: 0.3, 3: 0.2, 4: 0.12, 5: 0.07, 6: 0.07}
_SIZE_WEIGHTS = {
    1: (0.15, 0.3, 0.55),
    2: (0.25, 0.5, 0.25),
    3: (0.3, 0.6, 0.1),
    4: (0.5, 0.5, 0.0),
    5: (0.75, 0.25, 0.0),
    6: (0.9, 0.1, 0.0),
}
"""Things in the scene to the chances of small, medium and large."""


@dataclass(frozen=True)
class Actor:
    """A thing before it has a place."""

    colour: str
    thing: str
    pattern: str
    size: str


@dataclass(frozen=True)
class Casting:
    """What is wanted of a cast; see ``sample_scene``."""

    pairs: tuple[Pair, ...]
    counts: tuple[int, ...]
    must_hold: Pair | None
    alike: bool | None
    relation: str | None
    patterns: tuple[str, ...]


def cast(
    wishes: Casting, ground: Background, touching: str | None, rng: np.random.Generator
) -> list[Actor] | None:
    """Choose a cast, or None if this draw leads nowhere.

    Args:
        wishes: what is wanted.
        ground: every colour must stand out from at least one of the background's.
        touching: the relation between things; for "inside" and "in front of" the first
            two of the cast are the back one and the front one.
        rng: source of randomness.
    """
    count = _count(wishes.counts, touching, rng)
    if count is None:
        return None
    allowed = [p for p in wishes.pairs if _visible(p, ground)]
    if wishes.must_hold is not None and not _visible(wishes.must_hold, ground):
        return None
    if not allowed and wishes.must_hold is None:
        return None
    first = wishes.must_hold or allowed[rng.integers(len(allowed))]
    if touching in ("inside", "in front of"):
        return _touching_cast(wishes, first, allowed, count, touching, rng)
    chosen = _groups(wishes, first, allowed, count, touching, rng)
    return None if chosen is None else _dress(chosen, wishes.patterns, rng)


def _count(counts: tuple[int, ...], touching: str | None, rng: np.random.Generator) -> int | None:
    fit = [c for c in counts if touching is None or 2 <= c <= 4] or [
        c for c in counts if touching is not None and c >= 2
    ]
    if not fit:
        return None
    weights = np.array([_COUNT_WEIGHTS.get(c, 0.05) for c in fit])
    return int(fit[rng.choice(len(fit), p=weights / weights.sum())])


def _groups(
    wishes: Casting,
    first: Pair,
    allowed: list[Pair],
    count: int,
    relation: str | None,
    rng: np.random.Generator,
) -> list[Pair] | None:
    """Choose pairs: all alike, all different (up to four), or two groups."""
    fate = rng.random()
    if wishes.alike or (wishes.alike is None and relation is None and fate < 0.3):
        return [first] * count
    if wishes.alike is None and count >= 3 and (fate < 0.5 or count > 4):
        second = _another([first], allowed, rng)
        share = int(rng.integers(1, count))
        return None if second is None else [first] * share + [second] * (count - share)
    chosen = [first]
    while len(chosen) < count:
        other = _another(chosen, allowed, rng)
        if other is None:
            return None
        chosen.append(other)
    return chosen


def _another(chosen: list[Pair], allowed: list[Pair], rng: np.random.Generator) -> Pair | None:
    rest = [p for p in allowed if p not in chosen]
    return rest[rng.integers(len(rest))] if rest else None


def _touching_cast(
    wishes: Casting,
    first: Pair,
    allowed: list[Pair],
    count: int,
    relation: str,
    rng: np.random.Generator,
) -> list[Actor] | None:
    """Choose a back and a front thing whose colours differ, then the others."""
    others = [p for p in allowed if p[1] in ROOMS] if relation == "inside" else allowed
    front_first = relation == "inside" and (first[1] not in ROOMS or rng.random() < 0.5)
    pool = [p for p in (others if front_first else allowed) if _differ(p, first)]
    if not pool:
        return None
    second = pool[rng.integers(len(pool))]
    back, front = (second, first) if front_first or rng.random() < 0.5 else (first, second)
    if relation == "inside" and back[1] not in ROOMS:
        back, front = front, back
    chosen = [back, front]
    while len(chosen) < count:
        other = _another(chosen, allowed, rng)
        if other is None:
            return None
        chosen.append(other)
    actors = _dress(chosen, wishes.patterns, rng)
    plain = "plain" if "plain" in wishes.patterns else actors[0].pattern
    size = "large" if relation == "inside" else str(rng.choice(("medium", "large")))
    front_size = "small" if relation == "inside" else str(rng.choice(("small", "medium")))
    actors[0] = Actor(*back, plain, size)
    actors[1] = Actor(*front, actors[1].pattern, front_size)
    return actors


def _differ(a: Pair, b: Pair) -> bool:
    """Tell whether two things of these pairs can touch and still be told apart."""
    inks = (COLOURS[a[0]], INKS[a[0]]), (COLOURS[b[0]], INKS[b[0]])
    return (
        a[1] != b[1]
        and distance(inks[0][0], inks[1][0]) >= TOUCH_CONTRAST
        and distance(inks[0][0], inks[1][1]) >= TOUCH_CONTRAST / 2
        and distance(inks[0][1], inks[1][0]) >= TOUCH_CONTRAST / 2
    )


def _dress(chosen: list[Pair], patterns: tuple[str, ...], rng: np.random.Generator) -> list[Actor]:
    """Give each pair a pattern and a size; equal pairs get equal ones."""
    looks: dict[Pair, tuple[str, str]] = {}
    for pair in chosen:
        if pair not in looks:
            size = str(rng.choice(SIZES, p=_SIZE_WEIGHTS[min(len(chosen), 6)]))
            looks[pair] = (_pattern(patterns, rng), size)
    return [Actor(*pair, *looks[pair]) for pair in chosen]


def _pattern(patterns: tuple[str, ...], rng: np.random.Generator) -> str:
    if "plain" in patterns and rng.random() < 0.5:
        return "plain"
    return patterns[rng.integers(len(patterns))]


def _visible(pair: Pair, ground: Background) -> bool:
    """Tell whether a colour stands out from all, or on a landscape from some, of a ground."""
    if ground.kind != "landscape":
        return contrasts(COLOURS[pair[0]], ground.colours)
    return any(contrasts(COLOURS[pair[0]], (c,)) for c in ground.colours)
