"""Turn scenes into SVG, and SVG into pixels and masks at any size."""

from __future__ import annotations

import io

import numpy as np
import resvg_py
from PIL import Image

from maquette.training.world.colours import COLOURS, hex_code
from maquette.training.world.scene import Placed, Scene
from maquette.training.world.things import THINGS, UNIT, draw


def scene_svg(scene: Scene) -> str:
    """Write a scene as an SVG document on a unit square."""
    top, bottom = (hex_code(c) for c in scene.background.colours)
    if scene.background.plain:
        defs, fill = "", top
    else:
        defs = (
            '<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1">'
            f'<stop offset="0" stop-color="{top}"/><stop offset="1" stop-color="{bottom}"/>'
            "</linearGradient></defs>"
        )
        fill = "url(#g)"
    body = "".join(_placed(p) for p in scene.things)
    return _document(f'{defs}<rect width="1000" height="1000" fill="{fill}"/>{body}')


def rasterise(svg: str, size_px: int) -> np.ndarray:
    """Render a square SVG document: uint8 array (size_px, size_px, 3), sRGB."""
    png = resvg_py.svg_to_bytes(
        svg_string=svg, width=size_px, height=size_px, skip_system_fonts=True
    )
    with Image.open(io.BytesIO(bytes(png))) as image:
        return np.asarray(image.convert("RGB"))


def render(scene: Scene, size_px: int = 256) -> np.ndarray:
    """Draw a scene: uint8 array (size_px, size_px, 3), sRGB."""
    return rasterise(scene_svg(scene), size_px)


def masks(scene: Scene, size_px: int = 256) -> np.ndarray:
    """Draw which pixels belong to which thing.

    Returns: bool array (things, size_px, size_px), true where at least half of the
    pixel is covered. Later things hide earlier ones.
    """
    found = np.zeros((len(scene.things), size_px, size_px), dtype=bool)
    for i, placed in enumerate(scene.things):
        flat = _document(
            f'<rect width="1000" height="1000" fill="#000000"/>{_placed(placed, "#ffffff")}'
        )
        found[i] = rasterise(flat, size_px)[..., 0] >= 128
        found[:i] &= ~found[i]
    return found


def _document(inner: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1000"'
        f' width="1000" height="1000">{inner}</svg>'
    )


def _placed(placed: Placed, flat: str | None = None) -> str:
    x0, y0, x1, y1 = (1000 * v for v in placed.box)
    sx, sy = (x1 - x0) / UNIT, (y1 - y0) / UNIT
    drawing = draw(THINGS[placed.thing], COLOURS[placed.colour], flat)
    return f'<g transform="matrix({sx:.5f} 0 0 {sy:.5f} {x0:.4f} {y0:.4f})">{drawing}</g>'
