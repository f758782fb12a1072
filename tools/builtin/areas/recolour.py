"""The ``recolour_area`` tool: what a mask covers in another colour, its light and shade kept."""

from __future__ import annotations

from functools import partial

import numpy as np

from maquette.tools.art.painting.oklch import to_oklch, to_rgb
from maquette.tools.art.painting.shades import shade
from maquette.tools.builtin.adjusting.pixels import Adjusted, Colour
from maquette.tools.builtin.areas.masked import INSIDE, Thing, blended, painted
from maquette.tools.contract import Image, Mask, ToolContext
from maquette.tools.spec import tool
from maquette.words.colours import Rgb

GRAY = 0.03
"""Median chroma in OKLCh from which on an area has a colour of its own; below, all is dyed."""
AT_ONCE = 1 << 20
"""Pixels whose colours are worked out together."""


@tool("recolour_area", version="1", cost_s=1.0, timeout_s=120.0)
async def recolour_area(
    ctx: ToolContext, *, image: Image, mask: Mask, colour: Colour, thing: Thing = ""
) -> Adjusted:
    """Give what a mask covers another colour: hue and chroma are replaced, light and shade kept.

    What is white, gray or black on a coloured thing (an outline, a spot of light) stays so. No
    pixel outside the mask changes. ``thing`` is what the mask is of, for messages.

    Raises: InvalidInput: the mask is empty or of another size, it is no colour, or the picture is
        too large. MediaRejected: the bytes are not a picture.
    """

    return await painted(ctx, image, mask, partial(recoloured, rgb=shade(colour)), thing=thing)


def recoloured(pixels: np.ndarray, cover: np.ndarray, *, rgb: Rgb) -> np.ndarray:
    """Pixels (H, W, C) with the area under a cover in a colour; alpha stays."""
    area = cover > 0
    dyed = pixels.copy()
    dyed[area, :3] = dye(pixels[area, :3], cover[area] >= INSIDE, rgb)
    return blended(pixels, dyed, cover)


def dye(colours: np.ndarray, own: np.ndarray, rgb: Rgb) -> np.ndarray:
    """sRGB bytes (n, 3) in another colour, in OKLCh.

    The median lightness becomes that of the new colour; lighter and darker pixels keep their
    distance to it, or so much of it as there is room for. Chroma follows lightness, as it does
    where less light falls on one surface, and so does the ratio of the two that tells how much of
    a pixel is the thing's own colour.

    Args:
        own: bool (n,), which of them tell the colour that the area has.
    """

    told = np.concatenate([to_oklch(part) for part in _parts(colours)])  # (n, 3), float64
    light, chroma, hue = to_oklch(np.array(rgb, dtype=np.float64))
    sure = told[own] if own.any() else told
    middle = float(np.median(sure[:, 0]))
    strength = told[:, 1] / np.maximum(told[:, 0], 1e-3)
    usual = float(np.median(sure[:, 1] / np.maximum(sure[:, 0], 1e-3)))
    share = np.ones(len(told))
    if float(np.median(sure[:, 1])) >= GRAY:
        share = np.clip(strength / usual, 0, 1)
    moved = _lightness(told[:, 0], middle, float(light))
    made = np.empty_like(told)
    made[:, 0] = told[:, 0] + (moved - told[:, 0]) * share
    made[:, 1] = chroma * share * (moved / light if light > 0 else 0)
    made[:, 2] = hue
    return np.concatenate([to_rgb(part) for part in _parts(made)])


def _lightness(old: np.ndarray, middle: float, wanted: float) -> np.ndarray:
    """Lightness moved so that ``middle`` becomes ``wanted``; differences never grow."""
    below = min(1.0, wanted / middle) if middle > 0 else 1.0
    above = min(1.0, (1 - wanted) / (1 - middle)) if middle < 1 else 1.0
    off = old - middle
    return wanted + off * np.where(off < 0, below, above)


def _parts(values: np.ndarray) -> list[np.ndarray]:
    return [values[k : k + AT_ONCE] for k in range(0, max(1, len(values)), AT_ONCE)]
