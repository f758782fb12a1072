"""Box or point to mask in any photograph, without training: GrabCut on colours.

A box is cut by GrabCut alone. A point first grows into the region of like colour that stays the
same over the widest range of tolerances (as in MSER), which GrabCut then completes.

Source: Rother, Kolmogorov, Blake, "GrabCut" (2004), as in OpenCV. Deterministic: one thread,
and OpenCV's random generator is seeded before every mask.

Notation: ``H W`` pixels of the picture; pixel values uint8, RGB. Coordinates are fractions.
"""

from __future__ import annotations

import cv2
import numpy as np

from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box

WORK_PX = 320
"""Longer side of what GrabCut sees; larger pictures are scaled down for it."""
MIN_BOX_PX = 4
"""Fewest pixels of a box's side: colours cannot be told apart in fewer."""
CONTEXT = 0.35
"""Of the box's sides: how much of the surroundings tells what is outside."""
ROUNDS = 4
TOLERANCES = (4, 6, 8, 11, 14, 18, 22, 27, 33, 40, 48)
"""Largest distance of a colour from the point's, in OpenCV's 8-bit Lab steps."""
LARGEST_SHARE = 0.7
"""A grown region above this share of the picture is taken for the background."""
SEED = 20_260

BACK, FORE = int(cv2.GC_BGD), int(cv2.GC_FGD)
MAYBE_BACK, MAYBE_FORE = int(cv2.GC_PR_BGD), int(cv2.GC_PR_FGD)

Bounds = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels; right and bottom exclusive."""


def mask_from_box(pixels: np.ndarray, box: Box) -> np.ndarray:
    """Cut out what a box holds.

    Args:
        pixels: uint8 (H, W, 3).
    Returns: bool (H, W), true only inside the box; all false where nothing in the box differs
        from its surroundings.
    Raises: InvalidInput: the box is thinner than ``MIN_BOX_PX`` pixels.
    """
    height, width = pixels.shape[:2]
    inner = _bounds(box, width, height)
    if min(inner[2] - inner[0], inner[3] - inner[1]) < MIN_BOX_PX:
        raise InvalidInput(
            f"the box ({box.x0:g}, {box.y0:g}, {box.x1:g}, {box.y1:g}) is "
            f"{inner[2] - inner[0]} x {inner[3] - inner[1]} pixels of this picture; "
            f"at least {MIN_BOX_PX} x {MIN_BOX_PX} are needed",
            hint="draw a larger box, or send the picture at a larger size",
        )
    outer = _widened(inner, width, height)
    view = pixels[outer[1] : outer[3], outer[0] : outer[2]]
    small, scale = _scaled(view)
    plan = np.full(small.shape[:2], BACK, np.uint8)
    x0, y0, x1, y1 = _within(inner, outer, scale, small.shape)
    plan[y0:y1, x0:x1] = MAYBE_FORE
    # A box that reaches the picture's edge leaves no surroundings there: its rim must tell.
    if not (plan == BACK).any():
        rim = max(1, min(small.shape[:2]) // 40)
        plan[:rim], plan[-rim:], plan[:, :rim], plan[:, -rim:] = (BACK,) * 4
    cut = _enlarged(_grabcut(small, plan), view.shape)
    found = np.zeros((height, width), bool)
    found[outer[1] : outer[3], outer[0] : outer[2]] = cut
    allowed = np.zeros_like(found)
    allowed[inner[1] : inner[3], inner[0] : inner[2]] = True
    return _without_specks(found & allowed)


def mask_from_point(pixels: np.ndarray, x: float, y: float) -> np.ndarray:
    """Cut out what lies under a point, ``x`` and ``y`` as fractions.

    Args:
        pixels: uint8 (H, W, 3), at least ``MIN_BOX_PX`` pixels a side.
    Returns: bool (H, W), one connected piece that holds the point.
    Raises: InvalidInput: the picture is smaller than that.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < MIN_BOX_PX:
        raise InvalidInput(
            f"the picture is {width} x {height} pixels; at least {MIN_BOX_PX} a side are needed",
            hint="send it at a larger size",
        )
    small, scale = _scaled(pixels)
    at = (
        min(int(x * width * scale[0]), small.shape[1] - 1),
        min(int(y * height * scale[1]), small.shape[0] - 1),
    )
    region = _grown(small, at)
    plan = np.where(region, MAYBE_FORE, MAYBE_BACK).astype(np.uint8)
    plan[_eroded(region)] = FORE
    plan[_dilated(region, 0.06) == 0] = BACK
    plan[at[1], at[0]] = FORE
    cut = _grabcut(small, plan)
    if not cut[at[1], at[0]]:
        cut = region
    return _enlarged(_piece(cut, at), pixels.shape)


def separation(pixels: np.ndarray, mask: np.ndarray) -> float:
    """How differently coloured both sides of a mask's edge are, 0 (alike) to 1.

    The Hellinger distance of coarse Lab histograms of a band inside and a band outside; 0 for
    an empty mask or one without an outside.
    """
    small, _ = _scaled(pixels)
    shape = (small.shape[1], small.shape[0])
    inside = cv2.resize(mask.astype(np.uint8), shape, interpolation=cv2.INTER_NEAREST) > 0
    band = max(3, max(shape) // 25)
    kernel = np.ones((2 * band + 1, 2 * band + 1), np.uint8)
    near_out = (cv2.dilate(inside.astype(np.uint8), kernel) > 0) & ~inside
    near_in = inside & (cv2.erode(inside.astype(np.uint8), kernel) == 0)
    if not near_in.any() or not near_out.any():
        return 0.0
    bins = (cv2.cvtColor(small, cv2.COLOR_RGB2Lab) // 20).astype(np.int64)
    index = bins[..., 0] * 169 + bins[..., 1] * 13 + bins[..., 2]
    one, other = (
        np.bincount(index[side], minlength=13**3) / side.sum() for side in (near_in, near_out)
    )
    return float(np.sqrt(max(0.0, 1.0 - np.sqrt(one * other).sum())))


def _grabcut(small: np.ndarray, plan: np.ndarray) -> np.ndarray:
    """Run GrabCut from a plan of sure and likely pixels: bool, the plan's shape."""
    likely = np.isin(plan, (FORE, MAYBE_FORE))
    # OpenCV models each side by five colours and needs a pixel for each.
    if likely.sum() < 5 or (~likely).sum() < 5:
        return likely
    cv2.setNumThreads(1)
    cv2.setRNGSeed(SEED)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    result = plan.copy()
    bgr = np.ascontiguousarray(small[..., ::-1])
    cv2.grabCut(bgr, result, (0, 0, 0, 0), *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.isin(result, (FORE, MAYBE_FORE))


def _grown(small: np.ndarray, at: tuple[int, int]) -> np.ndarray:
    """The region of like colour round a point that changes least as the tolerance grows."""
    cv2.setNumThreads(1)
    lab = cv2.cvtColor(cv2.medianBlur(small, 5), cv2.COLOR_RGB2Lab)
    regions = []
    for tolerance in TOLERANCES:
        filled = np.zeros((small.shape[0] + 2, small.shape[1] + 2), np.uint8)
        flags = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (255 << 8)
        cv2.floodFill(lab.copy(), filled, at, 0, (tolerance,) * 3, (tolerance,) * 3, flags)
        regions.append(filled[1:-1, 1:-1] > 0)
    areas = [int(region.sum()) for region in regions]
    enough = 0.0004 * small.shape[0] * small.shape[1]
    most = LARGEST_SHARE * small.shape[0] * small.shape[1]
    fit = [k for k in range(len(areas) - 1) if enough <= areas[k] and areas[k + 1] <= most]
    if not fit:
        usable = [k for k, area in enumerate(areas) if area <= most]
        return regions[usable[-1] if usable else 0]
    growth = {k: (areas[k + 1] - areas[k]) / areas[k] for k in fit}
    steady = min(growth.values()) + 0.05
    return regions[max(k for k in fit if growth[k] <= steady)]


def _piece(mask: np.ndarray, at: tuple[int, int]) -> np.ndarray:
    """The connected piece that holds a point."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    return labels == labels[at[1], at[0]]


def _without_specks(mask: np.ndarray) -> np.ndarray:
    """Drop pieces smaller than a fiftieth of the largest."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if len(areas) < 2:
        return mask
    kept = np.flatnonzero(areas * 50 >= areas.max()) + 1
    return np.isin(labels, kept)


def _eroded(region: np.ndarray) -> np.ndarray:
    return cv2.erode(region.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0


def _dilated(region: np.ndarray, share: float) -> np.ndarray:
    """A region grown on all sides by a share of the picture's longer side."""
    reach = max(3, round(share * max(region.shape)))
    return cv2.dilate(region.astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))


def _scaled(view: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """A picture no larger than ``WORK_PX`` a side, and its scale in x and y."""
    height, width = view.shape[:2]
    factor = min(1.0, WORK_PX / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    if size == (width, height):
        return np.ascontiguousarray(view), (1.0, 1.0)
    small = cv2.resize(view, size, interpolation=cv2.INTER_AREA)
    return small, (size[0] / width, size[1] / height)


def _enlarged(mask: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if mask.shape == shape[:2]:
        return mask
    soft = mask.astype(np.float32)
    grown = cv2.resize(soft, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return grown >= 0.5


def _bounds(box: Box, width: int, height: int) -> Bounds:
    """The pixels a box covers, to the nearest edge between pixels."""
    return (
        round(box.x0 * width),
        round(box.y0 * height),
        round(box.x1 * width),
        round(box.y1 * height),
    )


def _widened(inner: Bounds, width: int, height: int) -> Bounds:
    dx = max(8, round(CONTEXT * (inner[2] - inner[0])))
    dy = max(8, round(CONTEXT * (inner[3] - inner[1])))
    return (
        max(0, inner[0] - dx),
        max(0, inner[1] - dy),
        min(width, inner[2] + dx),
        min(height, inner[3] + dy),
    )


def _within(
    inner: Bounds, outer: Bounds, scale: tuple[float, float], shape: tuple[int, ...]
) -> Bounds:
    """``inner`` in the scaled pixels of ``outer``."""
    x0 = round((inner[0] - outer[0]) * scale[0])
    y0 = round((inner[1] - outer[1]) * scale[1])
    x1 = max(x0 + 1, round((inner[2] - outer[0]) * scale[0]))
    y1 = max(y0 + 1, round((inner[3] - outer[1]) * scale[1]))
    return x0, y0, min(x1, shape[1]), min(y1, shape[0])
