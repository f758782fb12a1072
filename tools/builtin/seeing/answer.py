"""The ``answer`` tool: a question about a picture, answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import UnderstandingClient
from maquette.model_servers.schemas.understanding import AnswerRequest
from maquette.records.base import Record
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.spec import tool


class Answer(Record):
    """An answer in a few words, how sure the model is of them, and whether it can know."""

    text: Text
    probability: float
    in_world: bool | None
    warning: Text


@tool("answer", version="1", cost_s=0.5, timeout_s=120.0, roles=(RoleName.UNDERSTANDING,))
async def answer(
    ctx: ToolContext,
    *,
    image: Image,
    question: Annotated[Text, Field(min_length=1, max_length=1_000)],
) -> Answer:
    """Answer a question about a picture: what is there, how many, which colour, where."""
    request = AnswerRequest(owner=ctx.owner, image=image, question=question)
    reply = await UnderstandingClient(ctx.models).answer(request)
    ctx.spent(reply.forward_s)
    ctx.heed(reply.verdict)
    return Answer(
        text=reply.answer,
        probability=reply.probability,
        in_world=reply.verdict.in_world,
        warning=reply.verdict.reason,
    )
