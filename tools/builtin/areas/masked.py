"""What the tools of an area share: picture and mask decoded, changed by a pure function, kept.

Notation: ``H W`` pixels; pixels are uint8 (H, W, C), C 3 (RGB) or 4 (RGBA); a cover is float32
(H, W), 1 inside the area, 0 outside, between at a soft edge.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

import numpy as np
from pydantic import Field

from maquette.infra.media.admit import decode_stored, encode_png
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import InvalidInput
from maquette.tools.builtin.adjusting.pixels import MAX_SIDE_PX, Adjusted
from maquette.tools.contract import Text, ToolContext

Thing = Annotated[Text, Field(max_length=200, description="what the mask is of, for messages")]
Paint = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From pixels and a cover to pixels of the same shape; neither is written to."""
Bounds = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom exclusive."""
INSIDE = 0.5
"""Least cover of a pixel that belongs to an area."""


async def painted(
    ctx: ToolContext, image: ArtifactRef, mask: ArtifactRef, paint: Paint, *, thing: str = ""
) -> Adjusted:
    """The picture after a change of the area that a mask covers, kept with its lineage.

    Args:
        thing: what the mask is of, in the person's words.
    Raises: InvalidInput: the mask is empty or of another size, or the picture is too large.
        MediaRejected: the bytes are no picture.
    """
    data = await ctx.store.get(image.sha256, owner=ctx.owner)
    inside = await ctx.store.get(mask.sha256, owner=ctx.owner)
    made, same = await asyncio.to_thread(_painted, data, inside, paint, thing)
    if same:
        ctx.warn("Nothing was changed: the picture is so already.")
    return Adjusted(image=await ctx.keep(made))


def _painted(data: bytes, inside: bytes, paint: Paint, thing: str) -> tuple[bytes, bool]:
    from PIL import Image as Pictures

    picture = decode_stored(data)
    before = np.asarray(picture)
    after = paint(before, cover_of(inside, picture.size, thing))
    return encode_png(Pictures.fromarray(after, picture.mode)), bool((after == before).all())


def cover_of(inside: bytes, size: tuple[int, int], thing: str = "") -> np.ndarray:
    """The cover that an encoded mask gives a picture.

    Args:
        size: width and height of the picture, in pixels.
    Raises: InvalidInput: the mask is empty or of another size, or the picture is too large.
    """

    if max(size) > MAX_SIDE_PX:
        raise InvalidInput(
            f"the picture is {size[0]} x {size[1]} px; at most {MAX_SIDE_PX} px a side are changed",
            hint="Make it smaller first, with resize.",
        )
    cover = decode_stored(inside).convert("L")
    if cover.size != size:
        raise InvalidInput(
            f"the mask is {cover.width} x {cover.height} px and the picture {size[0]} x {size[1]}; "
            "expected the same size",
            hint="Make the mask from this very picture.",
        )
    told = np.asarray(cover, np.float32) / 255
    if not (told >= INSIDE).any():
        raise not_found(thing)
    return told


def not_found(thing: str) -> InvalidInput:
    """What is said where an area is empty."""
    return InvalidInput(
        f"no {thing!r} was found in the picture"
        if thing
        else "the mask is empty: what was asked for was not found",
        hint="Name it as it looks there, e.g. by its colour, or mark it with a box (segment).",
    )


def bounds_of(area: np.ndarray) -> Bounds:
    """The tightest bounds round an area, bool (H, W), that is not empty."""
    columns, rows = np.flatnonzero(area.any(0)), np.flatnonzero(area.any(1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def widened(bounds: Bounds, by: int, size: tuple[int, int]) -> Bounds:
    """Bounds with a rim, cut off at the edges of a picture of that width and height."""
    x0, y0, x1, y1 = bounds
    return max(0, x0 - by), max(0, y0 - by), min(size[0], x1 + by), min(size[1], y1 + by)


def dilated(area: np.ndarray, by: int) -> np.ndarray:
    """An area, bool (H, W), grown by so many pixels on all sides, with round corners."""
    import cv2

    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1))
    return cv2.dilate(area.astype(np.uint8), kernel) > 0


def blended(below: np.ndarray, above: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """One picture over another by a cover; where it is 0 or 1, exactly one of the two.

    Colours of RGBA weigh by their opacity, so that none comes out of clear pixels.
    """
    share = cover[..., None].astype(np.float32)
    if below.shape[2] == 3:
        mixed = below + (above.astype(np.float32) - below) * share
    else:
        one, other = _weighed(below), _weighed(above)
        mixed = one + (other - one) * share
        clear = np.maximum(mixed[..., 3:], 1e-6)
        mixed = np.concatenate([mixed[..., :3] * 255 / clear, mixed[..., 3:]], axis=-1)
    made = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    made = np.where(share >= 1, above, made)
    return np.where(share <= 0, below, made)


def _weighed(pixels: np.ndarray) -> np.ndarray:
    told = pixels.astype(np.float32)
    told[..., :3] *= told[..., 3:] / 255
    return told
