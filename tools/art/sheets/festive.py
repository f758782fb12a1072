"""Designs for feasts and stalls: confetti, and an awning with scallops."""

from __future__ import annotations

from maquette.tools.art.sheets.area import Area, meet
from maquette.tools.art.sheets.draft import Draft

GOLDEN = (0.7548776662466927, 0.5698402909980532)
"""Steps of the R2 sequence, which fills a square evenly (Roberts, 2018)."""
MOST_CONFETTI = 44
SEARCHED = 160


def confetti(d: Draft) -> None:
    """A tinted sheet strewn with dots wherever no words stand; things amid, the rest below."""
    u = d.unit
    d.paint(d.light)
    inner = d.whole.inset(9 * u)
    if not d.shows:
        d.put(d.said, inner.inset(3 * u), d.light)
    else:
        top = d.takes(d.leading, inner, 0.32) if d.leading else 0.0
        low = d.takes(d.rest, inner, 0.22) if d.rest else 0.0
        d.put(d.leading, inner.above(top), d.light)
        d.put(d.rest, inner.below(inner.height - low), d.light)
        foot = inner.y1 - low - (3 * u if low else 0.0)
        d.show(Area(inner.x0, inner.y0 + top + 3 * u, inner.x1, foot))
    _strew(d)


def _strew(d: Draft) -> None:
    """Dots of three colours and sizes, clear of words and of where things stand."""
    u, p = d.unit, d.palette
    # Far from words, so that no reader takes a dot for a letter or a full stop.
    taken = [area.inset(-4 * u) for area in d.written] + [area.inset(-1.2 * u) for area in d.room]
    colours = (p.band, p.accent, p.ink)
    placed = 0
    for number in range(1, SEARCHED):
        x, y = (number * step % 1.0 for step in GOLDEN)
        half = (0.6 + 0.45 * (number % 3)) * u
        dot = Area(x * d.width, y * d.height, x * d.width, y * d.height).inset(-half)
        inside = dot.x0 > 0 and dot.x1 < d.width and dot.y0 > 0 and dot.y1 < d.height
        if inside and placed < MOST_CONFETTI and not any(meet(dot, area, 0.0) for area in taken):
            d.add(dot, "ellipse", fill=colours[number % len(colours)])
            placed += 1


def awning(d: Draft) -> None:
    """A striped awning along the top, as over a stall; headline, things and the rest below it."""
    u = d.unit
    d.paint(d.light)
    drop = _awning(d, 7 * u)
    body = Area(0, drop, d.width, d.height).inset(6 * u, 3.5 * u)
    if not d.shows:
        d.put(d.said, body, d.light)
        return
    if d.whole.wide:
        d.show(body.left(0.4 * body.width))
        d.put(d.said, body.right(0.44 * body.width), d.light)
        return
    top = d.takes(d.leading, body, 0.3) if d.leading else 0.0
    d.put(d.leading, body.above(top), d.light)
    foot = float(d.height)
    if d.rest:
        strip = d.takes(d.rest, body, 0.22) + 6 * u
        foot -= strip
        d.add(Area(0, foot, d.width, d.height), fill=d.palette.band)
        d.put(d.rest, Area(0, foot, d.width, d.height).inset(6 * u, 2.8 * u), "band")
    d.show(Area(body.x0, body.y0 + top + 2 * u, body.x1, foot - 2 * u))


def _awning(d: Draft, height: float) -> float:
    """Stripes that end in scallops; gives how far down they hang (px)."""
    count = 9 if d.height >= d.width else 13
    width = d.width / count
    for number in range(count):
        fill = d.line_on(d.light) if number % 2 == 0 else "#ffffff"
        x = number * width
        d.add(Area(x, height - width / 2, x + width, height + width / 2), "ellipse", fill=fill)
        d.add(Area(x, 0, x + width, height), fill=fill)
    return height + width / 2
