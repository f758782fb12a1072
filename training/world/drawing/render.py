"""Turn scenes into SVG, and SVG into pixels and masks at any size."""

from __future__ import annotations

import numpy as np

from maquette.training.world.colours import COLOURS
from maquette.training.world.drawing.patterns import pattern_svg
from maquette.training.world.drawing.raster import SIDE, document, index_fill, labels, rasterise
from maquette.training.world.printed import word_svg
from maquette.training.world.scene import Placed, Scene
from maquette.training.world.things import THINGS, UNIT, draw
from maquette.words.colours import hex_code


def scene_svg(scene: Scene) -> str:
    """Write a scene as an SVG document on a unit square."""
    things = "".join(_placed(p, f"p{i}") for i, p in enumerate(scene.things))
    words = "".join(word_svg(w, hex_code(COLOURS[w.colour])) for w in scene.words)
    return document(scene.background.svg() + things + words)


def render(scene: Scene, size_px: int = 256) -> np.ndarray:
    """Draw a scene: uint8 array (size_px, size_px, 3), sRGB."""
    return rasterise(scene_svg(scene), size_px)


def masks(scene: Scene, size_px: int = 256) -> np.ndarray:
    """Draw which pixels show which thing.

    Returns: bool array (things, size_px, size_px), true where the thing covers the middle
    of the pixel. Later things hide earlier ones.
    """
    shown = _owners(scene, size_px)
    return (
        np.stack([shown == i for i in range(1, len(scene.things) + 1)])
        if scene.things
        else (np.zeros((0, size_px, size_px), dtype=bool))
    )


def word_masks(scene: Scene, size_px: int = 256) -> np.ndarray:
    """Draw which pixels are the ink of which printed word: bool (words, size_px, size_px)."""
    shown = _owners(scene, size_px)
    found = np.zeros((len(scene.words), size_px, size_px), dtype=bool)
    for i in range(len(scene.words)):
        found[i] = shown == i + 1 + len(scene.things)
    return found


def _owners(scene: Scene, size_px: int) -> np.ndarray:
    """Label pixels: 0 background, then things and words, counted from 1."""
    first = 1 + len(scene.things)
    parts = [_placed(p, "", index_fill(i)) for i, p in enumerate(scene.things, 1)]
    parts += [word_svg(w, index_fill(i)) for i, w in enumerate(scene.words, first)]
    ground = f'<rect width="1000" height="1000" fill="{index_fill(0)}"/>'
    return labels(document(ground + "".join(parts), crisp=True), size_px)


def _placed(placed: Placed, name: str, flat: str | None = None) -> str:
    x0, y0, x1, y1 = (SIDE * v for v in placed.box)
    sx, sy = (x1 - x0) / UNIT, (y1 - y0) / UNIT
    body = COLOURS[placed.colour]
    defined, paint = "", None
    if placed.pattern != "plain" and not flat:
        defined = pattern_svg(name, placed.pattern, placed.colour, (sx, sy))
        paint = f"url(#{name})"
    drawing = draw(THINGS[placed.thing], body, flat, paint)
    return f'{defined}<g transform="matrix({sx:.5f} 0 0 {sy:.5f} {x0:.4f} {y0:.4f})">{drawing}</g>'
