"""Place things on the canvas: boxes that keep the stated relations, sizes and places.

Deterministic for a seed. Relations that contradict earlier ones are dropped and reported.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from maquette.agents.design.energy import MARGIN, energy, keeps
from maquette.agents.design.ranks import contradicts, ranked_boxes
from maquette.agents.design.tidy import tidied
from maquette.agents.design.types import Rect, Tie, Wanted
from maquette.records.geometry import Box

TRIES = 250
ENOUGH = 24
SHRINK = 0.9
SHRINKINGS = 7
SIZES = {1: 0.52, 2: 0.38, 3: 0.31, 4: 0.27}
"""Things in the picture to the square root of the area of each, as a fraction of the side."""
SIZE_FACTOR: dict[Literal["small", "large"] | None, float] = {
    None: 1.0,
    "small": 0.62,
    "large": 1.25,
}


@dataclass(frozen=True)
class Arrangement:
    """Boxes for every copy of every wanted thing, in the order of ``wanted``."""

    boxes: tuple[tuple[Box, ...], ...]
    dropped: tuple[Tie, ...] = ()
    """Relations that contradict earlier ones."""


def arrange(
    wanted: Sequence[Wanted],
    ties: Sequence[Tie],
    *,
    area: Rect = (0.0, 0.0, 1.0, 1.0),
    seed: int = 0,
) -> Arrangement:
    """Find boxes inside ``area`` (fractions of the picture) that keep every tie.

    Random placements are drawn until some keep all ties, and the most balanced of them is
    taken; things are made smaller when none does. Should that fail, things are set on a grid
    ordered by the ties, which always keeps them.
    """
    kept, dropped = _consistent(ties)
    if not wanted:
        return Arrangement((), tuple(dropped))
    rng = random.Random(f"layout/{seed}")
    inner = (area[0] + MARGIN, area[1] + MARGIN, area[2] - MARGIN, area[3] - MARGIN)
    units = [_unit(item, sum(other.count for other in wanted), inner) for item in wanted]
    units = _nested_sizes(units, kept)
    rects = _search(units, wanted, kept, inner, rng) or ranked_boxes(units, kept, inner)
    boxes = tuple(_copies(rect, item) for rect, item in zip(rects, wanted, strict=True))
    return Arrangement(boxes, tuple(dropped))


def _consistent(ties: Sequence[Tie]) -> tuple[list[Tie], list[Tie]]:
    kept: list[Tie] = []
    dropped: list[Tie] = []
    for tie in ties:
        (dropped if contradicts(kept, tie) else kept).append(tie)
    return kept, dropped


def _unit(item: Wanted, total: int, area: Rect) -> tuple[float, float]:
    """Natural width and height of a thing with all its copies, fitted into the area."""
    columns, rows = grid(item.count)
    one = SIZES.get(total, 1.05 / (math.sqrt(total) + 1.6)) * SIZE_FACTOR[item.size]
    width = columns * one * math.sqrt(item.aspect) * (1.0 if columns == 1 else 1.1)
    height = rows * one / math.sqrt(item.aspect) * (1.0 if rows == 1 else 1.1)
    fit = min(1.0, (area[2] - area[0]) / width, (area[3] - area[1]) / height)
    return width * fit, height * fit


def grid(count: int) -> tuple[int, int]:
    """Columns and rows for so many copies: a row up to three, then as square as can be."""
    columns = count if count <= 3 else math.ceil(math.sqrt(count))
    return columns, math.ceil(count / columns)


def _nested_sizes(
    units: list[tuple[float, float]], ties: Sequence[Tie]
) -> list[tuple[float, float]]:
    """Make what lies inside another thing at most half as large as its host."""
    sizes = list(units)
    for tie in ties:
        if tie.relation == "inside":
            host = sizes[tie.object]
            width, height = sizes[tie.subject]
            fit = min(1.0, 0.5 * host[0] / width, 0.5 * host[1] / height)
            sizes[tie.subject] = (width * fit, height * fit)
    return sizes


def _search(
    units: list[tuple[float, float]],
    wanted: Sequence[Wanted],
    ties: Sequence[Tie],
    area: Rect,
    rng: random.Random,
) -> list[Rect] | None:
    scale = 1.0
    for _ in range(SHRINKINGS):
        found: list[tuple[float, list[Rect]]] = []
        for _ in range(TRIES):
            rects = [_thrown(unit, scale, area, rng) for unit in units]
            if keeps(rects, ties):
                found.append((energy(rects, ties, wanted, area), rects))
                if len(found) >= ENOUGH:
                    break
        if found:
            return tidied(min(found, key=lambda pair: pair[0])[1], ties, wanted, area)
        scale *= SHRINK
    return None


def _thrown(unit: tuple[float, float], scale: float, area: Rect, rng: random.Random) -> Rect:
    width, height = unit[0] * scale, unit[1] * scale
    x = rng.uniform(area[0], max(area[0], area[2] - width))
    y = rng.uniform(area[1], max(area[1], area[3] - height))
    return x, y, x + width, y + height


def _copies(rect: Rect, item: Wanted) -> tuple[Box, ...]:
    """Cut a unit's rectangle into boxes for its copies, the last row centred."""
    columns, rows = grid(item.count)
    cell_w, cell_h = (rect[2] - rect[0]) / columns, (rect[3] - rect[1]) / rows
    pad_x = 0.0 if columns == 1 else 0.045 * cell_w
    pad_y = 0.0 if rows == 1 else 0.045 * cell_h
    boxes = []
    for k in range(item.count):
        row, column = divmod(k, columns)
        in_row = min(columns, item.count - row * columns)
        x = rect[0] + (column + (columns - in_row) / 2) * cell_w
        y = rect[1] + row * cell_h
        boxes.append(
            Box(
                x0=_fraction(x + pad_x),
                y0=_fraction(y + pad_y),
                x1=_fraction(x + cell_w - pad_x),
                y1=_fraction(y + cell_h - pad_y),
            )
        )
    return tuple(boxes)


def _fraction(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)
