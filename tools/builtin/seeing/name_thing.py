"""The ``name_thing`` tool: what the thing in a picture is, in the words a generator knows."""

from __future__ import annotations

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import GenerationClient, UnderstandingClient
from maquette.model_servers.schemas.understanding import CaptionRequest
from maquette.records.base import Record
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.spec import tool
from maquette.words.noun_phrases import noun_phrases


class Name(Record):
    """The first thing that is seen, such as ``striped red boat``; empty: none that is known."""

    text: Text


@tool(
    "name_thing",
    version="1",
    cost_s=0.5,
    timeout_s=120.0,
    roles=(RoleName.UNDERSTANDING, RoleName.GENERATION),
)
async def name_thing(ctx: ToolContext, *, image: Image) -> Name:
    """Say what the thing in a picture is, in words that the generator knows."""
    vocabulary = (await GenerationClient(ctx.models).describe()).vocabulary
    request = CaptionRequest(owner=ctx.owner, image=image, style="long")
    reply = await UnderstandingClient(ctx.models).describe(request)
    ctx.spent(reply.forward_s)
    ctx.heed(reply.verdict)
    if reply.verdict.in_world is False:
        return Name(text="")
    found = noun_phrases(reply.text, vocabulary)
    return Name(text=str(found[0]) if found else "")
