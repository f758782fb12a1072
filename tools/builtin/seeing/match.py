"""The ``match`` tool: how well a picture fits some words, as one number and a sentence."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import RewardClient
from maquette.records.base import Fraction, Record
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.spec import tool

PERSPECTIVE = "alignment"
EVEN = 0.5
"""The middle of the calibration: a right picture is as probable as a wrong one."""


class Match(Record):
    """``score`` is calibrated on pictures right and wrong about their words, kept from training:
    the chance, 0 to 1, that this one is right. ``warning`` is set outside the model's world, where
    it means nothing."""

    text: Text
    score: Fraction
    warning: Text


@tool("match", version="1", cost_s=0.5, timeout_s=60.0, roles=(RoleName.REWARD,))
async def match(
    ctx: ToolContext, *, image: Image, words: Annotated[Text, Field(min_length=1, max_length=4_000)]
) -> Match:
    """Tell how well a picture matches words, 0 to 1, calibrated: above 0.5 it more probably fits.

    Raises: CapabilityMissing: the reward model does not judge agreement. ModelUnavailable: none is
        served.
    """
    reply = await RewardClient(ctx.models).score(
        (image,), (words,), (PERSPECTIVE,), owner=ctx.owner
    )
    ctx.spent(reply.forward_s)
    score = reply.scores[0][PERSPECTIVE].score
    outside = next((v.reason for v in reply.verdicts if v.in_world is False), "")
    for verdict in reply.verdicts:
        ctx.heed(verdict)
    return Match(text=_sentence(score, outside), score=score, warning=outside)


def _sentence(score: float, outside: str) -> str:
    told = f"picture and words agree with {score:.2f} of 1"
    if outside:
        return f"not sure: {outside} ({told})"
    return f"{told}: it more probably {'fits' if score > EVEN else 'does not fit'} them"
