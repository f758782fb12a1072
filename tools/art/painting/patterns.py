"""Stripes, dots and checks on a thing: its main family's area, covered in a second colour.

The thing itself, painted white where the family is and black elsewhere, is the mask, so whatever
lies in front of the family (eyes, outlines) stays in front of the pattern, under any transform.
"""

from __future__ import annotations

import math
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
CHECKED = 0.42 * OPACITY
"""Of each of two bands of a check, so that they show where they cross."""
SLANT = 35.0
"""Degrees by which stripes are turned."""


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
        f'width="{x1 - x0:.6g}" height="{y1 - y0:.6g}">{_silhouette(art, family)}</mask></defs>'
    )
    shapes = "".join(
        f'<path d="{path}" fill-opacity="{opacity:.6g}"/>'
        for path, opacity in _paths(pattern, art.ink, period)
    )
    cover = f'<g fill="{_second(below)}" mask="url(#pattern-mask)">{shapes}</g>'
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


def _paths(
    pattern: PatternName, ink: tuple[float, float, float, float], period: float
) -> list[tuple[str, float]]:
    """The pattern over an ink box as plain shapes, each with its opacity.

    No ``pattern`` element: renderers place its tiles up to a pixel apart.
    """
    x0, y0, x1, y1 = ink
    width = 0.4 * period
    match pattern:
        case "stripes":
            return [(_slanted(ink, period, width), OPACITY)]
        case "dots":
            rows, columns = _steps(y1 - y0, period / 2), _steps(x1 - x0, period / 2)
            centres = (
                (x0 + k * period / 2, y0 + n * period / 2)
                for n in range(rows)
                for k in range(columns)
                if (n + k) % 2 == 0
            )
            return [("".join(_disc(x, y, 0.23 * period) for x, y in centres), OPACITY)]
        case _:
            upright = (
                f"M{x0 + k * period:.6g} {y0:.6g}h{width:.6g}v{y1 - y0:.6g}h{-width:.6g}Z"
                for k in range(_steps(x1 - x0, period))
            )
            level = (
                f"M{x0:.6g} {y0 + k * period:.6g}v{width:.6g}h{x1 - x0:.6g}v{-width:.6g}Z"
                for k in range(_steps(y1 - y0, period))
            )
            return [("".join(upright), CHECKED), ("".join(level), CHECKED)]


def _steps(length: float, step: float) -> int:
    return math.ceil(length / step) + 1


def _disc(x: float, y: float, radius: float) -> str:
    r, d = f"{radius:.6g}", 2 * radius
    return f"M{x - radius:.6g} {y:.6g}a{r} {r} 0 1 0 {d:.6g} 0a{r} {r} 0 1 0 {-d:.6g} 0Z"


def _slanted(ink: tuple[float, float, float, float], period: float, width: float) -> str:
    """Bands across the box, turned by ``SLANT`` degrees from upright."""
    x0, y0, x1, y1 = ink
    cos, sin = math.cos(math.radians(SLANT)), math.sin(math.radians(SLANT))
    corners = ((x0, y0), (x1, y0), (x0, y1), (x1, y1))
    across = [x * cos + y * sin for x, y in corners]
    along = [y * cos - x * sin for x, y in corners]
    low, high = min(along), max(along)
    first = math.floor(min(across) / period)
    bands = []
    for k in range(first, first + _steps(max(across) - min(across), period) + 1):
        ends = ((k * period, low), (k * period + width, low), (k * period + width, high))
        points = (*ends, (k * period, high))
        placed = (f"{u * cos - v * sin:.6g} {u * sin + v * cos:.6g}" for u, v in points)
        bands.append(f"M{' L'.join(placed)}Z")
    return "".join(bands)
