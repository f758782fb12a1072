"""Drawings that could run, load, embed or never end are refused, and the reason names it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.infra.vector.raster import document, ink_of, rasterise
from maquette.infra.vector.safe_svg import admit
from maquette.records.errors import MediaRejected

SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
RECT = '<rect width="1" height="1"/>'


def svg(inside: str, before: str = "") -> str:
    """A document with this inside."""
    return f'{before}<svg {SPACES} viewBox="0 0 100 100">{inside}</svg>'


LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
TENFOLD = "".join(f'<g id="u{at}">{f"""<use href="#u{at - 1}"/>""" * 10}</g>' for at in range(1, 9))
LADDER = "".join(f'<g id="u{at}"><use href="#u{at - 1}"/></g>' for at in range(1, 90))

HOSTILE = {
    "a DOCTYPE": svg("", f'<!DOCTYPE svg [<!ENTITY l0 "ha">{LAUGHS}]>'),
    "a DOCTYPE ": svg("", '<!DOCTYPE svg SYSTEM "file:///etc/passwd">'),
    "a DOCTYPE  ": svg("", '<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://x.example/x">%x;]>'),
    "a processing instruction": svg("", '<?xml-stylesheet href="http://x.example/x.css"?>'),
    "undefined entity": svg("&nothing;"),
    "an element 'script'": svg("<script>alert(1)</script>"),
    "an element 'script' ": svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>'),
    "an element 'iframe'": svg('<iframe xmlns="http://www.w3.org/1999/xhtml" src="x"/>'),
    "an element 'foreignObject'": svg("<foreignObject/>"),
    "an element 'image'": svg('<image href="data:image/png;base64,iVBORw0KGgo="/>'),
    "an element 'image' ": svg('<image xlink:href="http://x.example/x.png"/>'),
    "an element 'feImage'": svg('<feImage href="http://x.example/x.png"/>'),
    "an element 'filter'": svg('<filter id="f"/>'),
    "an element 'animate'": svg('<rect><animate attributeName="x" to="9"/></rect>'),
    "an element 'set'": svg('<set attributeName="onload" to="x()"/>'),
    "an element 'text'": svg("<text>words</text>"),
    "an element 'font-face'": svg("<defs><font-face/></defs>"),
    "an element 'a'": svg(f'<a href="javascript:x()">{RECT}</a>'),
    "an element 'pattern'": svg('<pattern id="p"/>'),
    "an element 'svg'": svg(f"<svg>{RECT}</svg>"),
    "the event attribute 'onload'": svg('<g onload="x()"/>'),
    "the event attribute 'onClick'": svg('<g onClick="x()"/>'),
    "the event attribute 'onbegin'": svg('<g style="onbegin:x"/>'),
    "reference href='http://x.example/a.svg#a'": svg('<use href="http://x.example/a.svg#a"/>'),
    "reference href='a.svg#a'": svg('<use xlink:href="a.svg#a"/>'),
    "javascript:": svg('<use href="javascript:x()"/>'),
    "data:": svg('<use href="data:image/svg+xml,x#a"/>'),
    "reference fill='url(http": svg('<rect fill="url(http://x.example/#a)"/>'),
    "reference fill='url(#a) url(x)'": svg('<rect id="a" fill="url(#a) url(x)"/>'),
    "reference clip-path='url(x#a)'": svg('<rect clip-path="url(x#a)"/>'),
    "reference mask='URL(x)'": svg('<rect style="mask:URL(x)"/>'),
    "reference background='url(x)'": svg('<rect style="background: url(x)"/>'),
    "filter='url(#f)'": svg('<rect filter="url(#f)"/>'),
    "marker-end='url(#m)'": svg('<path marker-end="url(#m)"/>'),
    "the style rule '@import": svg("<style>@import url(http://x.example/x);</style>"),
    "the style rule '@font-face": svg("<style>@font-face{src:url(x)}</style>"),
    "the style rule '@import ": svg("<style>/* x */@/**/import x;</style>"),
    "the style selector": svg("<style>g rect{fill:red}</style>"),
    "reference fill='url(x#a)'": svg('<style>.a{fill:url(x#a)}</style><rect class="a"/>'),
    r"fill='u\\72l(x)'": svg(r'<rect fill="u\72l(x)"/>'),
    "fill='var(--x)'": svg('<rect fill="var(--x)"/>'),
    "the number 1e99": svg('<rect width="1e99" height="1"/>'),
    "the number 1e999": svg('<path d="M0 0L1e999 1"/>'),
    "the number 9999999": svg('<g transform="scale(9999999)"/>'),
    "d of 300000": svg(f'<path d="M{"0 " * 150_000}"/>'),
    "more than 5000 elements": svg("<g/>" * 5_001),
    "nested deeper than 32": svg("<g>" * 40 + "</g>" * 40),
    "more than 64 attributes": svg("<g " + " ".join(f'a{at}="1"' for at in range(70)) + "/>"),
    "bytes": svg(" " * 2**20),
    "that refers to itself": svg('<g id="a"><use href="#a"/></g>'),
    "'b' that refers": svg('<g id="b"><g><use href="#c"/></g></g><g id="c"><use href="#b"/></g>'),
    "'m' that refers": svg(f'<mask id="m"><g mask="url(#m)">{RECT}</g></mask>'),
    "'k' that refers": svg('<clipPath id="k" clip-path="url(#k)"/>'),
    "'p' that refers": svg('<linearGradient id="p" href="#p"/>'),
    "draw more than 20000": svg(f'<defs><g id="u0">{RECT}</g>{TENFOLD}</defs><use href="#u8"/>'),
    "references nested deeper": svg(f'<g id="u0">{RECT}</g>{LADDER}'),
    "clips, masks and layers": svg('<mask id="m"/>' + '<g mask="url(#m)"/>' * 40),
    "elements with gradients": svg('<linearGradient id="p"/>' + '<rect fill="url(#p)"/>' * 500),
    "a reference to #gone": svg('<rect fill="url(#gone)"/>'),
    "the id 'a' twice": svg('<g id="a"/><g id="a"/>'),
    "no well-formed SVG": "<svg",
    "first element is not svg": "<html/>",
    "first element is not svg ": '<svg xmlns="http://www.w3.org/1999/xhtml" viewBox="0 0 1 1"/>',
    "encoding": "<?xml version='1.0' encoding='utf-7'?><svg/>",
}  # fmt: skip
"""By what the reason must say (blanks at its end only tell keys apart)."""


@pytest.mark.parametrize("said", list(HOSTILE))
def test_it_is_refused_by_name_at_once(said: str) -> None:
    """Within a second, whatever it would grow to."""
    began = time.perf_counter()
    with pytest.raises(MediaRejected) as caught:
        admit(HOSTILE[said])
    assert said.strip() in caught.value.message and caught.value.hint
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    "inside",
    [
        '<g transform="scale(1e6)">' * 25 + RECT + "</g>" * 25,
        '<path stroke="red" fill="none" stroke-dasharray="0.0001" d="M-1e6-1e6'
        + "L1e6 1e6-1e6-1e6" * 1_000
        + '"/>',
        '<path stroke="red" stroke-width="1e6" d="M0 0' + "C900 900-900 500 9 9" * 1_000 + '"/>',
        '<rect width="100" height="100" fill="url(#g)"/><linearGradient id="g" x2="1e-6">'
        '<stop offset="-1e6"/><stop offset="1e6"/></linearGradient>',
        '<style>' + "/*" * 40_000 + "</style>" + RECT,
        "<style>" + "a{}" * 400 + "</style>" + RECT * 4_000,
    ],
)  # fmt: skip
def test_what_is_extreme_and_allowed_ends(inside: str) -> None:
    """Admitted and drawn within seconds."""
    began = time.perf_counter()
    clean = admit(svg(inside))
    ink_of(clean.view_box, clean.body)
    assert time.perf_counter() - began < 5


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_drawn(data: bytes) -> None:
    """No other error comes out."""
    for document_ in (data, b"<svg xmlns='http://www.w3.org/2000/svg'>" + data + b"</svg>"):
        try:
            admit(document_)
        except MediaRejected as error:
            assert error.message


PIECES = [
    "<g>", "</g>", '<path d="M0 0L9 9"/>', "<use ", 'href="#a" ', 'id="a" ', "/>", ">", "<style>",
    "</style>", ".a{fill:red}", 'style="fill:url(#a)" ', "<linearGradient ", "</linearGradient>",
    "<mask ", "</mask>", 'mask="url(#a)" ', "&#x41;", "<![CDATA[", "]]>", 'width="5" ', "<rect ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_whatever_is_admitted_can_be_drawn(pieces: list[str]) -> None:
    """Pieces of SVG in any order: refused, or a document that the renderer takes."""
    try:
        clean = admit(svg("".join(pieces)))
    except MediaRejected:
        return
    rasterise(document(clean.view_box, clean.body), 8, 8)
