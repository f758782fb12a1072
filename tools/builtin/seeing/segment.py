"""The ``segment`` tool: which pixels of a picture a phrase, a box or a point means."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import SegmentationClient
from maquette.model_servers.schemas.segmentation import FoundMask, Point, SegmentReply
from maquette.records.base import Record
from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box
from maquette.tools.contract import Image, Mask, Text, ToolContext
from maquette.tools.spec import tool

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


Phrase = Annotated[str, Field(min_length=1, max_length=200)]


class Segments(Record):
    """The masks, their union, where they are in words, and a picture of them for people."""

    mask: Mask
    text: Text
    masks: tuple[FoundMask, ...]
    overlay: Image | None = None
    warning: str = ""


@tool("segment", version="1", cost_s=0.8, timeout_s=120.0, roles=(RoleName.SEGMENTATION,))
async def segment(
    ctx: ToolContext,
    *,
    image: Image,
    phrases: Annotated[tuple[Phrase, ...], Field(max_length=16)] = (),
    boxes: Annotated[tuple[Box, ...], Field(max_length=16)] = (),
    points: Annotated[tuple[Point, ...], Field(max_length=16)] = (),
    overlay: bool = False,
) -> Segments:
    """Find what a phrase, a box or a point means in a picture: a mask, and where it is.

    ``mask`` is the union of all that was found; ``overlay`` asks for a picture of it.

    Raises: InvalidInput: nothing was asked for, or a box is too thin. ConfigError: a phrase was
        asked for and no model can find it. MediaRejected: the bytes are not a picture.
    """
    if not phrases and not boxes and not points:
        raise InvalidInput(
            "neither a phrase nor a box nor a point was given; expected at least one",
            hint='Say what to find, e.g. phrases ["red circle"].',
        )
    client = SegmentationClient(ctx.models)
    replies: list[SegmentReply] = []
    if phrases:
        replies.append(
            await client.segment_phrase(image, phrases, owner=ctx.owner, origin=ctx.origin)
        )
    if boxes or points:
        replies.append(
            await client.segment_box(
                image, owner=ctx.owner, origin=ctx.origin, boxes=boxes, points=points
            )
        )
    for reply in replies:
        ctx.spent(reply.forward_s)
    masks = tuple(mask for reply in replies for mask in reply.masks)
    warning = _warning(replies)
    encoded = [await ctx.store.get(mask.mask.sha256, owner=ctx.owner) for mask in masks]
    whole = masks[0].mask
    if len(masks) > 1:
        whole = await ctx.keep(await asyncio.to_thread(_union, encoded))
    shown = None
    if overlay:
        data = await ctx.store.get(image.sha256, owner=ctx.owner)
        shown = await ctx.keep(await asyncio.to_thread(_overlay, data, encoded))
    lines = [*(_sentence(mask) for mask in masks), *([warning] if warning else [])]
    return Segments(mask=whole, text="\n".join(lines), masks=masks, overlay=shown, warning=warning)


def _sentence(mask: FoundMask) -> str:
    """Where one mask is, in words."""
    if mask.box is None:
        told = f"{mask.prompt}: not found"
    else:
        x, y = mask.box.centre
        across = "left" if x < 1 / 3 else "right" if x > 2 / 3 else "centre"
        down = "top" if y < 1 / 3 else "bottom" if y > 2 / 3 else "middle"
        place = "in the centre" if (down, across) == ("middle", "centre") else f"{down} {across}"
        corners = (
            f"({mask.box.x0:.2f}, {mask.box.y0:.2f}) to ({mask.box.x1:.2f}, {mask.box.y1:.2f})"
        )
        told = f"{mask.prompt}: {place}, {corners}, {mask.area:.1%} of the picture"
    if mask.unknown_words:
        words = ", ".join(repr(word) for word in mask.unknown_words)
        told += f" (the model does not know {words})"
    return told


def _warning(replies: list[SegmentReply]) -> str:
    """What the domain guard says against trusting the masks."""
    return " ".join(r.verdict.reason for r in replies if r.verdict.in_world is False)


def _union(encoded: list[bytes]) -> bytes:
    from PIL import ImageChops

    from maquette.infra.media.admit import encode_png

    whole = _mask(encoded[0])
    for data in encoded[1:]:
        whole = ImageChops.lighter(whole, _mask(data))
    return encode_png(whole)


def _overlay(data: bytes, encoded: list[bytes]) -> bytes:
    from maquette.infra.media.admit import decode_stored, encode_png
    from maquette.tools.drawing.overlay import overlay

    picture = decode_stored(data)
    return encode_png(overlay(picture, [_mask(mask) for mask in encoded]))


def _mask(data: bytes) -> Picture:
    from maquette.infra.media.admit import decode_stored

    return decode_stored(data).convert("L")
