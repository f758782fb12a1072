"""Cut the surroundings of a box out of a picture, for the recogniser."""

from __future__ import annotations

import numpy as np
from PIL import Image

from maquette.training.world.scene import Box

SIDE = 64
"""Side of a crop in pixels."""
CONTEXT = 0.15
"""Share of the box's size that is shown around it on each side."""
GREY = 127
"""Fills the square beside a crop that is not square."""


def crop(picture: np.ndarray, box: Box) -> np.ndarray:
    """Cut a box with some context, its proportions kept, in the middle of a grey square.

    Proportions are all that tells a circle from an oval and a square from a rectangle.

    Args:
        picture: uint8 (H, W, 3).
        box: xyxy fractions; parts outside the picture repeat its edge.
    Returns: uint8 (SIDE, SIDE, 3).
    """
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = box
    dx, dy = CONTEXT * (x1 - x0), CONTEXT * (y1 - y0)
    across, down = (x1 - x0) * width, (y1 - y0) * height
    wide, high = (max(1, round(SIDE * side / max(across, down))) for side in (across, down))
    xs = np.linspace((x0 - dx) * width, (x1 + dx) * width, 2 * wide, endpoint=False)
    ys = np.linspace((y0 - dy) * height, (y1 + dy) * height, 2 * high, endpoint=False)
    columns = np.clip(xs.astype(int), 0, width - 1)
    rows = np.clip(ys.astype(int), 0, height - 1)
    fine = Image.fromarray(picture[rows[:, None], columns[None]])
    square = Image.new("RGB", (SIDE, SIDE), (GREY, GREY, GREY))
    small = fine.resize((wide, high), Image.Resampling.BOX)
    square.paste(small, ((SIDE - wide) // 2, (SIDE - high) // 2))
    return np.asarray(square)
