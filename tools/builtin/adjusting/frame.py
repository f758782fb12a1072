"""The ``frame`` tool: a border of one colour round a picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from maquette.tools.builtin.adjusting.pixels import (
    Adjusted,
    Colour,
    adjusted,
    check_size,
    colour_of,
)
from maquette.tools.contract import Image, ToolContext
from maquette.tools.spec import tool

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

SHARE = 0.05
"""Width of a frame that nobody gave a width, of the picture's shorter side."""


@tool("frame", version="1", cost_s=0.3, timeout_s=60.0)
async def frame(
    ctx: ToolContext,
    *,
    image: Image,
    colour: Colour = "black",
    width_px: Annotated[int, Field(ge=1, le=1000, description="breadth of each side")]
    | None = None,
) -> Adjusted:
    """Put a frame (border) of a colour round a picture; the picture itself stays whole inside it.

    ``width_px`` is how broad it is on each side; without it a twentieth of the shorter side.

    Raises: InvalidInput: it is no colour, or the result would be too large. MediaRejected: the
        bytes are not a picture.
    """
    colour_of(colour)
    return await adjusted(ctx, image, partial(_framed, colour=colour, width_px=width_px))


def _framed(picture: Picture, *, colour: str, width_px: int | None) -> Picture:
    from PIL import Image as Pictures

    broad = width_px or max(1, round(SHARE * min(picture.size)))
    size = picture.width + 2 * broad, picture.height + 2 * broad
    check_size(*size, hint="Make the frame narrower, or the picture smaller.")
    paint = colour_of(colour)
    made = Pictures.new(picture.mode, size, paint if picture.mode == "RGBA" else paint[:3])
    made.paste(picture, (broad, broad))
    return made
