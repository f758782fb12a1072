"""Find things in a picture without being told where they are.

The background of the world is flat or blends from top to bottom, so the pixels at the
left and right edges of a row show its background; what differs from it is a thing.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from maquette.training.world.colours import oklab
from maquette.training.world.scene import Box

THRESHOLD = 0.1
"""Least OKLab distance from the background."""
_EDGE_PX = 5
_LEAST_SHARE = 0.004


def find_boxes(picture: np.ndarray) -> list[Box]:
    """Find the boxes of separate things.

    Args:
        picture: uint8 (H, W, 3).
    Returns: xyxy fractions, largest first; specks below 0.4 % of the picture are left out.
    """
    height, width = picture.shape[:2]
    lab = oklab(picture)
    edges = np.concatenate([lab[:, :_EDGE_PX], lab[:, -_EDGE_PX:]], 1)
    rows = ndimage.median_filter(np.median(edges, 1), size=(9, 1), mode="nearest")
    differs = np.linalg.norm(lab - rows[:, None], axis=-1) > THRESHOLD
    joined = ndimage.binary_closing(np.pad(differs, 4), iterations=3)[4:-4, 4:-4]
    labels, _ = ndimage.label(joined, structure=np.ones((3, 3)))
    found = []
    for index, window in enumerate(ndimage.find_objects(labels), 1):
        own = (labels[window] == index) & differs[window]
        if own.sum() < _LEAST_SHARE * height * width:
            continue
        ys, xs = np.nonzero(own)
        top, left = window[0].start, window[1].start
        found.append(
            (
                (left + xs.min()) / width,
                (top + ys.min()) / height,
                (left + xs.max() + 1) / width,
                (top + ys.max() + 1) / height,
            )
        )
    return sorted(found, key=lambda b: -(b[2] - b[0]) * (b[3] - b[1]))


def overlap(a: Box, b: Box) -> float:
    """Measure intersection over union of two boxes, in [0, 1]."""
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    both = w * h
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)
