"""The ``crop`` tool: a part of a picture, pixel for pixel."""

from __future__ import annotations

from fractions import Fraction as Ratio
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box
from maquette.tools.builtin.adjusting.pixels import Adjusted, Side, adjusted
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.spec import tool

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Anchor = Literal[
    "centre",
    "top",
    "bottom",
    "left",
    "right",
    "top left",
    "top right",
    "bottom left",
    "bottom right",
]
AspectRatio = Annotated[
    Text, Field(pattern=r"^(?:square|[1-9]\d{0,3}(?:\.\d{1,3})?:[1-9]\d{0,3}(?:\.\d{1,3})?)$")
]
"""``square``, or width to height such as ``16:9``."""

Size = tuple[int, int]


@tool("crop", version="1", cost_s=0.3, timeout_s=60.0)
async def crop(
    ctx: ToolContext,
    *,
    image: Image,
    ratio: AspectRatio | None = None,
    box: Box | None = None,
    width_px: Side | None = None,
    height_px: Side | None = None,
    anchor: Anchor = "centre",
) -> Adjusted:
    """Crop a picture: to a ratio ("16:9", "square"), to a box, or to a width and height in pixels.

    ``anchor`` says which part stays. To a ratio as much stays as can. No pixel is scaled.

    Raises: InvalidInput: none of the three is given, or more than one; the picture is smaller than
        the size. MediaRejected: the bytes are not a picture.
    """
    by_size = width_px is not None or height_px is not None
    if sum((ratio is not None, box is not None, by_size)) != 1:
        raise InvalidInput(
            "expected exactly one of ratio, box, or width_px and height_px",
            hint='Say how to crop it, e.g. ratio "16:9", or width_px 400 and height_px 300.',
        )
    if box is not None:
        return await adjusted(ctx, image, lambda picture: picture.crop(pixels(box, picture.size)))

    def cut(picture: Picture) -> Picture:
        if ratio is not None:
            size = largest(picture.size, ratio)
        else:
            size = width_px or picture.width, height_px or picture.height
        return picture.crop(anchored(picture.size, size, anchor))

    return await adjusted(ctx, image, cut)


def pixels(box: Box, size: Size) -> tuple[int, int, int, int]:
    """The box in whole pixels (left, top, right, bottom), at least one a side."""
    width, height = size
    left, top = min(width - 1, round(box.x0 * width)), min(height - 1, round(box.y0 * height))
    right, bottom = max(left + 1, round(box.x1 * width)), max(top + 1, round(box.y1 * height))
    return left, top, right, bottom


def largest(size: Size, ratio: str) -> Size:
    """The largest size of a ratio, in pixels, that a picture holds: one side is its own."""
    across, _, down = ("1:1" if ratio == "square" else ratio).partition(":")
    wanted, (width, height) = Ratio(across) / Ratio(down), size
    if Ratio(width, height) > wanted:
        return max(1, round(height * wanted)), height
    return width, max(1, round(width / wanted))


def anchored(size: Size, part: Size, anchor: Anchor) -> tuple[int, int, int, int]:
    """Where a part of a picture lies: left, top, right, bottom, in pixels.

    Raises: InvalidInput: the part is larger than the picture.
    """
    if part[0] > size[0] or part[1] > size[1]:
        raise InvalidInput(
            f"the picture is {size[0]} x {size[1]} px; {part[0]} x {part[1]} px cannot be cut "
            "out of it",
            hint='Use resize with fit "cover", which scales it up, or a smaller size.',
        )
    spare = size[0] - part[0], size[1] - part[1]
    left = 0 if "left" in anchor else spare[0] if "right" in anchor else spare[0] // 2
    top = 0 if "top" in anchor else spare[1] if "bottom" in anchor else spare[1] // 2
    return left, top, left + part[0], top + part[1]
