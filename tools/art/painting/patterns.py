"""Stripes, dots and checks on a thing: its main family's area, covered in a second colour.

The thing itself, painted white where the family is and black elsewhere, is the mask, so whatever
lies in front of the family (eyes, outlines) stays in front of the pattern, under any transform.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from maquette.tools.art.contract import Art
from maquette.tools.art.painting.families import Family, family_of
from maquette.tools.art.painting.markup import inner, normal, paints, tree_of
from maquette.tools.art.painting.oklch import Floats, to_oklch, to_rgb
from maquette.tools.art.painting.recolour import recoloured
from maquette.tools.art.painting.shades import shade
from maquette.tools.art.scene import PatternName
from maquette.words.colours import Rgb, hex_code

PERIODS: dict[PatternName, float] = {"stripes": 0.15, "dots": 0.13, "checks": 0.15}
"""One repeat, as a share of the mean side of the thing's ink."""
PALE, DEEP = (252, 250, 244), (58, 62, 72)
LIGHT = 0.82
"""From this lightness a family takes the deep colour, since pale would not show."""
OPACITY = 0.92
"""A little of the shading below shows through."""


@lru_cache(maxsize=512)
def dressed(art: Art, colour: str | None, pattern: PatternName | None) -> Art:
    """The thing as it is worn in a scene: recoloured, then patterned, its markup in one spelling.

    Raises: InvalidInput: ``colour`` is no colour.
    """
    own = recoloured(art, colour) if colour else art
    family = family_of(art) if pattern else None
    if pattern and family:
        own = patterned(own, pattern, family, shade(colour) if colour else None)
    return Art(own.view_box, normal(own.body), own.ink)


def patterned(art: Art, pattern: PatternName, family: Family, colour: Rgb | None = None) -> Art:
    """The thing with a pattern over its main family, two colours in all.

    Between a third and four tenths of the area are covered: the colour below stays the main one.
    ``family`` names the paints to be covered, ``colour`` what they were recoloured to.
    """
    below = to_oklch(np.array(colour, dtype=np.float64)) if colour else np.array(family.mean)
    x0, y0, x1, y1 = art.ink
    period = PERIODS[pattern] * ((x1 - x0) * (y1 - y0)) ** 0.5
    defs = (
        f'<defs><mask id="pattern-mask" maskUnits="userSpaceOnUse" x="{x0:.6g}" y="{y0:.6g}" '
        f'width="{x1 - x0:.6g}" height="{y1 - y0:.6g}">{_silhouette(art, family)}</mask>'
        f'<pattern id="pattern-fill" patternUnits="userSpaceOnUse" x="{x0:.6g}" y="{y0:.6g}" '
        f'width="{period:.6g}" height="{period:.6g}"{_turn(pattern)}>'
        f"{_cell(pattern, period, _second(below))}</pattern></defs>"
    )
    cover = (
        f'<rect x="{x0:.6g}" y="{y0:.6g}" width="{x1 - x0:.6g}" height="{y1 - y0:.6g}" '
        f'fill="url(#pattern-fill)" fill-opacity="{OPACITY}" mask="url(#pattern-mask)"/>'
    )
    return Art(art.view_box, defs + art.body + cover, art.ink)


def _silhouette(art: Art, family: Family) -> str:
    """The thing's shapes, white where they belong to the family and black where not.

    Identifiers get a suffix: the same clips stand in the thing itself.
    """
    root = tree_of(art.body)
    members = set(family.members)
    for index, paint in enumerate(list(paints(root))):
        clear = paint.shape.get("opacity") or paint.shape.get(f"{paint.attribute}-opacity")
        veil = clear is not None and float(clear) < 0.6
        white = "#ffffff" if index in members else "#000000"
        paint.shape.set(paint.attribute, "none" if veil else white)
    for element in list(root.iter()):
        for name, value in element.attrib.items():
            if name == "id":
                element.set(name, f"{value}-flat")
            elif name == "href" or "url(#" in value:
                end = value if name == "href" else value.removesuffix(")")
                element.set(name, f"{end}-flat" + ("" if name == "href" else ")"))
    return inner(root)


def _second(below: Floats) -> str:
    """The pattern's colour: pale on what is deep, and a deep shade of itself on what is pale."""
    light, chroma, hue = (float(value) for value in below)
    if light < LIGHT:
        return hex_code(PALE)
    if chroma < 0.04:
        return hex_code(DEEP)
    red, green, blue = to_rgb(np.array([light - 0.33, max(chroma, 0.12), hue]))
    return hex_code((int(red), int(green), int(blue)))


def _turn(pattern: PatternName) -> str:
    return ' patternTransform="rotate(35)"' if pattern == "stripes" else ""


def _cell(pattern: PatternName, side: float, fill: str) -> str:
    half = f"{side * 0.4:.6g}"
    match pattern:
        case "stripes":
            return f'<rect width="{side * 0.4:.6g}" height="{side * 1.01:.6g}" fill="{fill}"/>'
        case "dots":
            spots = ((0.5, 0.5), (0, 0), (1, 0), (0, 1), (1, 1))
            return "".join(
                f'<circle cx="{x * side:.6g}" cy="{y * side:.6g}" r="{side * 0.23:.6g}" '
                f'fill="{fill}"/>'
                for x, y in spots
            )
        case _:
            return (
                f'<rect width="{half}" height="{side:.6g}" fill="{fill}" fill-opacity="0.42"/>'
                f'<rect width="{side:.6g}" height="{half}" fill="{fill}" fill-opacity="0.42"/>'
            )
