"""Order things by their ties, and set them on a grid in that order: the layout that never fails."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from maquette.agents.design.types import Rect, Tie

_AXIS: dict[str, tuple[int, bool]] = {
    "left of": (0, True),
    "right of": (0, False),
    "above": (1, True),
    "below": (1, False),
    "beside": (0, True),
}
"""Relation to its axis (0 across, 1 down) and whether the subject comes first."""
_NESTED = ("inside", "in front of")


def _edges(ties: Sequence[Tie], axis: int) -> list[tuple[int, int]]:
    """Pairs (first, second) along an axis."""
    edges = []
    for tie in ties:
        if tie.relation in _AXIS and _AXIS[tie.relation][0] == axis:
            first = _AXIS[tie.relation][1]
            edges.append((tie.subject, tie.object) if first else (tie.object, tie.subject))
    return edges


def contradicts(kept: Sequence[Tie], tie: Tie) -> bool:
    """Whether a tie cannot hold together with those kept already."""
    if tie.subject == tie.object:
        return True
    pair = {tie.subject, tie.object}
    same = [other for other in kept if {other.subject, other.object} == pair]
    if any((other.relation in _NESTED) != (tie.relation in _NESTED) for other in same):
        return True
    if tie.relation in _NESTED:
        return any(other.subject == tie.object or other.subject == tie.subject for other in same)
    axis = _AXIS[tie.relation][0]
    if tie.relation == "beside" and same:
        return True
    return _cyclic(_edges([*kept, tie], axis))


def _cyclic(edges: Sequence[tuple[int, int]]) -> bool:
    after = defaultdict(set)
    for first, second in edges:
        after[first].add(second)
    for start in list(after):
        stack, seen = [start], set()
        while stack:
            for following in after[stack.pop()]:
                if following == start:
                    return True
                if following not in seen:
                    seen.add(following)
                    stack.append(following)
    return False


def ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Place of each item along an axis: the longest chain of items that come before it."""
    found = [0] * count
    for _ in range(count):
        for first, second in edges:
            found[second] = max(found[second], found[first] + 1)
    return found


def ranked_boxes(
    sizes: Sequence[tuple[float, float]], ties: Sequence[Tie], area: Rect
) -> list[Rect]:
    """Set things on a grid of their ranks; those that share a cell stand side by side in it."""
    count = len(sizes)
    across, down = ranks(count, _edges(ties, 0)), ranks(count, _edges(ties, 1))
    nested = {tie.subject: tie.object for tie in ties if tie.relation in _NESTED}
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for k in range(count):
        if k not in nested:
            cells[across[k], down[k]].append(k)
    columns, rows = max(across) + 1, max(down) + 1
    width, height = (area[2] - area[0]) / columns, (area[3] - area[1]) / rows
    rects: list[Rect] = [area] * count
    for (column, row), members in cells.items():
        share = width / len(members)
        for position, k in enumerate(members):
            x = area[0] + column * width + position * share
            y = area[1] + row * height
            rects[k] = _fitted(sizes[k], (x, y, x + share, y + height), 0.86)
    for k, host in nested.items():
        rects[k] = _fitted(sizes[k], rects[host], 0.5)
    return rects


def _fitted(size: tuple[float, float], cell: Rect, fill: float) -> Rect:
    """The largest rectangle of this shape, at most this size, centred in a share of the cell."""
    width, height = cell[2] - cell[0], cell[3] - cell[1]
    scale = min(1.0, fill * width / size[0], fill * height / size[1])
    w, h = size[0] * scale, size[1] * scale
    x, y = (cell[0] + cell[2] - w) / 2, (cell[1] + cell[3] - h) / 2
    return x, y, x + w, y + h
