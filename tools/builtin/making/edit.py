"""The ``edit`` and ``inpaint`` tools: a picture changed by words, or inside a mask."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.schemas.generation import Row
from maquette.records.artifact import ArtifactRef
from maquette.records.geometry import LayoutItem
from maquette.tools.builtin.making.draw import Drawing, Guidance, Steps
from maquette.tools.contract import Image, Mask, Text, ToolContext
from maquette.tools.drawing.session import drawn, row_id
from maquette.tools.spec import tool


@tool("edit", version="2", cost_s=4.0, timeout_s=900.0, roles=(RoleName.GENERATION,), seeded=True)
async def edit(
    ctx: ToolContext,
    *,
    image: Image,
    instruction: Annotated[Text, Field(min_length=1, max_length=4_000)],
    steps: Steps | None = None,
    guidance: Guidance | None = None,
    image_guidance: Annotated[float, Field(ge=0, le=10)] | None = None,
) -> Drawing:
    """Change a picture as the instruction says, such as "make the red circle blue".

    One change an instruction: "make the <thing> <colour or pattern>", "replace the <thing> with
    <a thing>", "remove the <thing>", "add <a thing>", "move the <thing> to the left", "make the
    background <colour>". The result has the size of the picture. ``image_guidance`` above 1
    holds it nearer to the picture.

    Raises: CapabilityMissing: the model cannot edit. ModelFailed: it could not finish.
        MediaRejected: the bytes are not a picture.
    """
    row = Row(
        row_id=row_id(ctx, "edit"),
        prompt=instruction,
        seed=ctx.seed & 0x7FFFFFFF,
        steps=steps,
        guidance=guidance,
        source=image,
        source_guidance=image_guidance,
    )
    return Drawing(image=await _sized(ctx, await drawn(ctx, row), image))


@tool(
    "inpaint", version="3", cost_s=4.0, timeout_s=900.0, roles=(RoleName.GENERATION,), seeded=True
)
async def inpaint(
    ctx: ToolContext,
    *,
    image: Image,
    mask: Mask,
    prompt: Annotated[Text, Field(max_length=4_000)],
    layout: Annotated[tuple[LayoutItem, ...], Field(max_length=16)] = (),
    steps: Steps | None = None,
    guidance: Guidance | None = None,
) -> Drawing:
    """Draw anew where the mask is white; every other pixel stays exactly as it is.

    ``prompt`` says what the white part shall show; ``mask`` comes from the segment tool.

    Raises: CapabilityMissing: the model cannot inpaint. ModelFailed: it could not finish.
    """
    row = Row(
        row_id=row_id(ctx, "inpaint"),
        prompt=prompt,
        layout=layout,
        seed=ctx.seed & 0x7FFFFFFF,
        steps=steps,
        guidance=guidance,
        source=image,
        mask=mask,
    )
    return Drawing(image=await drawn(ctx, row))


async def _sized(ctx: ToolContext, made: ArtifactRef, like: ArtifactRef) -> ArtifactRef:
    """The made picture in the size of the one it was made from."""
    if like.width_px is None or like.height_px is None:
        return made
    size = (like.width_px, like.height_px)
    if size == (made.width_px, made.height_px):
        return made
    data = await ctx.store.get(made.sha256, owner=ctx.owner)
    scaled = await asyncio.to_thread(_scaled, data, size)
    digest = await ctx.models.digest(RoleName.GENERATION)
    return await ctx.keep(scaled, model_digest=digest)


def _scaled(data: bytes, size: tuple[int, int]) -> bytes:
    from PIL.Image import Resampling

    from maquette.infra.media.admit import decode_stored, encode_png

    made = decode_stored(data)
    return encode_png(made.resize(size, Resampling.LANCZOS))
