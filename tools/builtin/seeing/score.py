"""The ``score`` tool: how well pictures answer words, by the reward role."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import RewardClient
from maquette.records.base import Fraction, Name, Record
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.spec import tool


class Scores(Record):
    """By perspective: 1 is best. ``warning`` is set for a picture outside the model's world."""

    scores: dict[str, Fraction]
    raw: dict[str, tuple[float, ...]]
    warning: Text


@tool("score", version="1", cost_s=0.5, timeout_s=60.0, roles=(RoleName.REWARD,))
async def score(
    ctx: ToolContext,
    *,
    image: Image,
    caption: Annotated[Text, Field(min_length=1, max_length=4_000)],
    perspectives: Annotated[tuple[Name, ...], Field(min_length=1, max_length=8)] = ("alignment",),
) -> Scores:
    """Score a picture against words: agreement, clean drawing, printed text, or a stated rule."""
    reply = await RewardClient(ctx.models).score(
        (image,), (caption,), perspectives, owner=ctx.owner
    )
    ctx.spent(reply.forward_s)
    (table,) = reply.scores
    outside = [verdict.reason for verdict in reply.verdicts if verdict.in_world is False]
    return Scores(
        scores={name: one.score for name, one in table.items()},
        raw={name: one.raw for name, one in table.items()},
        warning=" ".join(outside),
    )
