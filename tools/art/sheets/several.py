"""Designs of several equal parts: signs in a grid, and panels of a sequence or comic."""

from __future__ import annotations

import math

from maquette.tools.art.sheets.area import Area
from maquette.tools.art.sheets.draft import Draft, Said
from maquette.tools.art.sheets.stack import stack


def signs(d: Draft) -> None:
    """Equal cells for signs of equal rank, in letters of one size: of the colour that was asked for
    on a page apart from it, else of two by turns."""
    u, whole = d.unit, d.whole
    asked = d.brief.sheet is not None
    if asked:
        d.paint("band")
    inner = whole.inset(4 * u)
    if d.shows:
        art = inner.left(0.34 * inner.width) if whole.wide else inner.above(0.36 * inner.height)
        inner = inner.right(art.width + 3 * u) if whole.wide else inner.below(art.height + 3 * u)
        d.show(art, soft=True, radius_px=2 * u)
    signs = tuple(s for s in d.said if s.role == "sign")
    others = tuple(s for s in d.said if s.role != "sign")
    if others:
        height = d.takes(others, inner, 0.24)
        d.put(others, inner.above(height), "band" if asked else "sheet")
        inner = inner.below(height + 3 * u)
    columns, rows = _grid(signs, inner)
    cells = _filled(inner.grid(columns, rows, 3 * u), inner, columns, len(signs))
    inside = [cell.inset(3 * u, 2 * u) for cell in cells]
    size = _same_size(d, signs, inside)
    for number, (sign, cell, area) in enumerate(zip(signs, cells, inside, strict=True)):
        ground = "band" if (number + number // columns * (columns % 2 == 0)) % 2 == 0 else "soft"
        ground = "sheet" if asked else ground
        shades = {"band": d.palette.band, "soft": d.palette.soft, "sheet": d.palette.sheet}
        d.add(cell, fill=shades[ground], radius_px=2 * u)
        d.put((sign,), area, ground, most_px=size)  # type: ignore[arg-type]


def _grid(signs: tuple[Said, ...], area: Area) -> tuple[int, int]:
    """Columns and rows whose cells are nearest to signs: some three times as wide as high."""

    def off(columns: int) -> float:
        rows = math.ceil(len(signs) / columns)
        aspect = (area.width / columns) / (area.height / rows)
        return abs(math.log(aspect / 2.6)) + 0.35 * (columns * rows - len(signs))

    columns = min(range(1, len(signs) + 1), key=off)
    return columns, math.ceil(len(signs) / columns)


def _filled(cells: list[Area], area: Area, columns: int, count: int) -> list[Area]:
    """As many cells as there are signs; the last one reaches the end of its row."""
    kept = cells[:count]
    if count % columns:
        last = kept[-1]
        kept[-1] = Area(last.x0, last.y0, area.x1, last.y1)
    return kept


def _same_size(d: Draft, said: tuple[Said, ...], areas: list[Area]) -> float:
    """The size at which every string fits its area."""
    sizes = [stack(d.items((s,)), a)[0].size for s, a in zip(said, areas, strict=True)]
    return min(sizes, default=0.0)


def panels(d: Draft, captions: tuple[Said | None, ...], variant: int) -> None:
    """Three to six frames with borders in reading order, a caption under, over or in each."""
    u, whole = d.unit, d.whole
    body = whole.inset(3.5 * u)
    if d.said:
        height = d.takes(d.said, body.inset(3 * u, 0), 0.18)
        d.put(d.said, body.above(height).inset(3 * u, 0))
        body = body.below(height + 3 * u)
    cells = _cells(len(captions), body, 2.5 * u)
    strip = _strip_height(d, captions, cells)
    said = [(c, cell) for c, cell in zip(captions, cells, strict=True) if c]
    upper = variant % 3 == 1
    strips = [cell.above(strip) if upper else cell.below(cell.height - strip) for _, cell in said]
    size = _same_size(d, tuple(c for c, _ in said), [s.inset(3 * u, u) for s in strips])
    for number, (caption, cell) in enumerate(zip(captions, cells, strict=True)):
        room = cell
        if caption:
            room = cell.below(strip) if upper else cell.above(cell.height - strip)
        border_px = 0.7 * u
        d.show(cell, soft=True, room=room.inset(2 * u), panel=d.brief.panels[number],
               border=d.palette.ink, border_px=border_px)  # fmt: skip
    for (caption, _), strip_area in zip(said, strips, strict=True):
        if caption:
            ground = "band" if variant % 2 == 0 else "sheet"
            fill = d.palette.band if ground == "band" else d.palette.sheet
            d.add(strip_area, fill=fill, stroke=d.palette.ink, stroke_px=0.7 * u)
            d.put((caption,), strip_area.inset(3 * u, u), ground, most_px=size)  # type: ignore[arg-type]


def _cells(count: int, body: Area, gap: float) -> list[Area]:
    """One row up to three (one column on a tall sheet), then two rows; five as three and two."""
    if count <= 3:
        columns = count if body.width >= body.height else 1
        return body.grid(columns, math.ceil(count / columns), gap)
    if body.height > 1.3 * body.width:
        return body.grid(2, math.ceil(count / 2), gap)[:count]
    if count != 5:
        return body.grid(count // 2, 2, gap)
    half = (body.height - gap) / 2
    upper, lower = body.above(half), body.below(half + gap)
    return upper.grid(3, 1, gap) + lower.grid(2, 1, gap)


def _strip_height(d: Draft, captions: tuple[Said | None, ...], cells: list[Area]) -> float:
    """What the longest caption takes, at most a third of a cell."""
    needs = [
        d.takes((caption,), cell.inset(3 * d.unit, 0), 0.25 if len(caption.text) < 60 else 0.32)
        for caption, cell in zip(captions, cells, strict=True)
        if caption
    ]
    return max(needs, default=0.0) + 2.4 * d.unit
