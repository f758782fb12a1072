"""A mask shown over its picture, for people: tinted inside, with an outline, the rest dimmed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

TINTS = (
    (255, 64, 129),
    (0, 176, 255),
    (255, 193, 7),
    (0, 200, 83),
    (170, 0, 255),
    (255, 109, 0),
)
"""One a mask, in turn."""
TINT, DIM = 0.45, 0.35
"""Share of the tint inside, and of white outside every mask."""


def overlay(picture: Image, masks: Sequence[Image]) -> Image:
    """Lay masks over their picture.

    Args:
        picture: any mode.
        masks: single-channel pictures of the same size, bright inside.
    Returns: an RGB picture of that size.
    """
    import numpy as np
    from PIL import Image, ImageFilter

    pixels = np.asarray(picture.convert("RGB"), np.float32)
    insides = [np.asarray(mask.convert("L")) >= 128 for mask in masks]
    shown = pixels.copy()
    if insides:
        outside = ~np.logical_or.reduce(insides)
        shown[outside] = (1 - DIM) * pixels[outside] + DIM * 255
    width = max(3, 2 * (max(picture.size) // 300) + 1)
    for k, inside in enumerate(insides):
        tint = np.array(TINTS[k % len(TINTS)], np.float32)
        shown[inside] = (1 - TINT) * pixels[inside] + TINT * tint
        wide = Image.fromarray(inside.astype(np.uint8) * 255).filter(ImageFilter.MaxFilter(width))
        shown[(np.asarray(wide) > 0) & ~inside] = tint
    return Image.fromarray(np.rint(shown).astype(np.uint8), "RGB")
