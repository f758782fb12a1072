"""Cleanness is measured where somebody can, and is nothing where nobody can."""

from __future__ import annotations

import numpy as np
import pytest
from composed_pictures import PlainSources, scene, sight_of, thing
from seeing_models import PICTURE

from maquette.agents.judging.cleanness import PERSPECTIVE, clean_of
from maquette.agents.judging.contract import Sight
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.reward import PerspectiveScore, ScoreReply, ScoreRequest
from maquette.records.errors import CapabilityMissing

SHEET = scene(thing("circle", (0.1, 0.1, 0.4, 0.4)), thing("square", (0.6, 0.6, 0.9, 0.9)))


async def test_a_composed_picture_is_clean_where_all_is_verified() -> None:
    """All of it: 1. One of two things gone: a half at most."""
    sources = PlainSources()
    assert await clean_of(await sight_of(SHEET), sources=sources) == 1.0
    gone = sources.whole(scene(SHEET.things[0]), 240, 240)
    share = await clean_of(await sight_of(SHEET, gone), sources=sources)
    assert share is not None and share <= 0.5


async def test_a_picture_that_is_not_its_document_is_not_measured() -> None:
    """Of another size it tells nothing."""
    sight = await sight_of(SHEET, np.zeros((9, 9, 3), np.uint8))
    assert await clean_of(sight, sources=PlainSources()) is None


@pytest.mark.parametrize(("in_world", "clean"), [(True, 0.7), (None, 0.7), (False, None)])
async def test_a_drawn_picture_is_scored_by_the_reward_role(
    in_world: bool | None, clean: float | None
) -> None:
    """From its perspective of clean drawing, unless it does not know such pictures; metered."""

    def score(request: ScoreRequest) -> ScoreReply:
        assert request.perspectives == (PERSPECTIVE,) and request.captions == ("a star",)
        table = {PERSPECTIVE: PerspectiveScore(score=0.7, raw=(0.1,))}
        return ScoreReply(
            scores=(table,),
            verdicts=(GuardVerdict(in_world=in_world, reason="x"),),
            digest="d",
            forward_s=0.25,
        )

    models = ScriptedModelClient({("reward", "score"): score})
    sight = Sight(image=PICTURE, owner="local", models=models)
    assert await clean_of(sight, caption="a star") == clean
    assert (sight.model_calls, sight.forward_s) == (1, 0.25)


async def test_without_a_reward_role_nobody_measures() -> None:
    """Nor without a perspective of clean drawing: no number is made up."""

    def lacks(_: ScoreRequest) -> ScoreReply:
        raise CapabilityMissing("the model has no perspective 'fidelity'")

    models = ScriptedModelClient({("reward", "score"): lacks})
    sight = Sight(image=PICTURE, owner="local", models=models)
    assert await clean_of(sight) is None
