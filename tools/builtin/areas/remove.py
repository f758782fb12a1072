"""The ``remove_area`` and ``blur_area`` tools: what a mask covers taken away, or unreadable."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from maquette.tools.builtin.adjusting.pixels import Adjusted
from maquette.tools.builtin.areas.filling import filled, reach
from maquette.tools.builtin.areas.masked import (
    INSIDE,
    Thing,
    blended,
    bounds_of,
    dilated,
    painted,
    widened,
)
from maquette.tools.contract import Image, Mask, ToolContext
from maquette.tools.spec import tool

BLUR = 0.25
"""Standard deviation of the strongest blur, as a share of the area's longer side."""


@tool("remove_area", version="1", cost_s=1.5, timeout_s=120.0)
async def remove_area(ctx: ToolContext, *, image: Image, mask: Mask, thing: Thing = "") -> Adjusted:
    """Take away what a mask covers, and fill the hole by what lies around it.

    A flat or smooth ground is continued, a pattern by a piece of the picture that fits; no model
    is asked. Pixels further than the hole's narrow rim stay. ``thing`` is what the mask is of.

    Raises: InvalidInput: the mask is empty, of another size, or covers all; the picture is too
        large. MediaRejected: the bytes are not a picture.
    """
    return await painted(ctx, image, mask, removed, thing=thing)


@tool("blur_area", version="1", cost_s=0.5, timeout_s=60.0)
async def blur_area(
    ctx: ToolContext,
    *,
    image: Image,
    mask: Mask,
    amount: Annotated[float, Field(gt=0, le=1, description="1 is the most")] = 0.5,
    thing: Thing = "",
) -> Adjusted:
    """Blur what a mask covers, with its own colours only; no pixel outside the mask changes.

    Raises: InvalidInput: the mask is empty or of another size, or the picture is too large.
        MediaRejected: the bytes are not a picture.
    """
    return await painted(ctx, image, mask, partial(blurred, amount=amount), thing=thing)


def removed(pixels: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """Pixels (H, W, C) without what a cover covers."""
    return filled(pixels, hole_of(cover))


def hole_of(cover: np.ndarray) -> np.ndarray:
    """What is filled where an area goes, bool (H, W): the area and a narrow rim."""
    return dilated(cover > 0, reach((cover.shape[1], cover.shape[0])))


def blurred(pixels: np.ndarray, cover: np.ndarray, *, amount: float) -> np.ndarray:
    """Pixels (H, W, C) with the area blurred; colours from outside of it do not run in."""
    import cv2

    bounds = bounds_of(cover > INSIDE)
    sigma = max(1.0, amount * BLUR * max(bounds[2] - bounds[0], bounds[3] - bounds[1]))
    x0, y0, x1, y1 = widened(bounds, 2, (cover.shape[1], cover.shape[0]))
    near, share = pixels[y0:y1, x0:x1], cover[y0:y1, x0:x1]
    weight = share * (near[..., 3] / np.float32(255) if near.shape[2] == 4 else 1)
    sums = cv2.GaussianBlur(near[..., :3] * weight[..., None], (0, 0), sigma)
    total = np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-6)
    soft = near.copy()
    soft[..., :3] = np.clip(np.rint(sums / total[..., None]), 0, 255)
    made = pixels.copy()
    made[y0:y1, x0:x1] = blended(near, soft, share)
    return made
