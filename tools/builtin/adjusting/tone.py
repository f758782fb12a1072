"""The ``tone`` and ``grayscale`` tools: light, colour and sharpness of a whole picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from maquette.tools.builtin.adjusting.pixels import Adjusted, adjusted
from maquette.tools.contract import Image, ToolContext
from maquette.tools.spec import tool

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Effect = Literal[
    "brighter",
    "darker",
    "more contrast",
    "less contrast",
    "more colour",
    "less colour",
    "blur",
    "sharpen",
]

BLUR = 0.03
"""Standard deviation of the strongest blur, as a share of the picture's longer side."""
EDGE = 0.002
"""The same of the halo that sharpening lifts."""
SHARPEST = 300
"""Per cent by which the strongest sharpening lifts edges."""


@tool("tone", version="1", cost_s=0.5, timeout_s=60.0)
async def tone(
    ctx: ToolContext,
    *,
    image: Image,
    effect: Effect,
    amount: Annotated[float, Field(gt=0, le=1, description="1 is the most")] = 0.3,
) -> Adjusted:
    """Make a picture brighter, darker, of more or less contrast or colour, blurred or sharper.

    ``amount`` is 0 to 1: light, contrast and colour change by that share of what they are; 1 is
    the strongest blur or sharpening.

    Raises: MediaRejected: the bytes are not a picture.
    """
    return await adjusted(ctx, image, partial(_toned, effect=effect, amount=amount))


@tool("grayscale", version="1", cost_s=0.3, timeout_s=60.0)
async def grayscale(ctx: ToolContext, *, image: Image) -> Adjusted:
    """Turn a picture black and white: shades of gray by the luma of ITU-R BT.601, no colour.

    Raises: MediaRejected: the bytes are not a picture.
    """
    return await adjusted(ctx, image, _gray)


def _toned(picture: Picture, *, effect: Effect, amount: float) -> Picture:
    from PIL import ImageEnhance

    less = effect in ("darker", "less contrast", "less colour")
    factor = 1 - amount if less else 1 + amount
    match effect:
        case "brighter" | "darker":
            return ImageEnhance.Brightness(picture).enhance(factor)
        case "more contrast" | "less contrast":
            return ImageEnhance.Contrast(picture).enhance(factor)
        case "more colour" | "less colour":
            return ImageEnhance.Color(picture).enhance(factor)
    return _filtered(picture, effect, amount)


def _filtered(picture: Picture, effect: Effect, amount: float) -> Picture:
    """Blurred or sharpened. Colours weigh by their opacity, so none comes out of clear pixels."""
    from PIL import ImageFilter

    side = max(picture.size)
    filtering: ImageFilter.Filter = ImageFilter.GaussianBlur(amount * BLUR * side)
    if effect == "sharpen":
        filtering = ImageFilter.UnsharpMask(max(1.0, EDGE * side), round(amount * SHARPEST), 0)
    if picture.mode != "RGBA":
        return picture.filter(filtering)
    return picture.convert("RGBa").filter(filtering).convert("RGBA")


def _gray(picture: Picture) -> Picture:
    from PIL import Image as Pictures

    gray = picture.convert("L")
    if picture.mode != "RGBA":
        return Pictures.merge("RGB", (gray, gray, gray))
    return Pictures.merge("RGBA", (gray, gray, gray, picture.getchannel("A")))
