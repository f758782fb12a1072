"""Where a named change of a picture happens: what is drawn anew, and what goes where.

All boxes are xyxy fractions of the picture. A change is made by inpainting: holes say which
pixels are drawn anew, the layout says what the whole picture then holds.

Source: grounding and inpainting as in Ren et al., "Grounded SAM" (2024), section 4.2, with
boxes instead of free masks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from maquette.records.geometry import Box

Place = Literal["left", "right", "top", "bottom"]
Side = Literal["left of", "right of", "above", "below"]

MARGIN = 0.03
"""Free rim of the picture, and how far a hole reaches beyond what it is for."""
ADDED = (0.34, 0.28, 0.22, 0.17, 0.13)
"""Square roots of the areas that are tried for a thing that is added, the largest first."""
_STEPS = 24
"""Positions that are tried across, and down, for a thing that is added."""


def fitted(box: Box, aspect: float | None = None, scale: float = 1.0) -> Box:
    """A box of the same middle for something of another shape, inside the picture.

    Args:
        aspect: natural width / height of what it is for; None: as the box.
        scale: how much larger its sides become.
    """
    ratio = aspect or box.width / box.height
    side = scale * (box.width * box.height) ** 0.5
    width, height = side * ratio**0.5, side / ratio**0.5
    fit = min(1.0, (1 - 2 * MARGIN) / width, (1 - 2 * MARGIN) / height)
    width, height = width * fit, height * fit
    x, y = box.centre
    return _at(
        _between(x - width / 2, MARGIN, 1 - MARGIN - width),
        _between(y - height / 2, MARGIN, 1 - MARGIN - height),
        width,
        height,
    )


def moved(box: Box, place: Place) -> Box:
    """A box at one side of the picture, otherwise as it was."""
    x, y = box.x0, box.y0
    far_x, far_y = max(MARGIN, 1 - MARGIN - box.width), max(MARGIN, 1 - MARGIN - box.height)
    match place:
        case "left":
            x = MARGIN
        case "right":
            x = far_x
        case "top":
            y = MARGIN
        case "bottom":
            y = far_y
    return _at(min(x, 1 - box.width), min(y, 1 - box.height), box.width, box.height)


def free_box(
    taken: Sequence[Box], aspect: float = 1.0, side: Side | None = None, other: Box | None = None
) -> Box | None:
    """Room for one more thing: as large as fits, as far from the others as can be.

    Args:
        taken: what must stay uncovered.
        aspect: natural width / height of the thing.
        side: on which side of ``other`` its middle must lie.
    Returns: None if there is no room.
    """
    for area_side in ADDED:
        width, height = area_side * aspect**0.5, area_side / aspect**0.5
        room_x, room_y = 1 - 2 * MARGIN - width, 1 - 2 * MARGIN - height
        spots = [
            _at(MARGIN + room_x * i / _STEPS, MARGIN + room_y * j / _STEPS, width, height)
            for j in range(_STEPS + 1)
            for i in range(_STEPS + 1)
        ]
        fit = [
            spot
            for spot in spots
            if (side is None or other is None or lies(spot, side, other))
            and all(gap(spot, box) >= MARGIN for box in taken)
        ]
        if fit:
            return max(fit, key=lambda spot: min((gap(spot, box) for box in taken), default=0.0))
    return None


def lies(box: Box, side: Side, other: Box) -> bool:
    """Whether a box lies wholly on that side of another."""
    return {
        "left of": box.x1 <= other.x0,
        "right of": box.x0 >= other.x1,
        "above": box.y1 <= other.y0,
        "below": box.y0 >= other.y1,
    }[side]


def gap(a: Box, b: Box) -> float:
    """The wider of the gaps between two boxes across and down; negative where they overlap."""
    return max(a.x0 - b.x1, b.x0 - a.x1, a.y0 - b.y1, b.y0 - a.y1)


def grown(box: Box, by: float = MARGIN) -> Box:
    """A box with a rim, cut off at the picture's edges."""
    return Box(
        x0=max(0.0, box.x0 - by),
        y0=max(0.0, box.y0 - by),
        x1=min(1.0, box.x1 + by),
        y1=min(1.0, box.y1 + by),
    )


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (a.width * a.height + b.width * b.height - shared)


def _at(x: float, y: float, width: float, height: float) -> Box:
    x, y = max(0.0, x), max(0.0, y)
    return Box(x0=x, y0=y, x1=min(1.0, x + width), y1=min(1.0, y + height))


def _between(value: float, low: float, high: float) -> float:
    return max(low, min(value, high))
