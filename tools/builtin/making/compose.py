"""The ``compose`` tool: things of art packs and exact words, as a picture that can be edited."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.records.errors import InvalidInput
from maquette.tools.art.brief import SceneBrief
from maquette.tools.art.output import Composed, rendered
from maquette.tools.contract import ToolContext
from maquette.tools.spec import tool

VARIANTS = 6
"""Variants that seeds are shared out to."""


@tool(
    "compose",
    version="1",
    cost_s=0.5,
    timeout_s=60.0,
    roles=(RoleName.TEXT_RENDERING,),
    seeded=True,
)
async def compose(
    ctx: ToolContext,
    *,
    brief: SceneBrief,
    variant: Annotated[int, Field(ge=0, le=1000)] | None = None,
) -> Composed:
    """Compose a picture or sheet of things that were drawn beforehand, with words as given.

    Another ``variant`` is another arrangement and light, on sheets another design; without one the
    seed chooses. What had to be left out of the wish is told as a warning.

    Raises: InvalidInput: a colour is none, or a pack is not the one that the brief names.
    NotFound: a thing is in no pack.
    """
    from maquette.tools.art.layout.compose import composed

    _check_packs(brief)
    chosen = ctx.seed % VARIANTS if variant is None else variant
    try:
        made = await asyncio.to_thread(composed, brief, variant=chosen)
    except ValueError as error:
        raise InvalidInput(f"this brief cannot be composed: {error}") from error
    for note in made.notes:
        ctx.warn(note[:1].upper() + note[1:] + ".")
    return await rendered(ctx, made.scene)


def _check_packs(brief: SceneBrief) -> None:
    """Raise where a pack has changed since the brief was written: things may look otherwise."""
    from maquette.tools.art.packs.table import pack_of

    for name, digest in brief.packs.items():
        now = pack_of(f"{name}:").digest
        if now != digest:
            raise InvalidInput(
                f"art pack {name!r} is {now[:12]} here; the brief was written for {digest[:12]}",
                hint="Plan the request again.",
            )
