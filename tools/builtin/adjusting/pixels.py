"""What the adjusting tools share: a stored picture decoded, changed by a pure function, kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.errors import InvalidInput
from maquette.tools.contract import Image, Text, ToolContext

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_SIDE_PX = 4096
"""Of what is made: as the largest sheet and the largest enlargement."""

Side = Annotated[int, Field(ge=1, le=MAX_SIDE_PX, description="in pixels")]
Colour = Annotated[Text, Field(min_length=3, max_length=40, description="a colour word or #rrggbb")]
TRANSPARENT = "transparent"

Change = Callable[["Picture"], "Picture"]
"""From pixels (RGB or RGBA) to pixels."""


class Adjusted(Record):
    """The picture after the change."""

    image: Image


async def adjusted(ctx: ToolContext, image: ArtifactRef, change: Change) -> Adjusted:
    """The picture after a change of its pixels, kept with its lineage.

    A change that changes nothing is said, so that nobody takes it for done.

    Raises: InvalidInput: what it becomes would be too large. MediaRejected: it is no picture.
        Whatever the change raises.
    """
    data = await ctx.store.get(image.sha256, owner=ctx.owner)
    made, same = await asyncio.to_thread(_changed, data, change)
    if same:
        ctx.warn("Nothing was changed: the picture is so already.")
    return Adjusted(image=await ctx.keep(made))


def _changed(data: bytes, change: Change) -> tuple[bytes, bool]:
    from maquette.infra.media.admit import decode_stored, encode_png

    before = decode_stored(data)
    after = change(before)
    same = after.mode == before.mode and after.size == before.size
    same = same and after.tobytes() == before.tobytes()
    return encode_png(after), same


def check_size(width_px: int, height_px: int, *, hint: str) -> tuple[int, int]:
    """The size itself. Raises: InvalidInput: it passes ``MAX_SIDE_PX`` on a side."""
    if max(width_px, height_px) > MAX_SIDE_PX:
        raise InvalidInput(
            f"the result would be {width_px} x {height_px} px; at most {MAX_SIDE_PX} px a side",
            hint=hint,
        )
    return width_px, height_px


def colour_of(word: str) -> tuple[int, int, int, int]:
    """A colour word or #rrggbb as opaque RGBA bytes. Raises: InvalidInput: it is no colour."""
    from maquette.tools.art.painting.shades import shade

    return (*shade(word), 255)


def ground_of(fill: str) -> tuple[int, int, int, int]:
    """As ``colour_of``; "transparent" is clear. Raises: InvalidInput: it is no colour."""
    return (0, 0, 0, 0) if fill == TRANSPARENT else colour_of(fill)
