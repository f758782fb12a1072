"""Colour glyphs as SVG look as HarfBuzz's own renderer shows them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from maquette.infra.vector import colr
from maquette.infra.vector.font import ColourFont
from maquette.records.errors import MediaRejected

Build = Callable[[dict[str, Any]], bytes]
Picture = Callable[[bytes], np.ndarray]
Paint = Callable[..., dict[str, Any]]


def line(*stops: tuple[float, int, float], extend: str = "pad") -> dict[str, Any]:
    """A colour line: offset, palette index, alpha."""
    told = [{"StopOffset": at, "PaletteIndex": index, "Alpha": alpha} for at, index, alpha in stops]
    return {"ColorStop": told, "Extend": extend}


LINEAR = {"Format": 4, "x0": 200, "y0": 100, "x1": 800, "y1": 100, "x2": 200, "y2": 900}
SLANTED = {"Format": 4, "x0": 200, "y0": 100, "x1": 800, "y1": 500, "x2": 500, "y2": 900}
RADIAL = {"Format": 6, "x0": 450, "y0": 500, "r0": 0, "x1": 500, "y1": 500, "r1": 400}
RING = {"Format": 6, "x0": 500, "y0": 500, "r0": 150, "x1": 500, "y1": 500, "r1": 400}
INWARDS = {"Format": 6, "x0": 500, "y0": 500, "r0": 400, "x1": 520, "y1": 500, "r1": 100}
THREE = ((0.0, 0, 1.0), (0.5, 3, 1.0), (1.0, 1, 1.0))
FADING = ((0.0, 0, 0.0), (1.0, 1, 1.0))
INSIDE = ((0.25, 0, 1.0), (0.75, 1, 1.0))


@pytest.mark.parametrize("extend", ["pad", "repeat", "reflect"])
@pytest.mark.parametrize("stops", [THREE, FADING, INSIDE])
@pytest.mark.parametrize("shape", [LINEAR, SLANTED, RADIAL, RING, INWARDS])
def test_gradients_run_as_they_do_in_the_font(
    shape: dict[str, Any], stops: Any, extend: str, build_font: Build, glyph: Paint,
    ours: Picture, harfbuzz: Picture,
) -> None:  # fmt: skip
    """Same place, same colours; apart from the seams of repeated ones, no pixel is off by 4 %."""
    data = build_font(glyph("big", {**shape, "ColorLine": line(*stops, extend=extend)}))
    off = np.abs(ours(data) - harfbuzz(data)).max(axis=2)
    assert np.mean(off > 0.04) <= (0.0 if extend == "pad" else 0.03)


@pytest.mark.parametrize(
    "moved",
    [
        {"Format": 14, "dx": 50, "dy": -70},
        {"Format": 16, "scaleX": 0.5, "scaleY": 0.8},
        {"Format": 24, "angle": 30},
        {"Format": 26, "angle": 45, "centerX": 500, "centerY": 500},
        {"Format": 28, "xSkewAngle": 20, "ySkewAngle": 0},
        {
            "Format": 12,
            "Transform": {"xx": 0.6, "yx": 0.1, "xy": -0.3, "yy": 0.7, "dx": 200, "dy": 90},
        },
    ],
)
def test_what_is_moved_stands_where_the_font_says(
    moved: dict[str, Any], build_font: Build, glyph: Paint, ours: Picture, harfbuzz: Picture
) -> None:
    """Outside of a shape and inside of it (where only the colours move)."""
    shaded = {**LINEAR, "ColorLine": line(*THREE)}
    for paint in (
        {**moved, "Paint": glyph("big", shaded)},
        glyph("big", {**moved, "Paint": shaded}),
    ):
        data = build_font(paint)
        assert np.mean(np.abs(ours(data) - harfbuzz(data)).max(axis=2) > 0.05) < 0.015


NOT_AS_IT_IS = {7, 8, 9, 10, 11, 12, 24, 25, 26, 27}
"""Modes whose pictures are only near, or not there in SVG."""


@pytest.mark.parametrize("mode", sorted(set(range(28)) - NOT_AS_IT_IS))
def test_composites_are_those_of_the_font(
    mode: int, build_font: Build, glyph: Paint, solid: Paint, ours: Picture, harfbuzz: Picture
) -> None:
    """Half-seen over opaque and opaque over half-seen, inside and outside of each other."""
    for below, above in ((0, 2), (2, 0), (3, 1)):
        data = build_font(
            {
                "Format": 32,
                "SourcePaint": glyph("low", solid(above)),
                "CompositeMode": mode,
                "BackdropPaint": glyph("left", solid(below)),
            }
        )
        off = np.abs(ours(data) - harfbuzz(data)).max(axis=2)
        assert np.mean(off > 0.02) < 0.001


@pytest.mark.parametrize("mode", ["multiply", "soft_light", "dest_over"])
def test_what_blends_blends_with_its_backdrop_only(
    mode: str, build_font: Build, glyph: Paint, solid: Paint, ours: Picture, harfbuzz: Picture
) -> None:
    """Not with what was painted before the two: yellow over blue stays yellow."""
    blended = {
        "Format": 32,
        "SourcePaint": glyph("low", solid(3)),
        "CompositeMode": mode,
        "BackdropPaint": glyph("left", solid(0)),
    }
    data = build_font({"Format": 1, "Layers": [glyph("big", solid(1)), blended]})
    seen = ours(data)
    assert seen[80, 80] == pytest.approx([1, 1, 0, 1], abs=0.01)
    assert np.mean(np.abs(seen - harfbuzz(data)).max(axis=2) > 0.02) < 0.001


def test_paints_are_counted(
    build_font: Build, glyph: Paint, solid: Paint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three are drawn where three are allowed, the fourth is refused."""
    monkeypatch.setattr(colr, "MAX_PAINTS", 3)
    for count in (3, 4):
        layers = [glyph("big", solid(0))] * count
        font = ColourFont(build_font({"Format": 1, "Layers": layers}))
        if count == 3:
            assert colr.draw(font, font.glyph_of("A") or 0).body.count("<path") == 3
        else:
            with pytest.raises(MediaRejected, match="more than 3 paints"):
                colr.draw(font, font.glyph_of("A") or 0)


def test_a_veil_is_the_opacity_of_what_lies_in_it(
    build_font: Build, glyph: Paint, solid: Paint, ours: Picture
) -> None:
    """A colour without an edge as backdrop of SRC_IN: red at three tenths."""
    data = build_font(
        {
            "Format": 32,
            "SourcePaint": glyph("big", solid(0)),
            "CompositeMode": "src_in",
            "BackdropPaint": solid(1, 0.3),
        }
    )
    assert ours(data)[50, 50] == pytest.approx([0.3, 0, 0, 0.3], abs=0.01)
    font = ColourFont(data)
    assert "mask" not in colr.draw(font, font.glyph_of("A") or 0).body


@pytest.mark.parametrize("mode", sorted(NOT_AS_IT_IS))
def test_what_svg_cannot_say_is_told(
    mode: int, build_font: Build, glyph: Paint, solid: Paint
) -> None:
    """A composite mode without a counterpart is approximated, and named."""
    paint = {
        "Format": 32,
        "SourcePaint": glyph("low", solid(0)),
        "CompositeMode": mode,
        "BackdropPaint": glyph("left", solid(1)),
    }
    font = ColourFont(build_font(paint))
    assert colr.draw(font, font.glyph_of("A") or 0).approximated == (f"composite mode {mode}",)


def test_a_sweep_is_refused_by_name(build_font: Build, glyph: Paint) -> None:
    """It is not painted in a wrong way."""
    sweep = {"Format": 8, "centerX": 500, "centerY": 500, "startAngle": 0, "endAngle": 180}
    font = ColourFont(build_font(glyph("big", {**sweep, "ColorLine": line(*THREE)})))
    with pytest.raises(MediaRejected, match="sweep gradient"):
        colr.draw(font, font.glyph_of("A") or 0)


def test_a_shape_inside_a_shape_is_clipped(
    build_font: Build, glyph: Paint, solid: Paint, ours: Picture
) -> None:
    """Left of 500 and below 400: that corner of both squares, and nothing else."""
    seen = ours(build_font(glyph("left", glyph("low", solid(0)))))[..., 3] > 0.5
    expected = np.zeros((100, 100), bool)
    expected[60:, 20:50] = True
    assert (seen == expected).all()


def test_one_markup_for_one_glyph(build_font: Build, glyph: Paint) -> None:
    """Identifiers are numbered in order, an equal gradient is defined once, and two readings of a
    font give the same text."""
    shaded = {**LINEAR, "ColorLine": line(*THREE)}
    other = {**RADIAL, "ColorLine": line(*THREE)}
    layers = [glyph("left", shaded), glyph("low", other), glyph("big", shaded)]
    data = build_font({"Format": 1, "Layers": layers})
    bodies = {colr.draw(font, font.glyph_of("A") or 0).body for font in map(ColourFont, [data] * 2)}
    (body,) = bodies
    assert re.findall(r' id="(\w+)"', body) == ["g0", "g1"]
    assert re.findall(r"url\(#(\w+)\)", body) == ["g0", "g1", "g0"]
