"""Small colour fonts, built for a test."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import uharfbuzz
from fontTools.colorLib.builder import buildCOLR, buildCPAL
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from maquette.infra.vector import colr, raster
from maquette.infra.vector.font import ColourFont

EM = 1000
COLOURS = [(1, 0, 0, 1), (0, 0, 1, 1), (0, 0.5, 0, 0.5), (1, 1, 0, 1)]
"""The palette: red, blue, green half seen, yellow."""
EDGES = {"big": 100, "left": 0, "low": 200}
"""Left edges of the squares."""
SIDE_PX = 100

BuildFont = Callable[[dict[str, Any]], bytes]


def _square(x0: int, y0: int, x1: int, y1: int) -> Any:
    pen = TTGlyphPen(None)
    pen.moveTo((x0, y0))
    for point in ((x0, y1), (x1, y1), (x1, y0)):
        pen.lineTo(point)
    pen.closePath()
    return pen.glyph()


@pytest.fixture
def build_font() -> BuildFont:
    """A font whose glyph ``A`` is painted as told; ``big``, ``left`` and ``low`` are squares."""

    def build(paint: dict[str, Any]) -> bytes:
        builder = FontBuilder(EM, isTTF=True)
        builder.setupGlyphOrder([".notdef", "A", "B", "big", "left", "low"])
        builder.setupCharacterMap({ord("A"): "A", ord("B"): "B"})
        empty = TTGlyphPen(None).glyph()
        squares = {
            "big": _square(100, 100, 900, 900),
            "left": _square(0, 0, 500, 1000),
            "low": _square(200, 0, 1000, 400),
        }
        builder.setupGlyf({".notdef": empty, "A": empty, "B": empty, **squares})
        metrics = {name: (EM, EDGES.get(name, 0)) for name in builder.font.getGlyphOrder()}
        builder.setupHorizontalMetrics(metrics)
        builder.setupHorizontalHeader(ascent=EM, descent=0)
        builder.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
        builder.setupOS2(sTypoAscender=EM, sTypoDescender=0, usWinAscent=EM, usWinDescent=0)
        builder.setupPost()
        clips = {"A": (0, 0, EM, EM)}
        builder.font["COLR"] = buildCOLR(
            {"A": paint, "B": _glyph("big", _solid(0))},
            version=1,
            glyphMap=builder.font.getReverseGlyphMap(),
            clipBoxes=clips,
        )
        builder.font["CPAL"] = buildCPAL([COLOURS])
        written = io.BytesIO()
        builder.save(written)
        return written.getvalue()

    return build


def _solid(index: int, alpha: float = 1.0) -> dict[str, Any]:
    return {"Format": 2, "PaletteIndex": index, "Alpha": alpha}


def _glyph(name: str, paint: dict[str, Any]) -> dict[str, Any]:
    return {"Format": 10, "Glyph": name, "Paint": paint}


@pytest.fixture
def solid() -> Callable[..., dict[str, Any]]:
    """One colour of the palette."""
    return _solid


@pytest.fixture
def glyph() -> Callable[..., dict[str, Any]]:
    """A square filled with a paint."""
    return _glyph


@pytest.fixture
def ours() -> Callable[[bytes], np.ndarray]:
    """The glyph ``A``, by our markup: premultiplied RGBA, 0 to 1, 100 by 100 pixels."""

    def picture(data: bytes) -> np.ndarray:
        font = ColourFont(data)
        drawing = colr.draw(font, font.glyph_of("A") or 0)
        svg = raster.document(drawing.view_box, drawing.body)
        seen = np.asarray(raster.rasterise(svg, SIDE_PX, SIDE_PX)).astype(float) / 255
        seen[..., :3] *= seen[..., 3:]
        return seen

    return picture


@pytest.fixture
def harfbuzz() -> Callable[[bytes], np.ndarray]:
    """The same by HarfBuzz's own renderer of colour glyphs."""

    def picture(data: bytes) -> np.ndarray:
        font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(data)))
        return harfbuzz_picture(font, font.get_nominal_glyph(ord("A")), SIDE_PX / EM, 0, SIDE_PX)

    return picture


def harfbuzz_picture(font: Any, glyph: int, scale: float, up: float, side: int) -> np.ndarray:
    """Premultiplied RGBA, 0 to 1, of a square whose lower left corner is ``(0, -up)`` units."""
    painter = uharfbuzz.RasterPaint()
    painter.transform = (scale, 0, 0, scale, 0, up * scale)
    painter.extents = uharfbuzz.RasterExtents(0, 0, side, side)
    painter.paint_glyph(font, glyph)
    image = painter.render()
    rows = np.frombuffer(bytes(image.buffer), np.uint8).reshape(side, -1, 4)[::-1, :side]
    return rows[..., [2, 1, 0, 3]].astype(float) / 255
