"""Designs with a margin all round: frames, corners, boards and medallions."""

from __future__ import annotations

import math

from maquette.tools.art.sheets.area import Area
from maquette.tools.art.sheets.draft import Draft, Ground, Said
from maquette.tools.art.sheets.ornaments import border, corners, double_border, rule
from maquette.tools.art.sheets.stack import stack


def framed(d: Draft) -> None:
    """A double line round the sheet; headline, things and the rest below each other in it."""
    u = d.unit
    inner = double_border(d, d.whole.inset(4 * u), d.line_on("sheet")).inset(5 * u, 4.5 * u)
    _column(d, inner, head=0.34, foot=0.24)


def cornered(d: Draft) -> None:
    """A fine line with dots in its corners, a small picture, much air: for invitations."""
    u = d.unit
    line = d.line_on("sheet")
    edge = d.whole.inset(5 * u)
    border(d, edge, line, 0.35 * u)
    corners(d, edge.inset(3 * u), line, 1.8 * u)
    inner = edge.inset(9 * u, 7 * u)
    if d.shows and not d.whole.wide:
        d.show(inner.above(0.34 * inner.height))
        inner = inner.below(0.36 * inner.height)
    elif d.shows:
        d.show(inner.left(0.36 * inner.width))
        inner = inner.right(0.4 * inner.width)
    _ruled(d, inner, line)


def board(d: Draft) -> None:
    """A sign: one strong colour, a line along its edge, letters that fill it."""
    u = d.unit
    ground = d.strong
    d.paint(ground)
    ink = d.palette.band_ink if ground == "band" else d.palette.ink
    border(d, d.whole.inset(3 * u), ink, 0.9 * u, radius_px=4 * u)
    inner = d.whole.inset(8 * u, 7 * u)
    beside, below = inner.right(0.42 * inner.width + 5 * u), inner.below(0.5 * inner.height + 4 * u)
    if d.shows and d.whole.wide and not _long_word(d, beside, below):
        d.show(inner.left(0.42 * inner.width), soft=True, radius_px=3 * u)
        inner = beside
    elif d.shows:
        d.show(inner.above(0.5 * inner.height), soft=True, radius_px=3 * u)
        inner = below
    d.put(d.said, inner, ground)


def _long_word(d: Draft, beside: Area, below: Area) -> bool:
    """Whether a word is so long that its letters are small beside things, and not below them."""
    narrow, broad = (max(one.size for one in stack(d.items(d.said), a)) for a in (beside, below))
    return narrow < 0.15 * d.height and broad > 1.3 * narrow


def medallion(d: Draft) -> None:
    """The things in a round window with a ring; the words above and below it, or beside."""
    u, whole = d.unit, d.whole
    inner = whole.inset(6 * u)
    if whole.wide:
        disc = inner.left(0.44 * inner.width).square()
        d.put(d.said, inner.right(0.44 * inner.width + 4 * u))
    else:
        head = d.takes(d.leading, inner, 0.27)
        foot = d.takes(d.rest, inner, 0.2) if d.rest else 0.0
        d.put(d.leading, inner.above(head))
        d.put(d.rest, inner.below(inner.height - foot))
        disc = Area(inner.x0, inner.y0 + head + 4 * u, inner.x1, inner.y1 - foot - 3 * u).square()
    _disc(d, disc)


def round_sticker(d: Draft) -> None:
    """A disc with a ring, to be cut out; the things in its middle, the words in its bows.

    A colour that was asked for is the disc's, and what is cut away is not of it.
    """
    u = d.unit
    ground: Ground = "sheet" if d.brief.sheet else "band"
    if d.brief.sheet:
        d.paint("band")
    disc = d.whole.square(0.96)
    d.add(disc, "ellipse", fill=d.palette.sheet if d.brief.sheet else d.palette.band)
    d.add(disc.inset(2.2 * u), "ellipse", stroke=d.line_on(ground), stroke_px=0.7 * u)
    if not d.shows:
        d.put(d.said, disc.inset(disc.width * 0.15, disc.height * 0.24), ground)
        return
    if not d.said:
        d.add(disc.inset(4.4 * u), "ellipse", fill=d.palette.soft)
        d.show(disc.square(0.66), room=disc.square(0.66))
        return
    above, below = (d.said[:1], d.said[1:]) if len(d.said) > 1 else ((), d.said)
    d.put(above, _bow(disc, 0.13, 0.3), ground)
    d.put(below, _bow(disc, 0.7, 0.86), ground)
    side = disc.width
    room = Area(disc.x0 + 0.2 * side, disc.y0 + (0.32 if above else 0.13) * side,
                disc.x1 - 0.2 * side, disc.y0 + 0.68 * side)  # fmt: skip
    d.show(room, room=room)


def _bow(disc: Area, top: float, foot: float) -> Area:
    """What lies inside a disc between two heights, as fractions of it: the narrower chord."""
    farthest = max(abs(0.5 - top), abs(0.5 - foot))
    half = math.sqrt(0.25 - farthest**2) * 0.93 * disc.width
    x = disc.centre[0]
    return Area(x - half, disc.y0 + top * disc.height, x + half, disc.y0 + foot * disc.height)


def _disc(d: Draft, disc: Area) -> None:
    u = d.unit
    ring = disc.inset(-1.6 * u)
    room = disc.square(0.74)
    d.show(disc, soft=True, radius_px=disc.width / 2, room=room)
    d.add(ring, "ellipse", stroke=d.line_on("sheet"), stroke_px=0.8 * u)


def _column(d: Draft, inner: Area, *, head: float, foot: float) -> None:
    """Headline above, things amid, the rest below; without things one stack of words."""
    u = d.unit
    if not d.shows:
        d.put(d.said, inner)
        return
    if inner.wide:
        d.show(inner.left(0.42 * inner.width))
        d.put(d.said, inner.right(0.46 * inner.width))
        return
    top = d.takes(d.leading, inner, head) if d.leading else 0.0
    low = d.takes(d.rest, inner, foot) if d.rest else 0.0
    d.put(d.leading, inner.above(top))
    d.put(d.rest, inner.below(inner.height - low))
    d.show(Area(inner.x0, inner.y0 + top + 3 * u, inner.x1, inner.y1 - low - (3 * u if low else 0)))


def _ruled(d: Draft, inner: Area, line: str) -> None:
    """The headline, a rule, and what follows it."""
    lead: tuple[Said, ...] = d.leading
    if not lead or not d.rest:
        d.put(d.said, inner)
        return
    u, most = d.unit, 15 * d.unit
    gap = 5.5 * u
    low = d.takes(d.rest, inner, 0.48)
    top = d.takes(lead, inner, 1 - (low + 2 * gap) / inner.height, most)
    first = inner.y0 + (inner.height - low - top - 2 * gap) / 2
    y = first + top + gap
    d.put(lead, Area(inner.x0, first, inner.x1, first + top), most_px=most)
    rule(d, inner.centre[0], y, 0.5 * inner.width, line)
    d.put(d.rest, Area(inner.x0, y + gap, inner.x1, y + gap + low))
