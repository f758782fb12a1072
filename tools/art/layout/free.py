"""A free place for one more thing in a finished scene, which leaves all others where they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from maquette.tools.art.layout.stage import Stage
from maquette.tools.art.layout.ties import Rect, centre, overlap

COLUMNS, ROWS = 25, 19
SHRINKINGS = (1.0, 0.88, 0.76, 0.64, 0.54, 0.45, 0.36)
FREE = 0.06
"""Share of a thing, or of one that is there, that may be covered by the other's rectangle."""
TOUCHED, CROWDED = 0.12, 0.28


def free_place(
    size: tuple[float, float],
    others: Sequence[Rect],
    stage: Stage,
    *,
    lane: str = "ground",
    near: tuple[float, float] | None = None,
    suits: Callable[[Rect], bool] = lambda rect: True,
    kept: Sequence[Rect] = (),
    as_large: bool = False,
) -> Rect | None:
    """The rectangle for a thing of this size that covers nothing, as near to a point as can be.

    It becomes smaller when there is no room; only then, and at last, it may cover a little.

    Args:
        size: width and height wanted, pixels.
        others: what is there.
        lane: ``ground``, ``air``, ``water`` or ``swim``: where on the stage it belongs.
        near: the point that its middle should be near; None: the middle of the stage.
        suits: what else a place must keep.
        kept: what must stay free, as words must.
        as_large: whether it may rather cover a little than become smaller.
    Returns: None: no place suits.
    """
    x, y = near or centre(stage.room)
    tries = [(limit, by) for limit in (FREE, CROWDED, 10.0) for by in SHRINKINGS]
    if as_large:
        tries = [(limit, by) for by in SHRINKINGS[:2] for limit in (FREE, TOUCHED)] + tries
    for limit, by in tries:
        tried = [r for r in _places((size[0] * by, size[1] * by), stage, lane) if suits(r)]
        clear = [r for r in tried if not any(overlap(r, words) > 0 for words in kept)]
        open_ = [r for r in clear if _covered(r, others) <= limit]
        if open_:
            return min(open_, key=lambda r: _cost(r, others, x, y, stage))
    return None


def _places(size: tuple[float, float], stage: Stage, lane: str) -> list[Rect]:
    width, height = size
    x0, y0, x1, y1 = stage.room
    if width > x1 - x0 or height > y1 - y0:
        return []
    low, high = y0 + height, y1  # of the lower edge
    if lane == "ground" and stage.ground:
        low, high = max(low, stage.ground[0]), max(low, min(high, stage.ground[1]))
    elif lane == "air" and stage.sky:
        high = max(low, min(high, stage.sky[1] + height / 2))
    elif lane == "swim" and stage.water:
        low = max(low, stage.water[0] + height)
        high = max(low, min(high, stage.water[1]))
    elif lane == "water" and stage.water:
        low, high = max(low, stage.water[0]), max(low, min(high, stage.water[1]))
    return [
        (x, base - height, x + width, base)
        for x, base in product(_steps(x0, x1 - width, COLUMNS), _steps(low, high, ROWS))
    ]


def _steps(low: float, high: float, count: int) -> list[float]:
    return [low + (high - low) * k / (count - 1) for k in range(count)]


def _covered(rect: Rect, others: Sequence[Rect]) -> float:
    """The largest share of one that another covers, either way."""
    own = (rect[2] - rect[0]) * (rect[3] - rect[1])
    worst = 0.0
    for other in others:
        shared = overlap(rect, other)
        area = (other[2] - other[0]) * (other[3] - other[1])
        worst = max(worst, shared / own, shared / area)
    return worst


def _cost(rect: Rect, others: Sequence[Rect], x: float, y: float, stage: Stage) -> float:
    cx, cy = centre(rect)
    away = ((cx - x) ** 2 + (cy - y) ** 2) ** 0.5 / stage.unit
    return away + 3 * _covered(rect, others)
