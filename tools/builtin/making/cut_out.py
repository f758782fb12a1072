"""The ``cut_out`` tool: what a mask covers, alone on a transparent ground."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field

from maquette.records.base import Record
from maquette.records.errors import InvalidInput
from maquette.tools.contract import Image, Mask, ToolContext
from maquette.tools.spec import tool


class CutOut(Record):
    image: Image


@tool("cut_out", version="1", cost_s=0.3, timeout_s=60.0, light=True)
async def cut_out(
    ctx: ToolContext,
    *,
    image: Image,
    mask: Mask,
    trim: bool = True,
    margin: Annotated[float, Field(ge=0, le=0.5)] = 0.02,
) -> CutOut:
    """Cut what a mask covers out of a picture, as a PNG with a transparent background.

    ``trim`` cuts away the empty rim, but for ``margin`` (a share of the longer side).

    Raises: InvalidInput: the mask is empty or of another size than the picture. MediaRejected:
        the bytes are not a picture.
    """
    data = await ctx.store.get(image.sha256, owner=ctx.owner)
    inside = await ctx.store.get(mask.sha256, owner=ctx.owner)
    cut = await asyncio.to_thread(cut_by_mask, data, inside, margin if trim else None)
    return CutOut(image=await ctx.keep(cut))


def cut_by_mask(data: bytes, inside: bytes, margin: float | None) -> bytes:
    """What an encoded mask covers of an encoded picture, as PNG on transparency.

    Args:
        margin: how much is left round it, of its longer side; None: nothing is cut away.
    Raises: InvalidInput: the mask is empty or of another size.
    """
    from PIL import ImageChops

    from maquette.infra.media.admit import decode_stored, encode_png

    picture = decode_stored(data).convert("RGBA")
    cover = decode_stored(inside).convert("L")
    if cover.size != picture.size:
        raise InvalidInput(
            f"the mask is {cover.width} x {cover.height} pixels and the picture "
            f"{picture.width} x {picture.height}; expected the same size",
            hint="Make the mask from this very picture.",
        )
    box = cover.point(lambda value: 255 if value >= 128 else 0).getbbox()
    if box is None:
        raise InvalidInput(
            "the mask is empty, so there is nothing to cut out: what was asked for was not found",
            hint="Name it otherwise, or point at it with a box.",
        )
    picture.putalpha(ImageChops.multiply(picture.getchannel("A"), cover))
    if margin is not None:
        rim = round(margin * max(box[2] - box[0], box[3] - box[1]))
        picture = picture.crop(
            (
                max(0, box[0] - rim),
                max(0, box[1] - rim),
                min(picture.width, box[2] + rim),
                min(picture.height, box[3] + rim),
            )
        )
    return encode_png(picture)
