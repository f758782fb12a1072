"""The ``embed_text`` tool: a sentence as a unit vector."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import EmbeddingClient
from maquette.records.base import Record
from maquette.tools.contract import Text, ToolContext
from maquette.tools.spec import tool


class Embedding(Record):
    """A unit vector: the dot product of two is their cosine."""

    vector: tuple[float, ...]


@tool("embed_text", version="1", cost_s=0.1, timeout_s=60.0, roles=(RoleName.EMBEDDING,))
async def embed_text(
    ctx: ToolContext, *, text: Annotated[Text, Field(max_length=8_000)]
) -> Embedding:
    """Turn a text into a vector of meaning, for comparing texts."""
    reply = await EmbeddingClient(ctx.models).embed_text((text,))
    ctx.spent(reply.forward_s)
    return Embedding(vector=reply.vectors[0])
