"""The ``draw`` tool: a picture from words, by the generation role's row-and-step contract."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.schemas.generation import Row
from maquette.model_servers.schemas.options.glyphs import GlyphItem
from maquette.model_servers.schemas.options.table import RowOptions
from maquette.records.base import Record
from maquette.records.geometry import LayoutItem
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.drawing.session import drawn, row_id
from maquette.tools.spec import tool
from maquette.words.noun_phrases import call_shown

Steps = Annotated[int, Field(ge=1, le=200)]
Guidance = Annotated[float, Field(ge=0, le=30)]

MoreOptions = Annotated[
    RowOptions | None,
    Field(description="further options of the generator", exclude_if=lambda values: not values),
]
"""A call without any has the content key that it had before there were some."""


class Drawing(Record):
    image: Image


@tool(
    "draw",
    version="1",
    cost_s=3.0,
    timeout_s=900.0,
    roles=(RoleName.GENERATION,),
    seeded=True,
)
async def draw(
    ctx: ToolContext,
    *,
    prompt: Annotated[Text, Field(max_length=4_000)],
    negative_prompt: Annotated[Text, Field(max_length=4_000)] = "",
    layout: Annotated[tuple[LayoutItem, ...], Field(max_length=16)] = (),
    steps: Steps | None = None,
    guidance: Guidance | None = None,
    width_px: Annotated[int, Field(ge=32, le=2048)] | None = None,
    height_px: Annotated[int, Field(ge=32, le=2048)] | None = None,
    concept: Image | None = None,
    second_concept: Image | None = None,
    concept_name: Annotated[Text, Field(max_length=100)] = "",
    second_concept_name: Annotated[Text, Field(max_length=100)] = "",
    letters: Annotated[tuple[GlyphItem, ...], Field(max_length=8)] = (),
    few_step: bool = False,
    options: MoreOptions = None,
) -> Drawing:
    """Draw a picture from a description; ``layout`` says what goes into which box.

    ``concept`` and ``second_concept`` are pictures of things to show again: "the shown thing" and
    "the second shown thing" mean them in prompt and layout; what the things are (the name_thing
    tool tells) helps. ``letters`` are words for the generator itself to print.

    Every few steps the latent is saved and checkpointed, so that a retry of this call, or a
    model server that restarted, goes on from there. Whatever ends the call before the picture
    is done, the session is cancelled, so that the model stops within one denoising step.

    Raises: InvalidInput: the model refuses the request. ModelFailed: it could not finish.
    """

    def named(text: str) -> str:
        return call_shown(text, concept_name, second_concept_name)

    row = Row(
        row_id=row_id(ctx, "draw"),
        prompt=named(prompt),
        negative_prompt=negative_prompt,
        layout=tuple(LayoutItem(box=item.box, phrase=named(item.phrase)) for item in layout),
        seed=ctx.seed & 0x7FFFFFFF,
        steps=steps,
        guidance=guidance,
        width_px=width_px,
        height_px=height_px,
        concepts=tuple(ref for ref in (concept, second_concept) if ref is not None),
        glyphs=letters,
        few_step=few_step,
        options=options or {},
    )
    return Drawing(image=await drawn(ctx, row))
