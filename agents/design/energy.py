"""Whether a placement keeps its ties, and how well balanced it looks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from maquette.agents.design.types import Rect, Tie, Wanted

MARGIN = 0.03
"""Least gap between things, and to the edge of the area."""

ANCHORS: dict[str, tuple[float, float]] = {
    "top": (0.5, 0.0),
    "bottom": (0.5, 1.0),
    "left": (0.0, 0.5),
    "right": (1.0, 0.5),
    "centre": (0.5, 0.5),
    "top left": (0.0, 0.0),
    "top right": (1.0, 0.0),
    "bottom left": (0.0, 1.0),
    "bottom right": (1.0, 1.0),
}
"""Places on the sheet, as the point of the area that a thing is drawn towards."""


def keeps(rects: Sequence[Rect], ties: Sequence[Tie]) -> bool:
    """Whether all ties hold and nothing else overlaps."""
    may_touch = {
        frozenset((tie.subject, tie.object))
        for tie in ties
        if tie.relation in ("inside", "in front of")
    }
    for i, a in enumerate(rects):
        for j in range(i):
            if frozenset((i, j)) not in may_touch and not apart(a, rects[j]):
                return False
    return all(holds(rects[tie.subject], tie.relation, rects[tie.object]) for tie in ties)


def apart(a: Rect, b: Rect) -> bool:
    """Whether two rectangles keep the margin."""
    return (
        a[2] + MARGIN <= b[0]
        or b[2] + MARGIN <= a[0]
        or a[3] + MARGIN <= b[1]
        or b[3] + MARGIN <= a[1]
    )


def holds(a: Rect, relation: str, b: Rect) -> bool:
    """Whether ``a relation b``: wholly on the side, inside, or overlapping in front."""
    match relation:
        case "left of":
            return a[2] + MARGIN <= b[0]
        case "right of":
            return b[2] + MARGIN <= a[0]
        case "above":
            return a[3] + MARGIN <= b[1]
        case "below":
            return b[3] + MARGIN <= a[1]
        case "inside":
            return b[0] <= a[0] and b[1] <= a[1] and a[2] <= b[2] and a[3] <= b[3]
        case "in front of":
            return not apart(a, b) and a[3] >= b[3]
        case _:  # beside
            level = abs(_centre(a)[1] - _centre(b)[1])
            return level < 0.15 and (a[2] + MARGIN <= b[0] or b[2] + MARGIN <= a[0])


def energy(
    rects: Sequence[Rect], ties: Sequence[Tie], wanted: Sequence[Wanted], area: Rect
) -> float:
    """How far from balanced: 0 is best. Tied things line up, all together sit in the middle."""
    total = 0.0
    for tie in ties:
        (ax, ay), (bx, by) = _centre(rects[tie.subject]), _centre(rects[tie.object])
        match tie.relation:
            case "above" | "below":
                total += abs(ax - bx)
            case "left of" | "right of" | "beside":
                total += abs(ay - by)
            case "inside":
                total += 2 * (abs(ax - bx) + abs(ay - by))
            case _:
                total += abs(ax - bx)
    tied = {index for tie in ties for index in (tie.subject, tie.object)}
    loose = [k for k in range(len(rects)) if k not in tied and not wanted[k].place]
    for left, right in pairwise(loose):
        total += 0.6 * abs(_centre(rects[left])[1] - _centre(rects[right])[1])
    for rect, item in zip(rects, wanted, strict=True):
        if item.place in ANCHORS:
            total += 4 * _off(rect, ANCHORS[item.place], area)
    if not any(item.place for item in wanted):
        whole = (
            min(r[0] for r in rects),
            min(r[1] for r in rects),
            max(r[2] for r in rects),
            max(r[3] for r in rects),
        )
        x, y = _centre(whole)
        total += abs(x - (area[0] + area[2]) / 2) + abs(y - (area[1] + area[3]) / 2)
    return total


def _off(rect: Rect, anchor: tuple[float, float], area: Rect) -> float:
    """Distance from where the anchor pulls a rectangle of this size inside the area."""
    width, height = rect[2] - rect[0], rect[3] - rect[1]
    x = area[0] + anchor[0] * max(0.0, area[2] - area[0] - width)
    y = area[1] + anchor[1] * max(0.0, area[3] - area[1] - height)
    return abs(rect[0] - x) + abs(rect[1] - y)


def _centre(rect: Rect) -> tuple[float, float]:
    return (rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2
