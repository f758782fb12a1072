"""What lies behind a hole in a picture, guessed from what lies around it. Pure and deterministic.

Three ways, the first that fits: a ground whose colour is flat or changes smoothly is continued by
a surface of the second degree; a ground with a pattern by a piece of the picture whose surroundings
are most alike, its colours shifted to those round the hole; else Telea's inpainting.

Source: Telea, "An image inpainting technique based on the fast marching method" (2004), as in
OpenCV; the piece as in Efros and Freeman, "Image quilting" (2001), with one piece.

Notation: see ``masked``; ``R`` pixels of the rim round the hole.
"""

from __future__ import annotations

import numpy as np

from maquette.tools.builtin.areas.masked import Bounds, bounds_of, dilated, widened

SMOOTH = 4.0
"""Largest distance of the rim from a smooth surface (median, of 255) to be continued by it."""
ALIKE = 30.0
"""Largest root mean square distance (of 255) of a piece's surroundings from those of the hole."""
WORK_PX = 256
"""Longer side of the picture in which a piece is looked for."""
TELEA_PX = 5.0
"""Radius of Telea's inpainting."""
_TRIMS = 4
_MOST = 20_000
"""Pixels of the rim that are looked at."""


def reach(size: tuple[int, int]) -> int:
    """By how many pixels a hole is larger than the mask of a thing: a mask ends where the thing
    does, and its edge has colours of both."""
    return max(2, round(0.008 * max(size)))


def filled(pixels: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Pixels (H, W, C) with a hole, bool (H, W), filled; all others as they are.

    A hole without an outside stays as it is.
    """
    if hole.all() or not hole.any():
        return pixels.copy()
    height, width = hole.shape
    rim_px = max(6, round(0.03 * max(height, width)))
    x0, y0, x1, y1 = view = widened(bounds_of(hole), rim_px + 1, (width, height))
    near, gap = pixels[y0:y1, x0:x1], hole[y0:y1, x0:x1]
    rim = dilated(gap, rim_px) & ~gap
    inside = _surface(near, gap, rim)
    if inside is None:
        inside = _piece(pixels, hole, view, rim)
    if inside is None:
        inside = _telea(near, gap)
    made = pixels.copy()
    made[hole] = inside[gap]
    return made


def _surface(near: np.ndarray, gap: np.ndarray, rim: np.ndarray) -> np.ndarray | None:
    """The smooth surface that goes on from the rim; None: the rim is not smooth."""
    ys, xs = np.nonzero(rim)
    step = max(1, len(ys) // _MOST)
    ys, xs = ys[::step], xs[::step]
    values = near[ys, xs].astype(np.float64)  # (R, C)
    basis, scale = _basis(ys, xs, near.shape), np.full(len(ys), True)
    for _ in range(_TRIMS):  # other things that stand in the rim do not count
        weights = np.linalg.lstsq(basis[scale], values[scale], rcond=None)[0]
        off = np.abs(values - basis @ weights).max(1)
        scale = off <= max(1.5, 2.5 * float(np.median(off)))
    if float(np.median(off)) > SMOOTH or scale.mean() < 0.6:
        return None
    rows, columns = np.nonzero(gap)
    guessed = _basis(rows, columns, near.shape) @ weights
    low, high = values[scale].min(0) - SMOOTH, values[scale].max(0) + SMOOTH
    made = near.copy()
    made[rows, columns] = np.rint(np.clip(guessed, np.maximum(low, 0), np.minimum(high, 255)))
    return made


def _basis(ys: np.ndarray, xs: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """1, x, y, x², xy, y² of pixels, x and y from -1 to 1."""
    y, x = 2 * ys / max(1, shape[0] - 1) - 1, 2 * xs / max(1, shape[1] - 1) - 1
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)


def _piece(
    pixels: np.ndarray, hole: np.ndarray, view: Bounds, rim: np.ndarray
) -> np.ndarray | None:
    """A piece of the picture, of the view's size, that goes on as the rim does; None: none does."""
    shift = _best_shift(pixels, hole, view, rim)
    if shift is None:
        return None
    x0, y0, x1, y1 = view
    dx, dy = shift
    piece = pixels[y0 + dy : y1 + dy, x0 + dx : x1 + dx].astype(np.float32)
    known = rim & ~hole[y0 + dy : y1 + dy, x0 + dx : x1 + dx]
    lacking = _spread(pixels[y0:y1, x0:x1].astype(np.float32) - piece, known)
    return np.clip(np.rint(piece + lacking), 0, 255).astype(np.uint8)


def _best_shift(
    pixels: np.ndarray, hole: np.ndarray, view: Bounds, rim: np.ndarray
) -> tuple[int, int] | None:
    """By how many pixels the likest piece lies away, or None where no piece is alike."""
    import cv2

    height, width = hole.shape
    factor = min(1.0, WORK_PX / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = cv2.resize(pixels[..., :3], size, interpolation=cv2.INTER_AREA).astype(np.float32)
    blocked = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
    x0, y0, x1, y1 = (int(edge * factor) for edge in view)
    x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
    wide, high = x1 - x0, y1 - y0
    told = cv2.resize(rim.astype(np.float32), (wide, high), interpolation=cv2.INTER_AREA) > 0.5
    told &= ~blocked[y0:y1, x0:x1]
    gap = blocked[y0:y1, x0:x1]
    if not told.any() or (wide >= size[0] and high >= size[1]):
        return None
    cv2.setNumThreads(1)
    cost = cv2.matchTemplate(
        small, small[y0:y1, x0:x1], cv2.TM_SQDIFF, mask=told.astype(np.float32)
    ) / (3 * told.sum())
    # A piece may not bring the hole along where the hole is.
    brings = cv2.matchTemplate(blocked.astype(np.float32), gap.astype(np.float32), cv2.TM_CCORR)
    cost = np.where(brings > 0.5, np.inf, np.maximum(cost, 0))
    best = int(np.argmin(np.round(cost, 2)))  # ties go to the first, whatever the last digit is
    y, x = divmod(best, cost.shape[1])
    if not cost[y, x] <= ALIKE**2:
        return None
    dx, dy = round((x - x0) / factor), round((y - y0) / factor)
    dx = max(-view[0], min(dx, width - view[2]))
    dy = max(-view[1], min(dy, height - view[3]))
    ours = hole[view[1] : view[3], view[0] : view[2]]
    theirs = hole[view[1] + dy : view[3] + dy, view[0] + dx : view[2] + dx]
    return None if (ours & theirs).any() else (dx, dy)


def _spread(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Values (H, W, C) told where they are known, and spread smoothly to where they are not."""
    import cv2

    weight = known.astype(np.float32)
    total, held = np.zeros_like(values), np.zeros_like(weight)
    sigma = 2.0
    while sigma < max(known.shape):
        shares = cv2.GaussianBlur(weight, (0, 0), sigma)
        sums = cv2.GaussianBlur(values * weight[..., None], (0, 0), sigma)
        fresh = (held < 1e-3) & (shares > 1e-3)
        total[fresh] = sums[fresh] / shares[fresh][:, None]
        held[fresh] = 1
        sigma *= 2
    return cv2.GaussianBlur(total, (0, 0), 3.0)


def _telea(near: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """The view with the hole filled from its edge inwards, alpha by itself."""
    import cv2

    told = gap.astype(np.uint8)
    colours = cv2.inpaint(np.ascontiguousarray(near[..., :3]), told, TELEA_PX, cv2.INPAINT_TELEA)
    if near.shape[2] == 3:
        return colours
    alpha = cv2.inpaint(np.ascontiguousarray(near[..., 3]), told, TELEA_PX, cv2.INPAINT_TELEA)
    return np.dstack([colours, alpha])
