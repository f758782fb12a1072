"""One thing by itself: its ink with a small margin, on nothing."""

from __future__ import annotations

import io

from maquette.infra.vector.raster import document, rasterise
from maquette.tools.art.contract import Art

MARGIN = 0.04
"""Of the longer side of the ink, on each side."""


def svg_of(art: Art) -> str:
    """A document that shows the thing."""
    return document(_box(art), art.body)


def png_of(art: Art, size_px: int) -> bytes:
    """A PNG of the thing on nothing; ``size_px`` is its longer side."""
    _, _, width, height = box = _box(art)
    scale = size_px / max(width, height)
    sides = (max(1, round(width * scale)), max(1, round(height * scale)))
    written = io.BytesIO()
    rasterise(document(box, art.body), *sides).save(written, "PNG")
    return written.getvalue()


def _box(art: Art) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = art.ink
    margin = MARGIN * max(x1 - x0, y1 - y0)
    return x0 - margin, y0 - margin, x1 - x0 + 2 * margin, y1 - y0 + 2 * margin
