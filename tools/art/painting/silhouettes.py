"""The outline of a thing as a small mask: what of it is seen, and how broad it stands."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from maquette.infra.vector.raster import rasterise
from maquette.tools.art.contract import Art
from maquette.tools.art.painting.families import small_svg

SIDE_PX = 64
FOOT = 0.08
"""Share of a thing's height, from below, that stands on the ground."""

Mask = NDArray[np.bool_]


@lru_cache(maxsize=512)
def silhouette(art: Art) -> Mask:
    """Where a thing's ink is painted, (h, w), 64 pixels along the longer side. Do not change it."""
    wide = max(1.0, art.aspect)
    width, height = round(SIDE_PX * art.aspect / wide), round(SIDE_PX / wide)
    size = max(2, width), max(2, height)
    return np.asarray(rasterise(small_svg(art, art.body), *size))[..., 3] > 100


def foot(art: Art) -> tuple[float, float]:
    """Where a thing stands: left and right end of its lowest part, as shares of its width."""
    mask = silhouette(art)
    rows = max(2, round(FOOT * mask.shape[0]))
    columns = np.flatnonzero(mask[-rows:].any(axis=0))
    if not len(columns):
        return 0.0, 1.0
    return columns[0] / mask.shape[1], (columns[-1] + 1) / mask.shape[1]
