"""Relations between things: which can hold together, and whether they do in a placement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from maquette.tools.art.brief import WantedRelation

Rect = tuple[float, float, float, float]
"""xyxy, in one unit for both axes."""
Edge = tuple[int, int]

ACROSS = {"left of": True, "right of": False}
DOWN = {"above": True, "below": False}
"""Relation -> whether the subject comes first on that axis."""
NESTED = ("inside", "in front of", "on")
"""Relations of a guest to its host: they go together as one."""
CLEAR = 0.05
"""Least distance of centres on the axis of a relation, in shorter sides of the room."""


def consistent(
    relations: Iterable[WantedRelation],
) -> tuple[list[WantedRelation], list[WantedRelation]]:
    """The relations that can hold together, earlier ones first, and those that cannot.

    What stands on another is above it: that is not asked twice.
    """
    wanted = list(relations)
    on = {(one.subject, one.object) for one in wanted if one.relation == "on"}
    kept: list[WantedRelation] = []
    dropped: list[WantedRelation] = []
    for relation in wanted:
        if relation in kept or (on and set(edges([relation], DOWN)) & on):
            continue
        (dropped if contradicts(kept, relation) else kept).append(relation)
    return kept, dropped


def contradicts(kept: Sequence[WantedRelation], new: WantedRelation) -> bool:
    """Whether a relation cannot hold together with those kept already."""
    if new.subject == new.object:
        return True
    pair = {new.subject, new.object}
    same = [old for old in kept if {old.subject, old.object} == pair]
    if any((old.relation in NESTED) != (new.relation in NESTED) for old in same):
        return True
    if new.relation in NESTED:
        # A thing stands in or before one other, and nothing stands in itself.
        hosts = {old.subject: old.object for old in kept if old.relation in NESTED}
        return new.subject in hosts or new.subject in _hosts_above(hosts, new.object)
    if new.relation == "beside" and any(old.relation in DOWN for old in same):
        return True
    if new.relation in DOWN and any(old.relation == "beside" for old in same):
        return True
    trial = [*kept, new]
    return cyclic(edges(trial, ACROSS)) or cyclic(edges(trial, DOWN))


def edges(relations: Iterable[WantedRelation], axis: dict[str, bool]) -> list[Edge]:
    """Pairs (first, second) along an axis."""
    found = []
    for tie in relations:
        if tie.relation in axis:
            first = axis[tie.relation]
            found.append((tie.subject, tie.object) if first else (tie.object, tie.subject))
    return found


def cyclic(pairs: Sequence[Edge]) -> bool:
    """Whether something would come before itself."""
    left = list(pairs)
    while left:
        seconds = {second for _, second in left}
        rest = [pair for pair in left if pair[0] in seconds]
        if len(rest) == len(left):
            return True
        left = rest
    return False


def _hosts_above(hosts: dict[int, int], index: int) -> set[int]:
    """All that a thing stands in, and what those stand in."""
    found: set[int] = set()
    while index in hosts and index not in found:
        found.add(index)
        index = hosts[index]
    return found | {index}


def holds(a: Rect, relation: str, b: Rect, unit: float) -> bool:
    """Whether ``a relation b`` is plain to see; ``unit`` is the room's shorter side."""
    (ax, ay), (bx, by) = centre(a), centre(b)
    gap = CLEAR * unit
    match relation:
        case "left of":
            return bx - ax >= max(gap, _reach(a, b, 0))
        case "right of":
            return ax - bx >= max(gap, _reach(a, b, 0))
        case "above":
            return a[3] <= b[1] + 0.02 * unit and by - ay >= gap
        case "below":
            return b[3] <= a[1] + 0.02 * unit and ay - by >= gap
        case "on":
            return b[0] <= ax <= b[2] and b[1] - 0.02 * unit <= a[3] <= b[3]
        case "inside":
            return b[0] <= a[0] and b[1] <= a[1] and a[2] <= b[2] and a[3] <= b[3]
        case "in front of":
            return overlap(a, b) > 0 and a[3] >= b[3]
        case _:
            near = abs(ax - bx) <= 0.5 * (a[2] - a[0] + b[2] - b[0]) + 0.22 * unit
            level = min(a[3], b[3]) > max(a[1], b[1])
            return near and level and abs(ax - bx) >= max(gap, _reach(a, b, 0))


def _reach(a: Rect, b: Rect, axis: int) -> float:
    """How far apart two centres are when the rectangles overlap by not more than a third."""
    return 0.33 * (a[axis + 2] - a[axis] + b[axis + 2] - b[axis])


def centre(rect: Rect) -> tuple[float, float]:
    """The middle of a rectangle."""
    return (rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2


def overlap(a: Rect, b: Rect) -> float:
    """Area that two rectangles share."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, wide) * max(0.0, high)


def hull(rects: Sequence[Rect]) -> Rect:
    """The rectangle around some, at least one."""
    return (
        min(r[0] for r in rects),
        min(r[1] for r in rects),
        max(r[2] for r in rects),
        max(r[3] for r in rects),
    )
