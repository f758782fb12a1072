"""Tidy a placement that keeps its ties: line up what is tied, and centre the whole."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.agents.design.energy import keeps
from maquette.agents.design.types import Rect, Tie, Wanted

CENTRED = 0.75
"""How far the whole is moved towards the middle of the area; the rest is left to chance."""


def tidied(
    rects: Sequence[Rect], ties: Sequence[Tie], wanted: Sequence[Wanted], area: Rect
) -> list[Rect]:
    """The placement with subjects in line with their objects, moved towards the middle.

    Each move is taken only if everything still holds.
    """
    found = list(rects)
    for tie in ties:
        if wanted[tie.subject].place:
            continue
        moved = list(found)
        moved[tie.subject] = _in_line(found[tie.subject], tie.relation, found[tie.object])
        if keeps(moved, ties) and _within(moved[tie.subject], area):
            found = moved
    if any(item.place for item in wanted):
        return found
    whole = (
        min(r[0] for r in found),
        min(r[1] for r in found),
        max(r[2] for r in found),
        max(r[3] for r in found),
    )
    dx = CENTRED * ((area[0] + area[2]) - (whole[0] + whole[2])) / 2
    dy = CENTRED * ((area[1] + area[3]) - (whole[1] + whole[3])) / 2
    return [_moved(rect, dx, dy) for rect in found]


def _in_line(rect: Rect, relation: str, other: Rect) -> Rect:
    """Centred over or under the other, or level with it."""
    dx = (other[0] + other[2] - rect[0] - rect[2]) / 2
    dy = (other[1] + other[3] - rect[1] - rect[3]) / 2
    match relation:
        case "above" | "below" | "in front of":
            return _moved(rect, dx, 0.0)
        case "inside":
            return _moved(rect, dx, dy)
        case _:
            return _moved(rect, 0.0, dy)


def _moved(rect: Rect, dx: float, dy: float) -> Rect:
    return rect[0] + dx, rect[1] + dy, rect[2] + dx, rect[3] + dy


def _within(rect: Rect, area: Rect) -> bool:
    return area[0] <= rect[0] and area[1] <= rect[1] and rect[2] <= area[2] and rect[3] <= area[3]
