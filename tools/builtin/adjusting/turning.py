"""The ``rotate`` and ``mirror`` tools: a picture turned round or over."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from maquette.tools.builtin.adjusting.pixels import (
    Adjusted,
    Colour,
    adjusted,
    check_size,
    ground_of,
)
from maquette.tools.contract import Image, ToolContext
from maquette.tools.spec import tool

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


@tool("rotate", version="1", cost_s=0.4, timeout_s=60.0)
async def rotate(
    ctx: ToolContext,
    *,
    image: Image,
    degrees: Annotated[float, Field(ge=-360, le=360, description="clockwise")],
    fill: Colour | None = None,
) -> Adjusted:
    """Rotate a picture by so many degrees, clockwise; a negative angle turns it to the left.

    Multiples of 90 lose nothing. At other angles the picture grows so that all of it is seen; the
    corners are ``fill``, a colour, or transparent without one.

    Raises: InvalidInput: the fill is no colour, or the result would be too large. MediaRejected:
        the bytes are not a picture.
    """
    ground = None if fill is None else ground_of(fill)
    return await adjusted(ctx, image, partial(_rotated, degrees=degrees, ground=ground))


@tool("mirror", version="1", cost_s=0.3, timeout_s=60.0)
async def mirror(
    ctx: ToolContext, *, image: Image, direction: Literal["horizontal", "vertical"] = "horizontal"
) -> Adjusted:
    """Mirror a picture: left and right change places (horizontal), or top and bottom (vertical).

    Raises: MediaRejected: the bytes are not a picture.
    """
    return await adjusted(ctx, image, partial(_mirrored, direction=direction))


def _rotated(
    picture: Picture, *, degrees: float, ground: tuple[int, int, int, int] | None
) -> Picture:
    from PIL import Image as Pictures
    from PIL.Image import Resampling, Transpose

    turns = {90.0: Transpose.ROTATE_270, 180.0: Transpose.ROTATE_180, 270.0: Transpose.ROTATE_90}
    angle = degrees % 360.0
    if angle == 0.0:
        return picture.copy()
    if angle in turns:
        return picture.transpose(turns[angle])
    turned = picture.convert("RGBA").rotate(-angle, Resampling.BICUBIC, expand=True)
    check_size(*turned.size, hint="Resize the picture first, or turn it by a multiple of 90.")
    if ground is None or not ground[3]:
        return turned
    if picture.mode == "RGB":
        behind = Pictures.new("RGBA", turned.size, ground)
        return Pictures.alpha_composite(behind, turned).convert("RGB")
    # What was transparent in the picture stays so: only the new corners are filled.
    whole = Pictures.new("L", picture.size, 255).rotate(-angle, Resampling.BICUBIC, expand=True)
    corners = Pictures.new("RGBA", turned.size, ground)
    corners.putalpha(whole.point(lambda value: 255 - value))
    return Pictures.alpha_composite(corners, turned)


def _mirrored(picture: Picture, *, direction: str) -> Picture:
    from PIL.Image import Transpose

    across = direction == "horizontal"
    return picture.transpose(Transpose.FLIP_LEFT_RIGHT if across else Transpose.FLIP_TOP_BOTTOM)
