"""How drawings that share room hide or hold one another, from their silhouettes."""

from __future__ import annotations

from functools import cache

import numpy as np

from maquette.training.world.drawing.raster import document, rasterise
from maquette.training.world.things import THINGS, UNIT, draw

Box = tuple[float, float, float, float]
_CELLS = 128
_GRID = 64


@cache
def silhouette(thing: str) -> np.ndarray:
    """Draw which cells of its unit box a thing fills: bool array (128, 128)."""
    scale = 1000 / UNIT
    inner = draw(THINGS[thing], (0, 0, 0), flat="#ffffff")
    ground = '<rect width="1000" height="1000" fill="#000000"/>'
    svg = document(f'{ground}<g transform="scale({scale})">{inner}</g>')
    return rasterise(svg, _CELLS)[..., 0] >= 128


def meets(a: Box, b: Box) -> bool:
    """Tell whether two boxes share more than an edge."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def holds_box(thing: str, outer: Box, inner: Box) -> bool:
    """Tell whether the body of a thing that fills ``outer`` covers all of ``inner``."""
    if not (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    ):
        return False
    w, h = outer[2] - outer[0], outer[3] - outer[1]
    x0, x1 = ((v - outer[0]) / w * _CELLS for v in (inner[0], inner[2]))
    y0, y1 = ((v - outer[1]) / h * _CELLS for v in (inner[1], inner[3]))
    window = silhouette(thing)[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))]
    return bool(window.all())


def hidden_share(front: str, front_box: Box, back: str, back_box: Box) -> float:
    """Measure how much of the back thing's silhouette the front one hides, in [0, 1]."""
    if not meets(front_box, back_box):
        return 0.0
    cells = (np.arange(_GRID) + 0.5) / _GRID
    at = (cells * _CELLS).astype(int)
    own = silhouette(back)[np.ix_(at, at)]
    x = back_box[0] + cells * (back_box[2] - back_box[0])
    y = back_box[1] + cells * (back_box[3] - back_box[1])
    u = np.floor((x - front_box[0]) / (front_box[2] - front_box[0]) * _CELLS).astype(int)
    v = np.floor((y - front_box[1]) / (front_box[3] - front_box[1]) * _CELLS).astype(int)
    inside = ((v >= 0) & (v < _CELLS))[:, None] & ((u >= 0) & (u < _CELLS))[None]
    over = silhouette(front)[np.ix_(v.clip(0, _CELLS - 1), u.clip(0, _CELLS - 1))] & inside
    return float((own & over).sum() / own.sum())
