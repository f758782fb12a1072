"""Borders, corners, rules and ribbons, out of plain rectangles and ellipses."""

from __future__ import annotations

from maquette.tools.art.sheets.area import Area
from maquette.tools.art.sheets.draft import Draft


def border(
    d: Draft, area: Area, colour: str, width_px: float, *, radius_px: float = 0.0,
    dashes: bool = False,
) -> None:  # fmt: skip
    """A line round an area."""
    d.add(area, stroke=colour, stroke_px=width_px, radius_px=radius_px, dashes=dashes)


def double_border(d: Draft, area: Area, colour: str) -> Area:
    """A strong line and a fine one inside it; gives what is left within."""
    u = d.unit
    border(d, area, colour, 1.1 * u)
    border(d, area.inset(2 * u), colour, 0.3 * u)
    return area.inset(2.3 * u)


def corners(d: Draft, area: Area, colour: str, size_px: float) -> None:
    """A dot with two smaller ones along the edges in each corner."""
    r, far = size_px / 2, size_px * 1.5
    for x, to_x in ((area.x0, 1), (area.x1, -1)):
        for y, to_y in ((area.y0, 1), (area.y1, -1)):
            for dx, dy, share in ((0, 0, 1.0), (far, 0, 0.5), (0, far, 0.5)):
                cx, cy, half = x + to_x * dx, y + to_y * dy, r * share
                d.add(Area(cx - half, cy - half, cx + half, cy + half), "ellipse", fill=colour)


def rule(d: Draft, x: float, y: float, width_px: float, colour: str) -> None:
    """A short level line with a dot in its middle, centred at ``(x, y)``."""
    u, half = d.unit, width_px / 2
    gap = 2.2 * u
    for x0, x1 in ((x - half, x - gap), (x + gap, x + half)):
        d.add(Area(x0, y - 0.2 * u, x1, y + 0.2 * u), fill=colour)
    d.add(Area(x - 0.8 * u, y - 0.8 * u, x + 0.8 * u, y + 0.8 * u), "ellipse", fill=colour)


def ribbon(d: Draft, area: Area, fill: str, shade: str) -> None:
    """A strip with an end folded back on either side; ``area`` is its front."""
    u = d.unit
    tail, drop = 7 * u, 2.2 * u
    for x in (area.x0 - 0.6 * tail, area.x1 - 0.5 * tail):
        d.add(Area(x, area.y0 + drop, x + 1.1 * tail, area.y1 + drop), fill=shade)
    d.add(area, fill=fill)


def dots(d: Draft, area: Area, colour: str, size_px: float) -> None:
    """A row of dots through the middle of an area, at most sixteen."""
    count = min(max(int(area.width / (size_px * 2.4)), 2), 16)
    step = (area.width - size_px) / (count - 1)
    y = area.centre[1]
    for number in range(count):
        x = area.x0 + size_px / 2 + number * step
        half = size_px / 2
        d.add(Area(x - half, y - half, x + half, y + half), "ellipse", fill=colour)
