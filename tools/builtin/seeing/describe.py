"""The ``describe`` tool: what a picture shows, in words."""

from __future__ import annotations

from typing import Literal

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import UnderstandingClient
from maquette.model_servers.schemas.understanding import CaptionRequest
from maquette.records.base import Record
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.spec import tool


class Description(Record):
    """A caption, and whether the picture is one that the model knows how to describe."""

    text: Text
    probability: float
    in_world: bool | None
    warning: Text


@tool("describe", version="1", cost_s=1.0, timeout_s=120.0, roles=(RoleName.UNDERSTANDING,))
async def describe(
    ctx: ToolContext, *, image: Image, style: Literal["short", "long"] = "short"
) -> Description:
    """Describe what a picture shows, in one sentence or in detail."""
    request = CaptionRequest(owner=ctx.owner, image=image, style=style)
    reply = await UnderstandingClient(ctx.models).describe(request)
    ctx.spent(reply.forward_s)
    ctx.heed(reply.verdict)
    return Description(
        text=reply.text,
        probability=reply.probability,
        in_world=reply.verdict.in_world,
        warning=reply.verdict.reason,
    )
