"""An SVG from outside comes out as clean markup that looks the same."""

from __future__ import annotations

import re

import numpy as np
import pytest

from maquette.infra.vector.raster import document, rasterise
from maquette.infra.vector.safe_svg import admit
from maquette.records.errors import MediaRejected

SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
EVERYTHING = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- a drawing program was here -->
<svg {SPACES} xmlns:ink="http://example.org/ink" viewBox="0 0 64 64" fill="none" class="x"
     data-name="Layer 1" style="enable-background:new 0 0 64 64">
  <title>All that is taken</title><metadata><ink:about>nothing</ink:about></metadata>
  <style>/* of a program */ .warm {{ fill: #e33; stroke: #111 }} #dot, line {{ stroke: blue }}
    .warm {{ stroke-width: 2px }}</style>
  <defs>
    <linearGradient id="sky" x2="0" y2="1"><stop offset="0%" stop-color="#8cf"/>
      <stop offset="1" style="stop-color:rgb(255, 200, 0);stop-opacity:.5"/></linearGradient>
    <radialGradient id="sun" xlink:href="#sky" cx="50%" gradientTransform="scale(1 .8)"/>
    <clipPath id="cut"><circle cx="32" cy="32" r="28"/></clipPath>
    <mask id="veil"><rect width="64" height="40" fill="#fff" opacity=".7"/></mask>
    <symbol id="star" viewBox="0 0 10 10"><path d="M5 0 6 4 10 5 6 6 5 10 4 6 0 5 4 4z"/></symbol>
  </defs>
  <g clip-path="url(#cut)"><rect width="64" height="64" fill="url(#sky)"/>
    <ellipse cx="40" cy="20" rx="12" ry="9" fill="url('#sun') red" mask="url(#veil)"/></g>
  <g color="#393"><path class="warm" d="M8,50c4-9,12-9,16,0s12,9,16,0" stroke-dasharray="3 1.5"/>
    <polygon points="4,60 14,44 24,60" fill="currentColor" transform="rotate(5 10 50)"/></g>
  <circle id="dot" cx="50" cy="50" r="5" stroke-opacity=".6" fill-rule="evenodd"/>
  <line x1="2" y1="2" x2="62" y2="10"/><polyline points="1 1 5 9 9 1" stroke="tomato"/>
  <use xlink:href="#star" x="20" y="20" width="20" height="20" fill="gold"/>
  <g style="mix-blend-mode:multiply;isolation:isolate" opacity="0.5"><rect x="30" y="30"
     width="20" height="20" rx="3" fill="#0a0"/></g>
  <ink:page/>
</svg>"""


def test_the_clean_drawing_looks_like_the_one_that_came() -> None:
    """Styles as attributes, references renamed, colours resolved: not a pixel differs."""
    clean = admit(EVERYTHING)
    came = np.asarray(rasterise(EVERYTHING, 200, 200))
    shown = np.asarray(rasterise(document(clean.view_box, clean.body), 200, 200))
    assert clean.view_box == (0, 0, 64, 64)
    assert came[..., 3].any() and np.array_equal(came, shown)


def test_only_known_markup_comes_out() -> None:
    """No class, comment, style sheet, other namespace or name of the sender; ids are counted."""
    body = admit(EVERYTHING).body
    ids = re.findall(r' id="(\w+)"', body)
    assert ids == [f"i{at}" for at in range(len(ids))] and len(ids) == 6
    for gone in (
        "class",
        "<!--",
        "<style",
        "ink",
        "title",
        "metadata",
        "xlink",
        "data-",
        "current",
    ):
        assert gone not in body


def test_what_was_admitted_is_admitted_again_unchanged() -> None:
    """Cleaning is done at once."""
    once = admit(EVERYTHING)
    again = admit(document(once.view_box, once.body))
    assert again == once and admit(EVERYTHING) == once


@pytest.mark.parametrize(
    ("head", "box"),
    [
        ('viewBox="-5,-5 20 10"', (-5, -5, 20, 10)),
        ('width="30" height="20"', (0, 0, 30, 20)),
        ('width="30px" height="20px"', (0, 0, 30, 20)),
        ('width="100%" height="100%" viewBox="0 0 8 8"', (0, 0, 8, 8)),
    ],
)
def test_the_view_box_is_read_or_made_of_the_size(head: str, box: tuple[float, ...]) -> None:
    """Numbers in user units."""
    assert admit(f'<svg {SPACES} {head}><path d="M0 0h1v1z"/></svg>').view_box == box


@pytest.mark.parametrize(
    "head", ["", 'viewBox="0 0 0 5"', 'viewBox="0 0 5"', 'width="5em" height="5%"',
             'viewBox="0 0 1000 1"', 'viewBox="0 0 1e6 -4"']
)  # fmt: skip
def test_a_drawing_without_a_size_is_refused(head: str) -> None:
    """None, empty, incomplete, relative, a thread."""
    with pytest.raises(MediaRejected, match=r"viewBox|thin"):
        admit(f"<svg {SPACES} {head}/>")


def test_style_rules_win_as_css_says() -> None:
    """Attribute, then tag, class, id, then the element's own style; later before earlier."""
    rules = "#a{fill:#004}.c{fill:#003;stroke:#103}rect{fill:#002;stroke:#102}*{fill:#001}"
    svg = f'<svg {SPACES} viewBox="0 0 9 9"><style>{rules}.c{{stroke:#203}}</style>%s</svg>'
    for attributes, fill in (
        ('fill="#000"', "#002"),
        ('fill="#000" class="b c"', "#003"),
        ('fill="#000" class="c" id="a"', "#004"),
        ('fill="#000" class="c" id="a" style="fill: #005 !important"', "#005"),
    ):
        body = admit(svg % f"<rect {attributes}/>").body
        assert f'fill="{fill}"' in body
    assert 'stroke="#203"' in body
