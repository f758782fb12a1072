"""The ``enlarge`` tool: a larger copy of a picture, cleanly scaled in place."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field

from maquette.records.base import Record
from maquette.records.errors import InvalidInput
from maquette.tools.contract import Image, ToolContext
from maquette.tools.spec import tool

MAX_SIDE_PX = 4096
MAX_FACTOR = 64
"""Makes the largest side of a picture of 64 px; what is too much for one is told by its size."""


class Enlarged(Record):
    image: Image


@tool("enlarge", version="1", cost_s=0.3, timeout_s=60.0, light=True)
async def enlarge(
    ctx: ToolContext, *, image: Image, factor: Annotated[int, Field(ge=1, le=MAX_FACTOR)] = 3
) -> Enlarged:
    """Enlarge a picture by a whole factor, by Lanczos resampling.

    Raises: InvalidInput: the result would be larger than 4096 px a side. MediaRejected: the
        bytes are not a picture.
    """
    for side in (image.width_px, image.height_px):
        if side is not None and side * factor > MAX_SIDE_PX:
            raise InvalidInput(
                f"enlarging {image.width_px} x {image.height_px} px by {factor} passes "
                f"{MAX_SIDE_PX} px a side",
                hint=_hint(max(image.width_px or 1, image.height_px or 1)),
            )
    data = await ctx.store.get(image.sha256, owner=ctx.owner)
    return Enlarged(image=await ctx.keep(await asyncio.to_thread(_scaled, data, factor)))


def _scaled(data: bytes, factor: int) -> bytes:
    from PIL.Image import Resampling

    from maquette.infra.media.admit import decode_stored, encode_png

    source = decode_stored(data)
    size = (source.width * factor, source.height * factor)
    if max(size) > MAX_SIDE_PX:
        raise InvalidInput(
            f"enlarging {source.width} x {source.height} px by {factor} passes "
            f"{MAX_SIDE_PX} px a side",
            hint=_hint(max(source.size)),
        )
    return encode_png(source.resize(size, Resampling.LANCZOS) if factor > 1 else source)


def _hint(side_px: int) -> str:
    """The largest factor that a side takes, and what does it to the pixel."""
    largest = max(1, MAX_SIDE_PX // side_px)
    return f"Enlarge it by {largest} at most, or use resize, which takes a size in pixels."
