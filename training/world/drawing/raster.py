"""SVG documents on a square of 1000 by 1000 units, and their pixels."""

from __future__ import annotations

import io

import numpy as np
import resvg_py
from PIL import Image

SIDE = 1000.0
"""Side of every document in its own units."""


def document(inner: str, crisp: bool = False) -> str:
    """Wrap SVG elements as a document; ``crisp`` turns smoothing at edges off."""
    rendering = ' shape-rendering="crispEdges"' if crisp else ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1000"'
        f' width="1000" height="1000"{rendering}>{inner}</svg>'
    )


def rasterise(svg: str, size_px: int) -> np.ndarray:
    """Render a square SVG document: uint8 array (size_px, size_px, 3), sRGB."""
    png = resvg_py.svg_to_bytes(
        svg_string=svg, width=size_px, height=size_px, skip_system_fonts=True
    )
    with Image.open(io.BytesIO(bytes(png))) as image:
        return np.asarray(image.convert("RGB"))


def index_fill(index: int) -> str:
    """Give label ``index`` (0 to 65535) a fill that ``labels`` reads back."""
    return f"#{index:06x}"


def labels(svg: str, size_px: int) -> np.ndarray:
    """Render a crisp document painted with ``index_fill``: int array (size_px, size_px)."""
    pixels = rasterise(svg, size_px).astype(np.int64)
    return (pixels[..., 0] << 16) | (pixels[..., 1] << 8) | pixels[..., 2]
