"""The ``typeset`` tool: exact words, set in real fonts over a picture or a plain sheet."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import TextRenderingClient
from maquette.model_servers.schemas.text_rendering import (
    HexColour,
    PlacedBlock,
    TextBlock,
    TypesetRequest,
)
from maquette.records.base import Record
from maquette.records.geometry import Box
from maquette.tools.contract import Image, ToolContext
from maquette.tools.spec import tool

Side = Annotated[int, Field(ge=64, le=4096)]
WHOLE = Box(x0=0, y0=0, x1=1, y1=1)


class Sheet(Record):
    """The picture, and where each block of text came to stand."""

    image: Image
    blocks: tuple[PlacedBlock, ...]


@tool("typeset", version="1", cost_s=0.5, timeout_s=60.0, roles=(RoleName.TEXT_RENDERING,))
async def typeset(
    ctx: ToolContext,
    *,
    width_px: Side,
    height_px: Side,
    blocks: Annotated[tuple[TextBlock, ...], Field(max_length=32)],
    background: HexColour = "#ffffff",
    art: Image | None = None,
    art_box: Box = WHOLE,
) -> Sheet:
    """Set lines of text in boxes on a sheet, over a picture (``art``) or a plain background.

    Raises: InvalidInput: a text does not fit its box, a font is unknown, the sheet too large.
    """
    reply = await TextRenderingClient(ctx.models).typeset(
        TypesetRequest(
            owner=ctx.owner,
            origin=ctx.origin,
            width_px=width_px,
            height_px=height_px,
            background=background,
            art=art,
            art_box=art_box,
            blocks=blocks,
        )
    )
    ctx.spent(reply.forward_s)
    return Sheet(image=reply.image, blocks=reply.blocks)
