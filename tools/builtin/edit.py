"""The ``edit`` and ``inpaint`` tools: a picture changed by words, or inside a mask."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.model_servers.contract import RoleName
from maquette.model_servers.schemas.generation import Row
from maquette.records.geometry import LayoutItem
from maquette.tools.builtin.draw import Drawing, drawn
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.spec import tool


@tool("edit", version="1", cost_s=3.0, timeout_s=900.0, roles=(RoleName.GENERATION,), seeded=True)
async def edit(
    ctx: ToolContext,
    *,
    image: Image,
    instruction: Annotated[Text, Field(min_length=1, max_length=4_000)],
    steps: Annotated[int, Field(ge=1, le=200)] | None = None,
    guidance: Annotated[float, Field(ge=0, le=30)] | None = None,
    image_guidance: Annotated[float, Field(ge=0, le=10)] | None = None,
) -> Drawing:
    """Change a picture as the instruction says, such as "make the red circle blue".

    ``image_guidance`` above 1 holds the result nearer to the picture.

    Raises: CapabilityMissing: the model cannot edit. ModelFailed: it could not finish.
    """
    row = Row(
        row_id=f"{ctx.task_id or 'call'}/{ctx.node or 'edit'}"[:120],
        prompt=instruction,
        seed=ctx.seed & 0x7FFFFFFF,
        steps=steps,
        guidance=guidance,
        source=image,
        source_guidance=image_guidance,
    )
    return Drawing(image=await drawn(ctx, row))


@tool(
    "inpaint", version="1", cost_s=3.0, timeout_s=900.0, roles=(RoleName.GENERATION,), seeded=True
)
async def inpaint(
    ctx: ToolContext,
    *,
    image: Image,
    mask: Image,
    prompt: Annotated[Text, Field(max_length=4_000)],
    layout: Annotated[tuple[LayoutItem, ...], Field(max_length=16)] = (),
    steps: Annotated[int, Field(ge=1, le=200)] | None = None,
    guidance: Annotated[float, Field(ge=0, le=30)] | None = None,
) -> Drawing:
    """Draw anew where the mask is white; every other pixel stays exactly as it is.

    Raises: CapabilityMissing: the model cannot inpaint. ModelFailed: it could not finish.
    """
    row = Row(
        row_id=f"{ctx.task_id or 'call'}/{ctx.node or 'inpaint'}"[:120],
        prompt=prompt,
        layout=layout,
        seed=ctx.seed & 0x7FFFFFFF,
        steps=steps,
        guidance=guidance,
        source=image,
        mask=mask,
    )
    return Drawing(image=await drawn(ctx, row))
