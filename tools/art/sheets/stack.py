"""Setting strings below each other so that they fill an area: sizes on one scale, by role."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from maquette.tools.art.brief import WordsRole
from maquette.tools.art.sheets.area import Area
from maquette.tools.art.sheets.measure import block_height, lines_at, widest, width

STEP = 1.5
"""Of the type scale: each rank is that much smaller than the one above (a perfect fifth)."""
RANKS: dict[WordsRole, float] = {
    "headline": 0,
    "sign": 0,
    "line": 1.75,
    "date": 1.75,
    "place": 2.0,
    "caption": 2.5,
    "detail": 2.5,
}
MOST: dict[WordsRole, float] = {
    "line": 8.0,
    "date": 7.5,
    "place": 6.5,
    "caption": 9.0,
    "detail": 5.0,
}
"""The largest size of each role but the leading ones, in hundredths of the sheet's shorter side."""
PRICE, MOST_PRICE = 0.5, 20.0
"""Rank and largest size of a price that follows a headline, in the same units."""
LEAST = 2.4
"""Nothing is planned smaller, in the same units, unless it must."""
FAIR = 3.6
KEPT_WHOLE: frozenset[WordsRole] = frozenset(["date", "place", "detail"])
"""Strings of these roles stay on one line while they are ``FAIR`` there, in the same units."""
GAP = 0.42
"""Between two strings, in sizes of the smaller."""
CAREFUL = 0.98
"""Of the width that is planned with: kerning is not in the widths."""
PRECISE = 0.002
"""Sizes are found to that share of them."""
_LONG = 16
"""Characters above which a headline is so small that what follows it stays nearer in size."""


@dataclass(frozen=True)
class Item:
    """One string to be stacked."""

    text: str
    role: WordsRole
    font: str
    unit: float
    """A hundredth of the sheet's shorter side, px; more where few strings share much room."""
    most_px: float = math.inf
    price: bool = False
    """Whether it is a price or another figure to be seen from afar."""

    @property
    def leads(self) -> bool:
        return RANKS[self.role] == 0

    @property
    def rank(self) -> float:
        """How many steps of the scale it lies below what leads."""
        return min(RANKS[self.role], PRICE) if self.price else RANKS[self.role]


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
    base = _largest(items, area)
    planned, heights = sizes(items, base, area), _heights(items, base, area)
    free = max(area.height - sum(heights), 0.0)
    gaps = heights[1::2]
    more = min(free / max(sum(gaps), 1e-9), 1.2)
    free -= more * sum(gaps)
    y = area.y0 + {"top": 0.0, "bottom": free}.get(valign, free / 2)
    placed: list[Set] = []
    for item, size, height, gap in zip(items, planned, heights[::2], [*gaps, 0.0], strict=True):
        placed.append(Set(item, Area(area.x0, y, area.x1, y + height), size))
        y += height + gap * (1 + more)
    return placed


def needed(items: Sequence[Item], area: Area, share: float) -> float:
    """How much of an area's height the strings take (px), at most ``share`` of it: less where
    they are as wide as they may be before they are as high."""
    if not items:
        return 0.0
    part = area.above(area.height * share)
    return math.ceil(sum(_heights(items, _largest(items, part), part)))


def sizes(items: Sequence[Item], base: float, area: Area) -> list[float]:
    """The size of each string where the largest would be ``base`` px; equal roles are equal."""
    leads = [item for item in items if item.leads]
    lead = min([base, *(_widest(item, area) for item in leads)])
    longest = max((len(item.text) for item in leads), default=_LONG)
    step = max(STEP - 0.005 * max(longest - _LONG, 0), 1.2)
    lowest = min(item.rank for item in items)
    by_role: dict[tuple[WordsRole, bool], float] = {}
    for item in items:
        size = lead / step ** (item.rank - lowest)
        if not item.leads:
            size = max(size, min(LEAST * item.unit, base))
        size = min(size, _widest(item, area))
        kind = item.role, item.price
        by_role[kind] = min(size, by_role.get(kind, size))
    return [by_role[item.role, item.price] for item in items]


def _largest(items: Sequence[Item], area: Area) -> float:
    """The base at which the strings are as high as the area, by bisection."""
    low, high = 1.0, 4.0 * area.height
    while high - low > PRECISE * low:
        middle = (low + high) / 2
        fits = sum(_heights(items, middle, area)) <= area.height
        low, high = (middle, high) if fits else (low, middle)
    return low


def _widest(item: Item, area: Area) -> float:
    """The largest size a string may have: as wide as its longest word allows; if it does not
    lead, on a line or two, and as its role has at most."""
    room = area.width * CAREFUL
    limit = min(room / max(widest(item.text, item.font), 0.3), item.most_px)
    if item.leads:
        return limit
    limit = min(limit, (MOST_PRICE if item.price else MOST[item.role]) * item.unit)
    one_line = room / max(width(item.text, item.font), 0.3)
    if item.role in KEPT_WHOLE and one_line >= FAIR * item.unit:
        return min(limit, one_line)
    return min(limit, max(1.9 * one_line, LEAST * item.unit))


def _heights(items: Sequence[Item], base: float, area: Area) -> list[float]:
    """Of strings and the gaps between them, alternately."""
    planned = sizes(items, base, area)
    high = max(planned)
    heights: list[float] = []
    for index, (item, size) in enumerate(zip(items, planned, strict=True)):
        if index:
            step = item.leads != items[index - 1].leads
            heights.append(GAP * min(size, planned[index - 1]) + (0.12 if step else 0.05) * high)
        lines = lines_at(item.text, item.font, area.width * CAREFUL / size)
        heights.append(block_height(item.text, lines) * size)
    return heights
