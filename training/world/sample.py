"""Draw random scenes from the grammar of the world.

Every function takes a numpy Generator; the same generator state gives the same scene.
"""

from __future__ import annotations

import numpy as np

from maquette.training.world.colours import BACKGROUNDS, COLOURS, contrasts
from maquette.training.world.scene import Background, Box, Placed, Scene
from maquette.training.world.split import TRAINED
from maquette.training.world.things import THINGS

MARGIN = 0.03
"""Least distance of a thing from the picture's edge and from other things."""
SIZE_RANGE = {1: (0.28, 0.62), 2: (0.22, 0.42), 3: (0.18, 0.34)}
"""Things in the scene to the range of the square root of a box's area."""
_TRIES = 60


def sample_background(rng: np.random.Generator) -> Background:
    """Draw a plain background, or in 35 % a blend of two soft ones."""
    names = list(BACKGROUNDS)
    top = names[rng.integers(len(names))]
    if rng.random() < 0.65 or top in _DEEP:
        return Background(top, top)
    soft = [n for n in names if n not in _DEEP and n != top]
    return Background(top, soft[rng.integers(len(soft))])


def sample_scene(
    rng: np.random.Generator,
    pairs: tuple[tuple[str, str], ...] = TRAINED,
    counts: tuple[int, ...] = (1, 2, 3),
    must_hold: tuple[str, str] | None = None,
) -> Scene:
    """Draw a scene whose things neither touch nor blend into the background.

    Args:
        rng: source of randomness.
        pairs: allowed ``(colour, thing)`` pairs.
        counts: allowed numbers of things, drawn with equal chance.
        must_hold: a pair that the first thing must be.
    Returns: a scene. In one scene of six with several things all are alike, so that
    counting words are learned.
    """
    count = counts[rng.integers(len(counts))]
    alike = count > 1 and rng.random() < 1 / 6
    while True:
        background = sample_background(rng)
        allowed = [p for p in pairs if _visible(p, background)]
        if must_hold is not None and not _visible(must_hold, background):
            continue
        first = must_hold or (allowed[rng.integers(len(allowed))] if allowed else None)
        if first is None:
            continue
        chosen = [first]
        while len(chosen) < count:
            chosen.append(first if alike else allowed[rng.integers(len(allowed))])
        boxes = _place([thing for _, thing in chosen], rng)
        if boxes is None:
            continue
        placed = (Placed(t, c, b) for (c, t), b in zip(chosen, boxes, strict=True))
        return Scene(tuple(placed), background)


_DEEP = ("navy", "teal")


def _visible(pair: tuple[str, str], background: Background) -> bool:
    return contrasts(COLOURS[pair[0]], background.colours)


def _place(things: list[str], rng: np.random.Generator) -> list[Box] | None:
    """Draw a box for each thing, or None if they do not fit after some tries."""
    boxes: list[Box] = []
    for name in things:
        for _ in range(_TRIES):
            box = _box(name, SIZE_RANGE[len(things)], rng)
            if all(_apart(box, other) for other in boxes):
                boxes.append(box)
                break
        else:
            return None
    return boxes


def _box(name: str, sizes: tuple[float, float], rng: np.random.Generator) -> Box:
    thing = THINGS[name]
    size = rng.uniform(*sizes)
    aspect = thing.aspect * thing.stretch ** rng.uniform(-1, 1)
    w = min(size * aspect**0.5, 1 - 2 * MARGIN)
    h = min(size / aspect**0.5, 1 - 2 * MARGIN)
    x = rng.uniform(MARGIN, 1 - MARGIN - w)
    y = rng.uniform(MARGIN, 1 - MARGIN - h)
    return (float(x), float(y), float(x + w), float(y + h))


def _apart(a: Box, b: Box) -> bool:
    return (
        a[2] + MARGIN <= b[0]
        or b[2] + MARGIN <= a[0]
        or a[3] + MARGIN <= b[1]
        or b[3] + MARGIN <= a[1]
    )
