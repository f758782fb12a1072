"""The ``remove_background`` tool: the things of a picture, without what lies behind them."""

from __future__ import annotations

import asyncio
from typing import Annotated

import numpy as np
from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import SegmentationClient
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import CapabilityMissing, InvalidInput
from maquette.records.geometry import Box
from maquette.tools.art.provenance import scene_of
from maquette.tools.art.scene import Scene
from maquette.tools.builtin.adjusting.pixels import TRANSPARENT, Adjusted, Colour, ground_of
from maquette.tools.builtin.making.cut_out import cut_by_mask
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.drawing.things_seen import look
from maquette.tools.spec import tool
from maquette.words.lexicon import singular

MARGIN = 0.02
"""Left round what is trimmed, of its longer side."""
WITHIN = Box(x0=0.015, y0=0.015, x1=0.985, y1=0.985)
"""Where the models see no thing: what touches the rim is background, if colours tell."""
CLEARLY = 0.8
"""Least difference of the colours on both sides of the edge found so, 0 to 1. Of 39 drawn things on
five kinds of ground, those above it were cut to 0.91 of their shape or more (intersection over
union), those below 0.3 to 0.22 or less."""
_POINT_AT_IT = "Cut out what shall stay by a box: segment with boxes, then cut_out."


@tool(
    "remove_background",
    version="1",
    cost_s=2.0,
    timeout_s=120.0,
    roles=(RoleName.SEGMENTATION, RoleName.UNDERSTANDING, RoleName.GENERATION),
)
async def remove_background(
    ctx: ToolContext,
    *,
    image: Image,
    keep: Annotated[Text, Field(min_length=1, max_length=200)] | None = None,
    fill: Colour = TRANSPARENT,
    trim: bool = False,
) -> Adjusted:
    """Remove the background of a picture: its things stay, the rest is transparent or one colour.

    ``keep`` names what stays ("the cat"); without it every thing that is found does. ``trim`` cuts
    the empty rim away. A picture that was composed here is taken apart by its document, exactly.

    Raises: CapabilityMissing: the models cannot tell things and background of this picture apart.
        InvalidInput: what shall stay is not there, or the fill is no colour. ConfigError: no model
        is there that finds a phrase.
    """
    ground = ground_of(fill)
    scene = await scene_of(ctx.store, image.sha256, owner=ctx.owner)
    if scene is not None:
        alone = await asyncio.to_thread(_things, scene, _chosen(scene, keep))
        inside = await asyncio.to_thread(_opaque, alone)
        if scene.words:
            ctx.warn("The words of the picture were removed together with its background.")
    else:
        alone = await ctx.store.get(image.sha256, owner=ctx.owner)
        inside = await (_found(ctx, image) if keep is None else _kept(ctx, image, keep))
    cut = await asyncio.to_thread(cut_by_mask, alone, inside, MARGIN if trim else None)
    if ground[3]:
        cut = await asyncio.to_thread(_grounded, cut, ground)
    return Adjusted(image=await ctx.keep(cut))


def _chosen(scene: Scene, keep: str | None) -> list[int]:
    """Which things of a composed picture stay. Raises: InvalidInput: none, or none of that name."""
    from maquette.tools.art.edits import named_things

    if keep is not None:
        return named_things(scene, _bare(keep))
    if not scene.things:
        raise InvalidInput(
            "this picture was composed without things, so nothing would be left of it",
            hint="Its words stay on a plain background: change the background instead.",
        )
    return list(range(len(scene.things)))


def _bare(phrase: str) -> str:
    """A noun phrase in the singular, without its article: as things of a scene are called."""
    words = phrase.lower().split()
    if len(words) > 1 and words[0] in ("a", "an", "the", "all"):
        words = words[1:]
    return " ".join([*words[:-1], singular(words[-1])]) if words else phrase


def _things(scene: Scene, chosen: list[int]) -> bytes:
    """Some things of a scene at their places, on transparency, without shadows."""
    from PIL import Image as Pictures

    from maquette.infra.media.admit import encode_png
    from maquette.infra.vector.raster import rasterise
    from maquette.tools.art.painting.svg import painting_order, thing_svg

    size = scene.width_px, scene.height_px
    whole = Pictures.new("RGBA", size)
    for index in painting_order(scene):
        if index in chosen:
            whole.alpha_composite(rasterise(thing_svg(scene, index), *size))
    return encode_png(whole)


def _opaque(encoded: bytes) -> bytes:
    """A mask of the size of an encoded picture that covers all that is not clear."""
    from maquette.infra.media.admit import decode_stored, encode_png

    alpha = decode_stored(encoded).convert("RGBA").getchannel("A")
    return encode_png(alpha.point(lambda value: 255 if value else 0))


async def _kept(ctx: ToolContext, image: ArtifactRef, keep: str) -> bytes:
    """The encoded mask of one phrase."""
    client = SegmentationClient(ctx.models)
    reply = await client.segment_phrase(image, (keep,), owner=ctx.owner, origin=ctx.origin)
    ctx.spent(reply.forward_s)
    (found,) = reply.masks
    if reply.verdict.in_world is False:
        raise _untold(reply.verdict.reason)
    if found.unknown_words:
        raise _untold(f"the model does not know {', '.join(map(repr, found.unknown_words))}")
    if found.box is None:
        raise InvalidInput(
            f"{keep!r} was not found in the picture, so nothing would be left of it",
            hint=f"Name it otherwise, or leave it out to keep all things. {_POINT_AT_IT}",
        )
    return await ctx.store.get(found.mask.sha256, owner=ctx.owner)


async def _found(ctx: ToolContext, image: ArtifactRef) -> bytes:
    """The encoded mask of every thing; where the models see none, of what its colours tell."""
    warned = len(ctx.warnings)
    seen = await look(ctx, image, ())
    if len(ctx.warnings) > warned:  # outside the model's world: what it found is not trusted
        doubt = ctx.warnings.pop()
        return await _by_colours(ctx, image, doubt)
    masks = seen.masks("")
    if not masks:
        return await _by_colours(ctx, image, f"no thing was found in it, told as {seen.told!r}")
    return await asyncio.to_thread(_union, masks)


async def _by_colours(ctx: ToolContext, image: ArtifactRef, doubt: str) -> bytes:
    client = SegmentationClient(ctx.models)
    reply = await client.segment_box(image, owner=ctx.owner, boxes=(WITHIN,), origin=ctx.origin)
    ctx.spent(reply.forward_s)
    (found,) = reply.masks
    if found.box is None or found.score < CLEARLY:
        raise _untold(f"{doubt}, and its colours do not tell them apart either")
    ctx.warn(f"The background was told by its colours alone: {doubt}. Look at the edges.")
    return await ctx.store.get(found.mask.sha256, owner=ctx.owner)


def _untold(why: str) -> CapabilityMissing:
    return CapabilityMissing(
        f"things and background of this picture cannot be told apart: {why}", hint=_POINT_AT_IT
    )


def _union(masks: tuple[np.ndarray, ...]) -> bytes:
    from PIL import Image as Pictures

    from maquette.infra.media.admit import encode_png

    return encode_png(Pictures.fromarray(np.logical_or.reduce(masks).astype(np.uint8) * 255))


def _grounded(encoded: bytes, ground: tuple[int, int, int, int]) -> bytes:
    from PIL import Image as Pictures

    from maquette.infra.media.admit import decode_stored, encode_png

    cut = decode_stored(encoded).convert("RGBA")
    behind = Pictures.new("RGBA", cut.size, ground)
    return encode_png(Pictures.alpha_composite(behind, cut).convert("RGB"))
