"""Setting strings below each other so that they fill an area: sizes on one scale, by role."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from maquette.tools.art.brief import WordsRole
from maquette.tools.art.sheets.area import Area
from maquette.tools.art.sheets.measure import (
    LINE_HEIGHT,
    block_height,
    ink_height,
    lines_at,
    pieces,
    width,
)

STEP = 1.5
"""Of the type scale: each rank is that much smaller than the one above (a perfect fifth)."""
RANKS: dict[WordsRole, float] = {
    "headline": 0,
    "sign": 0,
    "line": 2,
    "date": 1.75,
    "place": 2.25,
    "caption": 2.5,
    "detail": 2.75,
}
LEAST_PX = 15
"""Nothing is planned smaller."""
GAP = 0.42
"""Between two strings, in sizes of the smaller."""
CAREFUL = 0.95
"""Of the width that is planned with: widths are estimates."""
_LONG = 16
"""Characters above which a headline is so small that what follows it stays nearer in size."""


@dataclass(frozen=True)
class Item:
    """One string to be stacked."""

    text: str
    role: WordsRole
    font: str


@dataclass(frozen=True)
class Set:
    """Where a string stands, and its size in px."""

    item: Item
    area: Area
    size: float


def stack(items: Sequence[Item], area: Area, valign: str = "middle") -> list[Set]:
    """Place the strings in order, as large as they go. Heights are planned, never exceeded.

    What is left of the area's height is spread between the strings, up to twice their gaps, and
    the rest goes above and below as ``valign`` says.
    """
    if not items:
        return []
    low, high = 1.0, 2.0 * area.height
    for _ in range(40):
        middle = (low + high) / 2
        fits = sum(_heights(items, middle, area)) <= area.height
        low, high = (middle, high) if fits else (low, middle)
    return _spread(items, low, area, valign)


def sizes(items: Sequence[Item], base: float, area: Area) -> list[float]:
    """The size of each string where the largest would be ``base`` px; equal roles are equal."""
    leads = [i for i in items if RANKS[i.role] == 0] or list(items)
    lead = min(min(base, _widest(item, area)) for item in leads)
    longest = max(len(item.text) for item in leads)
    step = STEP if longest <= _LONG else max(1.22, STEP - 0.004 * (longest - _LONG))
    by_role: dict[WordsRole, float] = {}
    for item in items:
        size = lead / step ** RANKS[item.role] if RANKS[item.role] else lead
        size = min(max(size, min(LEAST_PX, base)), _widest(item, area))
        by_role[item.role] = min(size, by_role.get(item.role, size))
    return [by_role[item.role] for item in items]


def _widest(item: Item, area: Area) -> float:
    """The size at which a string is as wide as it may be: its longest word, or half of a
    short line that should stay on one or two."""
    room = area.width * CAREFUL
    longest = max(width(piece, item.font) for piece in pieces(item.text) or [item.text])
    limit = room / max(longest, 0.3)
    if RANKS[item.role]:
        limit = min(limit, 1.9 * room / max(width(item.text, item.font), 0.3) + LEAST_PX)
    return limit


def _lines(item: Item, size: float, area: Area) -> int:
    return max(lines_at(item.text, item.font, area.width * CAREFUL / size), 1)


def _heights(items: Sequence[Item], base: float, area: Area) -> list[float]:
    """Of strings and the gaps between them, alternately."""
    planned = sizes(items, base, area)
    heights: list[float] = []
    for index, (item, size) in enumerate(zip(items, planned, strict=True)):
        if index:
            heights.append(GAP * min(size, planned[index - 1]) + 0.06 * max(planned))
        heights.append(block_height(item.text, _lines(item, size, area)) * size)
    return heights


def _spread(items: Sequence[Item], base: float, area: Area, valign: str) -> list[Set]:
    planned, heights = sizes(items, base, area), _heights(items, base, area)
    free = max(area.height - sum(heights), 0.0)
    gaps = heights[1::2]
    more = min(free / max(sum(gaps), 1e-9), 1.2) if gaps else 0.0
    free -= more * sum(gaps)
    y = area.y0 + {"top": 0.0, "bottom": free}.get(valign, free / 2)
    placed: list[Set] = []
    for item, size, height, gap in zip(items, planned, heights[::2], [*gaps, 0.0], strict=True):
        placed.append(Set(item, Area(area.x0, y, area.x1, y + height), size))
        y += height + gap * (1 + more)
    return placed


def needed(items: Sequence[Item], area: Area, share: float) -> float:
    """How much of an area's height the strings take at most ``share`` of: less where they are
    as wide as they may be before they are as high."""
    height = area.height * share
    low, high = 1.0, 2.0 * height
    for _ in range(40):
        middle = (low + high) / 2
        fits = sum(_heights(items, middle, area)) <= height
        low, high = (middle, high) if fits else (low, middle)
    return math.ceil(sum(_heights(items, low, area))) if items else 0.0


__all__ = ["LINE_HEIGHT", "Item", "Set", "ink_height", "needed", "sizes", "stack"]
