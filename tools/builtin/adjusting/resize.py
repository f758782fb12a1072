"""The ``resize`` tool: a picture at another size, in pixels."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from maquette.records.errors import InvalidInput
from maquette.tools.builtin.adjusting.pixels import (
    TRANSPARENT,
    Adjusted,
    Colour,
    Side,
    adjusted,
    check_size,
    ground_of,
)
from maquette.tools.contract import Image, ToolContext
from maquette.tools.spec import tool

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Fit = Literal["exact", "contain", "cover"]
Size = tuple[int, int]


@tool("resize", version="1", cost_s=0.4, timeout_s=60.0)
async def resize(
    ctx: ToolContext,
    *,
    image: Image,
    width_px: Side | None = None,
    height_px: Side | None = None,
    longer_px: Side | None = None,
    fit: Fit = "exact",
    fill: Colour | None = None,
) -> Adjusted:
    """Resize a picture to so many pixels: width and height, one of them, or its longer side.

    With one side the other follows. With both, ``exact`` stretches it, ``cover`` fills the size
    and cuts off what hangs over, and ``contain`` shows all of it within the size; ``fill`` is then
    the colour of what is left over ("transparent" for none), without it the rest is left away.

    Raises: InvalidInput: no size is given, or two that exclude each other. MediaRejected: the
        bytes are not a picture.
    """
    _check_asked(width_px, height_px, longer_px)
    _check_fill(fill, fit)
    change = partial(
        _resized, width_px=width_px, height_px=height_px, longer_px=longer_px, fit=fit, fill=fill
    )
    return await adjusted(ctx, image, change)


def _check_asked(width_px: int | None, height_px: int | None, longer_px: int | None) -> None:
    sides = width_px is not None or height_px is not None
    if sides == (longer_px is not None):
        given = "both longer_px and a width or height" if sides else "no size"
        raise InvalidInput(
            f"{given} was given; expected width_px, height_px or both, or longer_px alone",
            hint="Say the size in pixels, e.g. width_px 1024 and height_px 512.",
        )


def _check_fill(fill: str | None, fit: Fit) -> None:
    if fill is None:
        return
    ground_of(fill)
    if fit != "contain":
        raise InvalidInput(
            f"fill {fill!r} was given with fit {fit!r}, which leaves nothing to fill",
            hint='Use fit "contain", or leave fill out.',
        )


def _resized(
    picture: Picture,
    *,
    width_px: int | None,
    height_px: int | None,
    longer_px: int | None,
    fit: Fit,
    fill: str | None,
) -> Picture:
    from PIL import ImageOps
    from PIL.Image import Resampling

    if width_px is None or height_px is None or longer_px is not None:
        size = in_proportion(picture.size, width_px, height_px, longer_px)
        return picture.resize(
            check_size(*size, hint="Give the longer side, or a smaller size."), Resampling.LANCZOS
        )
    if fit == "exact":
        return picture.resize((width_px, height_px), Resampling.LANCZOS)
    if fit == "cover":
        return ImageOps.fit(picture, (width_px, height_px), Resampling.LANCZOS)
    whole = picture.resize(within(picture.size, (width_px, height_px)), Resampling.LANCZOS)
    return whole if fill is None else _padded(whole, (width_px, height_px), fill)


def in_proportion(
    size: Size, width_px: int | None, height_px: int | None, longer_px: int | None
) -> Size:
    """The size in pixels with one side as wanted and the other in proportion, at least 1."""
    width, height = size
    if longer_px is not None:
        width_px, height_px = (longer_px, None) if width >= height else (None, longer_px)
    if width_px is not None:
        return width_px, max(1, round(height * width_px / width))
    wanted = height if height_px is None else height_px
    return max(1, round(width * wanted / height)), wanted


def within(size: Size, limit: Size) -> Size:
    """The largest size of the same proportions that a limit holds, one side exactly as large."""
    width, height = size
    if width * limit[1] >= height * limit[0]:
        return limit[0], min(limit[1], max(1, round(height * limit[0] / width)))
    return min(limit[0], max(1, round(width * limit[1] / height))), limit[1]


def _padded(picture: Picture, size: Size, fill: str) -> Picture:
    from PIL import Image as Pictures

    sheet = Pictures.new("RGBA", size, ground_of(fill))
    place = (size[0] - picture.width) // 2, (size[1] - picture.height) // 2
    sheet.alpha_composite(picture.convert("RGBA"), place)
    opaque = picture.mode == "RGB" and fill != TRANSPARENT
    return sheet.convert("RGB") if opaque else sheet
