"""Every thing of the default pack is shown, as a second renderer shows it."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest
import uharfbuzz
from fontTools.ttLib import TTFont

from maquette.infra.vector import colr, raster
from maquette.infra.vector.font import ColourFont
from maquette.tools.art.packs import noto

SIDE_PX = 128


@pytest.fixture(scope="module")
def font() -> ColourFont:
    return noto.open_noto()


def second(font: ColourFont, glyph: int, scale: float) -> np.ndarray:
    """The glyph by HarfBuzz's renderer, premultiplied, rows from the top."""
    painter = uharfbuzz.RasterPaint()
    painter.transform = (scale, 0, 0, scale, 0, -font.descender * scale)
    painter.extents = uharfbuzz.RasterExtents(0, 0, SIDE_PX, SIDE_PX)
    painter.paint_glyph(font.font, glyph)
    rows = np.frombuffer(bytes(painter.render().buffer), np.uint8).reshape(SIDE_PX, -1, 4)
    return rows[::-1, :SIDE_PX, [2, 1, 0, 3]].astype(np.float32) / 255


@pytest.fixture(scope="module")
def glyphs(font: ColourFont) -> dict[int, int]:
    """Glyphs in colour by their single code points."""
    found = ((point, font.glyph_of(chr(point))) for point in font.code_points())
    return {point: glyph for point, glyph in found if glyph is not None}


@pytest.mark.slow
def test_every_single_code_point_is_shown(font: ColourFont, glyphs: dict[int, int]) -> None:
    """1,460 things: none is empty, none needs what SVG cannot say."""
    assert len(glyphs) == 1_460
    for point, glyph in glyphs.items():
        drawing = colr.draw(font, glyph)
        picture = raster.rasterise(raster.document(drawing.view_box, drawing.body), 24, 24)
        assert np.asarray(picture)[..., 3].max() > 128 and not drawing.approximated, hex(point)


@pytest.mark.slow
def test_things_look_as_harfbuzz_shows_them(font: ColourFont, glyphs: dict[int, int]) -> None:
    """Every tenth, and all flags of one code point (which blend): off by 0.7 % on average at most,
    and by a quarter in at most 0.2 % of the pixels, at edges; all of them together by 0.2 %."""
    means = []
    for point in {*list(glyphs)[::10], *(point for point in glyphs if point >= 0xFE4E5)}:
        drawing = colr.draw(font, glyphs[point])
        _, _, width, height = drawing.view_box
        svg = raster.document((0, height - width, width, width), drawing.body)
        ours = np.asarray(raster.rasterise(svg, SIDE_PX, SIDE_PX)).astype(np.float32) / 255
        ours[..., :3] *= ours[..., 3:]
        off = np.abs(ours - second(font, glyphs[point], SIDE_PX / width))
        assert off.mean() < 0.007 and (off.max(axis=2) > 0.25).mean() < 0.002, hex(point)
        means.append(float(off.mean()))
    assert np.mean(means) < 0.002


@pytest.mark.slow
def test_ink_lies_in_the_boxes_that_the_font_tells() -> None:
    """The clip boxes, as fontTools reads them, of some sixty things: no ink outside of them, and
    most of a box is used."""
    pack = noto.pack()
    path = noto._distribution().locate_file(noto.FONT)
    tables = TTFont(io.BytesIO(open(str(path), "rb").read()), lazy=True)  # noqa: SIM115, PTH123
    clips, names = tables["COLR"].table.ClipList.clips, tables.getBestCmap()
    ascender, used = tables["hhea"].ascent, []
    for point in sorted(names)[::24]:
        if names[point] not in clips or f"noto:{point:x}" not in pack.cards():
            continue
        box, (x0, y0, x1, y1) = clips[names[point]], pack.art(f"noto:{point:x}").ink
        pixel = 1275 / 256
        assert box.xMin - pixel <= x0 and x1 <= box.xMax + pixel, hex(point)
        assert ascender - box.yMax - pixel <= y0 and y1 <= ascender - box.yMin + pixel, hex(point)
        used.append((x1 - x0) * (y1 - y0) / ((box.xMax - box.xMin) * (box.yMax - box.yMin)))
    assert len(used) > 50 and np.median(used) > 0.6


@pytest.mark.slow
def test_a_thing_takes_a_few_milliseconds(font: ColourFont, glyphs: dict[int, int]) -> None:
    """The middle one of fifty, markup alone: measured 2 ms, held to ten times that."""
    took = []
    for glyph in list(glyphs.values())[::29]:
        began = time.process_time()
        colr.draw(font, glyph)
        took.append(time.process_time() - began)
    assert np.median(took) < 0.02
