"""The ``move_area`` and ``scale_area`` tools: what a mask covers elsewhere, or of another size."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from maquette.records.errors import InvalidInput
from maquette.tools.builtin.adjusting.pixels import Adjusted
from maquette.tools.builtin.areas.filling import filled
from maquette.tools.builtin.areas.masked import INSIDE, Bounds, Thing, blended, bounds_of, painted
from maquette.tools.builtin.areas.remove import hole_of
from maquette.tools.contract import Image, Mask, ToolContext
from maquette.tools.spec import tool

Place = Literal[
    "left", "right", "top", "bottom", "centre",
    "top left", "top right", "bottom left", "bottom right",
]  # fmt: skip
QUARTER = 0.25
"""Where the middle of what is moved to a side comes to stand, as a share of the picture."""
ARRIVED = 0.05
"""Nearer to it than this, a thing is there, and goes further if it is asked again."""
FURTHER = 0.15
LEAST_GROWTH = 1.1
"""What is to be larger becomes so visibly, whatever its place; its rim may then be cut off."""
MARGIN = 0.02
"""Free rim of the picture that a moved thing keeps, where it fits."""


@tool("move_area", version="1", cost_s=1.5, timeout_s=120.0)
async def move_area(
    ctx: ToolContext,
    *,
    image: Image,
    mask: Mask,
    place: Place | None = None,
    by_x: Annotated[float, Field(ge=-1, le=1, description="share of the width")] = 0.0,
    by_y: Annotated[float, Field(ge=-1, le=1, description="share of the height")] = 0.0,
    thing: Thing = "",
) -> Adjusted:
    """Move what a mask covers to a side, a corner or the centre, or by a way; the hole is filled.

    ``place`` brings its middle to a quarter of the picture on that side, or further where it is
    there already. It is kept within the picture. ``thing`` is what the mask is of.

    Raises: InvalidInput: neither a place nor a way was given, the mask is empty or of another
        size, or the picture is too large. MediaRejected: the bytes are not a picture.
    """
    if place is None and not by_x and not by_y:
        raise InvalidInput(
            "neither a place nor a way was given; expected one of them",
            hint="Say where to, e.g. place right, or by_x 0.2.",
        )
    way = partial(moved, place=place, by=(by_x, by_y))
    return await painted(ctx, image, mask, way, thing=thing)


@tool("scale_area", version="1", cost_s=1.5, timeout_s=120.0)
async def scale_area(
    ctx: ToolContext,
    *,
    image: Image,
    mask: Mask,
    factor: Annotated[float, Field(ge=0.2, le=4)],
    thing: Thing = "",
) -> Adjusted:
    """Make what a mask covers larger or smaller by a factor of its sides; its foot stays in place.

    It grows no further than it fits into the picture, but by a tenth at least; that is said.
    ``thing`` is what the mask is of.

    Raises: InvalidInput: the mask is empty or of another size, or the picture is too large.
        MediaRejected: the bytes are not a picture.
    """
    used: list[float] = []

    def paint(pixels: np.ndarray, cover: np.ndarray) -> np.ndarray:
        used.append(fitting(cover, factor))
        return scaled(pixels, cover, factor=used[0])

    made = await painted(ctx, image, mask, paint, thing=thing)
    if used[0] < factor:
        named = f"The {thing}" if thing else "It"
        ctx.warn(
            f"{named} grew {used[0]:.2g} times, not {factor:g}: there is no room for more above or "
            "beside it."
        )
    return made


def moved(
    pixels: np.ndarray, cover: np.ndarray, *, place: Place | None, by: tuple[float, float]
) -> np.ndarray:
    """Pixels (H, W, C) with the area moved to a place, else by shares of width and height."""
    height, width = cover.shape
    bounds = bounds_of(cover >= INSIDE)
    dx, dy = _way(place, bounds, (width, height)) if place else (by[0] * width, by[1] * height)
    dx = _within(bounds[0], bounds[2], round(dx), width)
    dy = _within(bounds[1], bounds[3], round(dy), height)
    if not dx and not dy:
        return pixels.copy()
    ground = filled(pixels, hole_of(cover))
    x0, y0, x1, y1 = bounds_of(cover > 0)
    return _pasted(ground, pixels[y0:y1, x0:x1], cover[y0:y1, x0:x1], (x0 + dx, y0 + dy))


def fitting(cover: np.ndarray, factor: float) -> float:
    """The factor, or as much of it as leaves an area, grown round its foot, in the picture."""
    x0, _, x1, y1 = bounds = bounds_of(cover >= INSIDE)
    middle, across = (x0 + x1) / 2, x1 - x0
    room = min(2 * min(middle, cover.shape[1] - middle) / across, y1 / (bounds[3] - bounds[1]))
    return min(factor, max(LEAST_GROWTH, room))


def scaled(pixels: np.ndarray, cover: np.ndarray, *, factor: float) -> np.ndarray:
    """Pixels (H, W, C) with the area's sides so many times as long, round its foot."""
    import cv2

    x0, y0, x1, y1 = bounds_of(cover > 0)
    size = max(1, round((x1 - x0) * factor)), max(1, round((y1 - y0) * factor))
    if size == (x1 - x0, y1 - y0):
        return pixels.copy()
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    share = np.ascontiguousarray(cover[y0:y1, x0:x1])
    near = np.ascontiguousarray(_only(pixels[y0:y1, x0:x1], share))
    cv2.setNumThreads(1)
    thing = cv2.resize(near, size, interpolation=how)
    soft = np.clip(cv2.resize(share, size, interpolation=cv2.INTER_LINEAR), 0, 1)
    ground = filled(pixels, hole_of(cover))
    return _pasted(ground, thing, soft, (round((x0 + x1 - size[0]) / 2), y1 - size[1]))


def _only(near: np.ndarray, share: np.ndarray) -> np.ndarray:
    """A thing whose own colours go on beyond its edge, so that none of the ground's is mixed in."""
    import cv2

    inside = share >= INSIDE
    outside = (~inside).astype(np.uint8)
    _, nearest = cv2.distanceTransformWithLabels(
        outside, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    ys, xs = np.nonzero(inside)
    rows, columns = np.zeros(nearest.max() + 1, int), np.zeros(nearest.max() + 1, int)
    rows[nearest[ys, xs]], columns[nearest[ys, xs]] = ys, xs
    return near[rows[nearest], columns[nearest]]


def _pasted(
    ground: np.ndarray, thing: np.ndarray, cover: np.ndarray, at: tuple[int, int]
) -> np.ndarray:
    """A thing on a ground, its top left corner at a pixel; what is beyond the edge is cut off."""
    height, width = ground.shape[:2]
    x0, y0 = max(0, at[0]), max(0, at[1])
    x1, y1 = min(width, at[0] + cover.shape[1]), min(height, at[1] + cover.shape[0])
    if x0 >= x1 or y0 >= y1:
        return ground
    cut = np.s_[y0 - at[1] : y1 - at[1], x0 - at[0] : x1 - at[0]]
    made = ground.copy()
    made[y0:y1, x0:x1] = blended(ground[y0:y1, x0:x1], thing[cut], cover[cut])
    return made


def _way(place: Place, bounds: Bounds, size: tuple[int, int]) -> tuple[float, float]:
    """How far a thing goes to come to a place, in pixels."""
    x, y = (bounds[0] + bounds[2]) / 2 / size[0], (bounds[1] + bounds[3]) / 2 / size[1]
    if place == "centre":
        return (0.5 - x) * size[0], (0.5 - y) * size[1]
    words = place.split()
    across = -_side(x) if "left" in words else _side(1 - x) if "right" in words else 0.0
    down = -_side(y) if "top" in words else _side(1 - y) if "bottom" in words else 0.0
    return across * size[0], down * size[1]


def _side(off: float) -> float:
    """The way to a side that is ``off`` away, as a share of the picture."""
    return off - QUARTER if off - QUARTER >= ARRIVED else FURTHER


def _within(low: int, high: int, way: int, side: int) -> int:
    """A way that keeps what lies from ``low`` to ``high`` within a side, with a margin."""
    rim = round(MARGIN * side)
    return max(min(0, rim - low), min(way, max(0, side - rim - high)))
