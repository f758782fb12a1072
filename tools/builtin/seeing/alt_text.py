"""The ``alt_text`` tool: a description of a picture, short enough to stand in its place."""

from __future__ import annotations

from typing import Annotated, cast

from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.tools.art.caption import caption
from maquette.tools.art.provenance import scene_of
from maquette.tools.builtin.seeing.describe import Description, describe
from maquette.tools.contract import Image, ToolContext
from maquette.tools.spec import tool

USUAL = 125
"""Characters after which some screen readers break off."""


@tool("alt_text", version="1", cost_s=1.0, timeout_s=120.0, roles=(RoleName.UNDERSTANDING,))
async def alt_text(
    ctx: ToolContext, *, image: Image, max_characters: Annotated[int, Field(ge=10, le=1000)] = USUAL
) -> Description:
    """Write the alternative text (alt text) of a picture, of at most so many characters.

    A picture that was composed here is told from its document, any other as the describe tool sees
    it. What is too long ends at a word, with an ellipsis.
    """
    scene = await scene_of(ctx.store, image.sha256, owner=ctx.owner)
    if scene is not None:
        text = shortened(caption(scene), max_characters)
        return Description(text=text, probability=1.0, in_world=None, warning="")
    seen = cast("Description", await describe(ctx, image=image, style="short"))
    return Description(
        text=shortened(seen.text, max_characters),
        probability=seen.probability,
        in_world=seen.in_world,
        warning=seen.warning,
    )


def shortened(text: str, most: int) -> str:
    """The text in at most so many characters: whole words, and an ellipsis where some are gone."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    whole = text[: most - 1].rsplit(" ", 1)[0] if " " in text[: most - 1] else text[: most - 1]
    return whole.rstrip(" ,;:-") + "…"
