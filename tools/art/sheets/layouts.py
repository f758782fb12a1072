"""Designs in which things and words have parts of the sheet of their own, edge to edge."""

from __future__ import annotations

from maquette.tools.art.sheets.area import Area
from maquette.tools.art.sheets.draft import Draft
from maquette.tools.art.sheets.ornaments import border, dots, ribbon
from maquette.words.colours import from_hex, hex_code, mix


def banner(d: Draft) -> None:
    """A coloured band above with the headline, the things below, a strip for what follows."""
    u, body, ground = d.unit, d.whole, d.strong
    if ground == "sheet" and not d.shows:
        d.put(d.said, body.inset(7 * u))
        return
    if d.leading:
        most = 0.34 if d.shows else 0.62
        height = d.takes(d.leading, body.inset(6 * u), most) + 9 * u
        if not d.rest and not d.shows:
            height = body.height
        band = body.above(height)
        d.fill(band, ground)
        d.put(d.leading, band.inset(6 * u, 4 * u), ground)
        body = body.below(height)
    if d.rest and not d.shows:
        d.fill(body, d.light)
        d.put(d.rest, body.inset(6 * u, 5 * u), d.light)
    elif d.rest:
        height = d.takes(d.rest, body.inset(6 * u), 0.26) + 6 * u
        strip = body.below(body.height - height)
        d.fill(strip, ground)
        d.put(d.rest, strip.inset(6 * u, 2.8 * u), ground)
        body = body.above(body.height - height)
    if d.shows:
        d.show(body, soft=True)


def footer(d: Draft) -> None:
    """The things above on a tinted ground, the words below them on the sheet's own."""
    u, whole = d.unit, d.whole
    height = d.takes(d.said, whole.inset(7 * u), 0.42) + 9 * u if d.said else 0.0
    art = whole.above(whole.height - height)
    d.show(art, soft=True)
    if d.said:
        d.add(Area(0, art.y1, d.width, art.y1 + 1.2 * u), fill=d.line_on("sheet"))
        d.put(d.said, whole.below(art.height).inset(7 * u, 4 * u))


def split(d: Draft) -> None:
    """Half the sheet for the things, half in a strong colour for the words."""
    u, whole = d.unit, d.whole
    if whole.wide:
        words, art = whole.left(0.52 * d.width), whole.right(0.52 * d.width)
    else:
        art, words = whole.above(0.54 * d.height), whole.below(0.54 * d.height)
    d.fill(words, d.strong)
    d.show(art, soft=True)
    d.put(d.said, words.inset(6 * u), d.strong, align="left" if whole.wide else "center")


def ribboned(d: Draft) -> None:
    """The things above, a ribbon with the headline across the sheet, the rest below it."""
    u, whole = d.unit, d.whole
    front = whole.inset(8 * u)
    head = d.takes(d.leading, front.inset(3 * u, 0), 0.26) + 7 * u
    rest = d.takes(d.rest, front, 0.24) + 6 * u if d.rest else 0.0
    foot = whole.height - rest - 5 * u
    strip = Area(front.x0, foot - head, front.x1, foot)
    art = whole.above(strip.y0 + head / 2) if d.rest else whole
    d.show(art, soft=True, room=whole.above(strip.y0 - 2 * u).inset(5 * u, 3 * u))
    shade = hex_code(mix(from_hex(d.palette.band), (0, 0, 0), 0.35))
    ribbon(d, strip, d.palette.band, shade)
    d.put(d.leading, strip.inset(4 * u, 2.5 * u), "band")
    d.put(d.rest, Area(front.x0, foot + 4 * u, front.x1, whole.y1 - 3 * u))


def bold(d: Draft) -> None:
    """Letters as large as the sheet lets them be; what is shown stands on a light foot."""
    u, whole = d.unit, d.whole
    ground = d.strong
    d.paint(ground)
    words = whole
    if d.shows and whole.wide:
        words = whole.left(0.62 * d.width)
        d.show(whole.right(words.width), soft=True)
    elif d.shows:
        words = whole.above(0.58 * d.height)
        d.show(whole.below(words.height), soft=True)
    inner = words.inset(6 * u) if d.shows else words.inset(8 * u)
    if d.rest:
        height = d.takes(d.rest, inner, 0.3)
        line = inner.y1 - height - 4 * u
        d.add(Area(inner.x0, line, inner.x1, line + 0.6 * u), fill=d.line_on(ground))
        d.put(d.rest, inner.below(inner.height - height), ground, align="left")
        inner = inner.above(inner.height - height - 8 * u)
    d.put(d.leading, inner, ground, align="left")


def page(d: Draft) -> None:
    """Things on the whole sheet; the words on plates above and below them."""
    u, whole = d.unit, d.whole
    inner = whole.inset(5 * u)
    top = d.takes(d.leading, inner, 0.26) + 4 * u if d.leading else 0.0
    low = d.takes(d.rest, inner, 0.2) + 4 * u if d.rest else 0.0
    middle = Area(inner.x0, inner.y0 + top, inner.x1, inner.y1 - low)
    d.show(whole, soft=True, room=middle)
    foot = inner.below(inner.height - low + 2 * u)
    for said, plate in ((d.leading, inner.above(top - 2 * u)), (d.rest, foot)):
        if said:
            d.add(plate, fill=d.palette.band, radius_px=2.5 * u)
            d.put(said, plate.inset(4 * u, 1.5 * u), "band")


def cover(d: Draft) -> None:
    """A book's: a spine, the title large and flush left, the picture, a name at the foot."""
    u, whole = d.unit, d.whole
    ground = d.strong
    d.paint(ground)
    d.add(whole.left(4 * u), fill=d.line_on(ground))
    inner = Area(10 * u, 8 * u, whole.x1 - 7 * u, whole.y1 - 6 * u)
    head = d.takes(d.leading, inner, 0.34 if d.shows else 0.6)
    foot = d.takes(d.rest, inner, 0.14) if d.rest else 0.0
    d.put(d.leading, inner.above(head), ground, align="left", valign="top")
    rest = inner.below(inner.height - foot)
    d.put(d.rest, rest, ground, align="left", valign="bottom")
    low = foot + 4 * u if foot else 0.0
    window = Area(inner.x0, inner.y0 + head + 4 * u, inner.x1, inner.y1 - low)
    if d.shows:
        d.show(window, soft=True, radius_px=1.5 * u)
    else:
        dots(d, window.below(window.height - 4 * u), d.line_on(ground), 1.6 * u)


def ticket(d: Draft) -> None:
    """A dashed line to cut along; a stub with the things, torn off from the words."""
    u, whole = d.unit, d.whole
    line = d.line_on("sheet")
    border(d, whole.inset(3 * u), line, 0.6 * u, dashes=True, radius_px=3 * u)
    inner = whole.inset(7 * u)
    if d.shows and whole.wide:
        stub = inner.left(0.36 * inner.width)
        d.show(stub, soft=True, radius_px=2 * u)
        words = inner.right(stub.width + 4 * u)
    elif d.shows:
        stub = inner.above(0.46 * inner.height)
        d.show(stub, soft=True, radius_px=2 * u)
        words = inner.below(stub.height + 3 * u)
    else:
        words = inner
    d.put(d.said, words.inset(1.5 * u))


def placed(d: Draft) -> None:
    """Words where the brief says: bands above and below, columns at the sides, plates amid."""
    u, body = d.unit, d.whole
    zones = {side: tuple(s for s in d.said if d.zone(s) == side) for side in SIDES}
    for side in ("top", "bottom"):
        if zones[side]:
            height = d.takes(zones[side], body.inset(6 * u), 0.3) + 6 * u
            upper = side == "top"
            band = body.above(height) if upper else body.below(body.height - height)
            body = body.below(height) if upper else body.above(body.height - height)
            d.add(band, fill=d.palette.band)
            d.put(zones[side], band.inset(6 * u, 3 * u), "band")
    for side in ("left", "right"):
        if zones[side]:
            width = 0.32 * d.width
            band = body.left(width) if side == "left" else body.right(body.width - width)
            body = body.right(width) if side == "left" else body.left(body.width - width)
            d.add(band, fill=d.palette.band)
            d.put(zones[side], band.inset(3 * u, 4 * u), "band")
    d.show(body, soft=True)
    if zones["centre"]:
        height = body.height * (0.3 if d.shows else 0.7)
        middle = Area(body.x0, body.centre[1] - height / 2, body.x1, body.centre[1] + height / 2)
        d.put(zones["centre"], middle.inset(5 * u, 0), "art" if d.shows else "soft")


SIDES = ("top", "bottom", "left", "right", "centre")
