"""Where things go: boxes apart from one another, inside another, or partly before it."""

from __future__ import annotations

import numpy as np

from maquette.training.world.overlap import hidden_share, holds_box
from maquette.training.world.scene import Box
from maquette.training.world.sizes import RANGES
from maquette.training.world.things import THINGS

MARGIN = 0.03
"""Least distance of a thing from the picture's edge and from other things."""
ROOMS: dict[str, Box] = {
    "circle": (0.17, 0.17, 0.83, 0.83),
    "oval": (0.17, 0.17, 0.83, 0.83),
    "square": (0.07, 0.07, 0.93, 0.93),
    "rectangle": (0.07, 0.07, 0.93, 0.93),
    "triangle": (0.29, 0.53, 0.71, 0.94),
    "diamond": (0.27, 0.27, 0.73, 0.73),
    "pentagon": (0.19, 0.3, 0.81, 0.84),
    "hexagon": (0.22, 0.1, 0.78, 0.9),
    "heart": (0.2, 0.16, 0.8, 0.54),
}
"""Plain shapes that can hold another thing, and the room in their unit box."""
HIDDEN = (0.08, 0.4)
"""Least and largest share of the back thing that a thing in front of it hides."""
LEAST_INSIDE = 0.13
"""Least square root of the area of a thing inside another."""
_TRIES = 40


def sample_box(
    thing: str,
    size: str,
    rng: np.random.Generator,
    room: Box = (0.0, 0.0, 1.0, 1.0),
    largest: float = 1.0,
) -> Box | None:
    """Draw a box of a thing's aspect within a room, or None if it does not fit.

    Args:
        thing: key of ``THINGS``.
        size: key of ``RANGES``.
        rng: source of randomness.
        room: xyxy fractions; ``MARGIN`` is kept at its edges.
        largest: upper end of the square root of the box's area.
    """
    low, high = RANGES[size]
    drawn = THINGS[thing]
    side = rng.uniform(low, max(low, min(high, largest)))
    aspect = drawn.aspect * drawn.stretch ** rng.uniform(-1, 1)
    w, h = side * aspect**0.5, side / aspect**0.5
    spare_x = room[2] - room[0] - 2 * MARGIN - w
    spare_y = room[3] - room[1] - 2 * MARGIN - h
    if spare_x < 0 or spare_y < 0:
        return None
    x = room[0] + MARGIN + rng.uniform(0, spare_x)
    y = room[1] + MARGIN + rng.uniform(0, spare_y)
    return (float(x), float(y), float(x + w), float(y + h))


def apart(a: Box, b: Box) -> bool:
    """Tell whether two boxes keep ``MARGIN`` between them."""
    return (
        a[2] + MARGIN <= b[0]
        or b[2] + MARGIN <= a[0]
        or a[3] + MARGIN <= b[1]
        or b[3] + MARGIN <= a[1]
    )


def place_apart(
    thing: str, size: str, others: list[Box], rng: np.random.Generator, largest: float = 1.0
) -> Box | None:
    """Draw a box apart from all others, or None after some tries."""
    for _ in range(_TRIES):
        box = sample_box(thing, size, rng, largest=largest)
        if box is not None and all(apart(box, other) for other in others):
            return box
    return None


def place_inside(thing: str, outer: str, outer_box: Box, rng: np.random.Generator) -> Box | None:
    """Draw a small box that the body of ``outer``, a key of ``ROOMS``, covers, or None."""
    left, top, right, bottom = ROOMS[outer]
    w, h = outer_box[2] - outer_box[0], outer_box[3] - outer_box[1]
    x0, y0 = outer_box[0] + left * w, outer_box[1] + top * h
    room_w, room_h = (right - left) * w, (bottom - top) * h
    drawn = THINGS[thing]
    for _ in range(_TRIES):
        aspect = drawn.aspect * drawn.stretch ** rng.uniform(-1, 1)
        limit = min(room_w / aspect**0.5, room_h * aspect**0.5, RANGES["small"][1])
        if limit < LEAST_INSIDE:
            continue
        side = rng.uniform(LEAST_INSIDE, limit)
        own_w, own_h = side * aspect**0.5, side / aspect**0.5
        x = x0 + rng.uniform(0, room_w - own_w)
        y = y0 + rng.uniform(0, room_h - own_h)
        box = (float(x), float(y), float(x + own_w), float(y + own_h))
        if holds_box(outer, outer_box, box):
            return box
    return None


def place_before(
    thing: str, size: str, back: str, back_box: Box, rng: np.random.Generator
) -> Box | None:
    """Draw a box that hides some, but not too much, of the thing at the back, or None."""
    for _ in range(_TRIES):
        box = sample_box(thing, size, rng)
        if box is None or _share_within(box, back_box) > 0.7:
            continue
        if HIDDEN[0] <= hidden_share(thing, box, back, back_box) <= HIDDEN[1]:
            return box
    return None


def _share_within(a: Box, b: Box) -> float:
    w = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    h = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    return w * h / ((a[2] - a[0]) * (a[3] - a[1]))
