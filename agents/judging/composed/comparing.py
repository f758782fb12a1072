"""Hold a picture against what should be there: which pixels agree, and where they do not.

``H W`` are pixels of the size that is compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from maquette.agents.judging.composed.sources import Pixels
from maquette.model_servers.schemas.text_rendering import PlacedBlock, TextBlock
from maquette.records.geometry import Box

Mask = NDArray[np.bool_]

TOLERANCE = 20
"""Of 255, by which a channel may leave the range of what is expected round a pixel."""
PLATE = 0.6
"""How far a plate reaches beyond its letters, in letter sizes; a little more than it is drawn."""
LETTERS = 0.25
"""The same for the letters' own outlines and soft edges."""
SPECK = 0.0003
"""Share of the picture from which a spot that nothing explains is told, and at least so many
pixels:"""
SPECK_PX = 24


def agreeing(picture: Pixels, expected: Pixels) -> Mask:
    """Which pixels look as they should, (H, W).

    A pixel may lie anywhere between the values expected in the 3 x 3 pixels round it, and a little
    beyond: an edge that is smoothed otherwise is no difference.
    """
    import cv2

    around = np.ones((3, 3), np.uint8)
    low = cv2.erode(expected, around).astype(np.int16) - TOLERANCE
    high = cv2.dilate(expected, around).astype(np.int16) + TOLERANCE
    return np.asarray(((picture >= low) & (picture <= high)).all(axis=2), bool)


def worded(
    shape: tuple[int, int], words: Sequence[TextBlock], placed: Sequence[PlacedBlock] | None
) -> Mask:
    """Where words or their plates may be, (H, W): what is under them is not seen.

    Args:
        words: as the document has them.
        placed: where they were set, when that is known: then nowhere else.
    """
    zone = np.zeros(shape, bool)
    for block in placed or ():
        plated = any(one.panel and _same(one.text, block) for one in words)
        reach = (PLATE if plated else LETTERS) * block.size_px
        for box in [block.box] if plated else [line.box for line in block.lines]:
            _fill(zone, box, reach)
    if placed is None:
        for one in words:
            _fill(zone, one.box, 0.02 * shape[0])
    return zone


def strange(differing: Mask) -> tuple[Box, ...]:
    """Boxes of the spots that nothing explains, the largest first, at most eight."""
    import cv2

    height, width = differing.shape
    two = np.ones((2, 2), np.uint8)
    firm = cv2.dilate(cv2.erode(differing.astype(np.uint8), two, anchor=(0, 0)), two, anchor=(1, 1))
    joined = cv2.dilate(firm, np.ones((5, 5), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    areas = np.bincount(labels[firm > 0], minlength=count)
    least = max(SPECK_PX, SPECK * height * width)
    found = [label for label in np.argsort(-areas, kind="stable") if areas[label] >= least]
    return tuple(box_of((labels == label) & (firm > 0)) for label in found[:8])


def box_of(mask: Mask) -> Box:
    """The smallest box, in fractions of the picture, that holds a mask with something in it."""
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return Box(
        x0=columns[0] / width,
        y0=rows[0] / height,
        x1=(columns[-1] + 1) / width,
        y1=(rows[-1] + 1) / height,
    )


def _fill(zone: Mask, box: Box, reach_px: float) -> None:
    height, width = zone.shape
    top, bottom = box.y0 * height - reach_px, box.y1 * height + reach_px
    left, right = box.x0 * width - reach_px, box.x1 * width + reach_px
    zone[max(0, int(top)) : int(bottom) + 1, max(0, int(left)) : int(right) + 1] = True


def _same(text: str, block: PlacedBlock) -> bool:
    """Whether a placed block's lines are those of a text."""
    return "".join(text.split()) == "".join("".join(line.text for line in block.lines).split())
