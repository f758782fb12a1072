"""Pixels of an SVG, with nothing of the system in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from maquette.infra.vector.raster import document, ink_of, rasterise
from maquette.records.errors import InvalidInput

BOX = (0.0, 0.0, 100.0, 100.0)


def test_a_pixel_is_the_colour_that_was_said() -> None:
    """Left half red at a half, right half nothing; alpha is not multiplied in."""
    svg = document((0, 0, 2, 1), '<path fill="#ff0000" fill-opacity="0.5" d="M0 0H1V1H0Z"/>')
    picture = rasterise(svg, 4, 2)
    assert picture.mode == "RGBA" and picture.size == (4, 2)
    assert picture.getpixel((0, 0)) == (255, 0, 0, 128) and picture.getpixel((3, 1))[3] == 0


@pytest.mark.parametrize(("width", "height"), [(40, 20), (20, 40), (31, 17)])
def test_the_picture_has_the_size_that_was_asked_for(width: int, height: int) -> None:
    """A square drawing stands in the middle of it, as large as fits."""
    seen = rasterise(document((0, 0, 1, 1), '<path d="M0 0H1V1H0Z"/>'), width, height)
    assert seen.size == (width, height)
    ink = Image.Image.getbbox(seen.getchannel("A"))
    side = min(width, height)
    assert abs((ink[0] + ink[2]) / 2 - width / 2) <= 1 and abs(ink[2] - ink[0] - side) <= 1


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 4097), (-1, 5)])
def test_a_size_that_cannot_be_is_told(width: int, height: int) -> None:
    """Before anything is drawn."""
    with pytest.raises(InvalidInput, match=f"{width}x{height}"):
        rasterise(document(BOX, ""), width, height)


def test_what_is_no_svg_is_told() -> None:
    """As an error of ours."""
    with pytest.raises(InvalidInput, match="no SVG"):
        rasterise("<svg", 8, 8)


def test_no_fonts_and_no_files_of_the_system_are_used(tmp_path: Path) -> None:
    """Letters show nothing, and what would embed a file is refused, admitted or not."""
    Image.new("RGB", (8, 8), "red").save(tmp_path / "red.png")
    assert ink_of(BOX, '<text x="10" y="60" font-size="60">Words</text>') is None
    file = f'href="{tmp_path / "red.png"}"'
    for inside in (
        f'<image width="90" height="90" {file}/>',
        f'<s:image xmlns:s="http://www.w3.org/2000/svg"\twidth="90" height="90" {file}/>',
        f'<filter id="f"><feImage {file}/></filter><rect width="9" height="9" filter="url(#f)"/>',
    ):
        with pytest.raises(InvalidInput, match="never drawn"):
            ink_of(BOX, inside)
    with pytest.raises(InvalidInput, match="never drawn"):
        rasterise(f"<!DOCTYPE svg [<!ENTITY i '<image {file}/>'>]>" + document(BOX, "&i;"), 8, 8)


@settings(max_examples=40)
@given(
    x=st.floats(-40, 130), y=st.floats(-40, 130), width=st.floats(2, 60), height=st.floats(2, 60)
)
def test_ink_is_around_what_is_painted(x: float, y: float, width: float, height: float) -> None:
    """A rectangle's ink is the rectangle, outwards by less than a pixel of 256 (of 2 x 256 over
    twice the box, where it reaches over the edge); a quarter of a pixel may be missed."""
    assume(x + width > 1 and y + height > 1 and x < 99 and y < 99)
    told = ink_of(BOX, f'<path d="M{x} {y}h{width}v{height}h{-width}Z"/>')
    assert told is not None
    rectangle = np.clip([x, y, x + width, y + height], -50, 150)
    outwards = np.array([-1, -1, 1, 1]) * (np.array(told) - rectangle)
    pixel = 100 / 256
    assert (outwards > -0.27 * pixel).all() and (outwards <= 1.02 * pixel).all()
