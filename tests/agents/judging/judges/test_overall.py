"""The whole is judged by the reward role, where it is served and knows such pictures."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from seeing_models import PICTURE, rewarder

from maquette.agents.judging.contract import Sight
from maquette.agents.judging.judges.overall import OverallJudge
from maquette.contracts.judge import JudgeContract
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.reward import PerspectiveScore, ScoreReply, ScoreRequest
from maquette.records.criterion import Criterion, Overall
from maquette.records.errors import ConfigError
from maquette.records.verdict import Finding, Outcome


def liking(word: str) -> ScriptedModelClient:
    """A reward model that finds only pictures fitting whose words have this one."""

    def answer(request: ScoreRequest) -> ScoreReply:
        score = 0.9 if word in request.captions[0] else 0.1
        table = {name: PerspectiveScore(score=score, raw=(0.1,)) for name in request.perspectives}
        verdict = GuardVerdict(in_world=None, reason="")
        return ScoreReply(scores=(table,), verdicts=(verdict,), digest="d", forward_s=0.1)

    return ScriptedModelClient({("reward", "score"): answer})


class TestOverallJudge(JudgeContract):
    @pytest.fixture
    def judge(self) -> OverallJudge:
        return OverallJudge()

    @pytest.fixture
    def models(self) -> ScriptedModelClient:
        return liking("red")

    @pytest.fixture
    def criteria(self) -> Sequence[Criterion]:
        return [Overall(id="one", request="a red star"), Overall(id="two", request="a blue star")]


async def _found(models: ScriptedModelClient, enough: float = 0.5) -> Finding:
    sight = Sight(image=PICTURE, owner="local", models=models)
    criterion = Overall(id="all", request="a red circle")
    (finding,) = await OverallJudge(enough).judge([criterion], sight)
    return finding


@pytest.mark.parametrize(
    ("models", "outcome"),
    [
        (rewarder(0.8), Outcome.PASSED),
        (rewarder(0.3), Outcome.FAILED),
        (rewarder(0.8, in_world=False), Outcome.UNJUDGED),
    ],
)
async def test_the_whole_is_judged_by_the_reward(
    models: ScriptedModelClient, outcome: Outcome
) -> None:
    """The calibrated score decides; a picture outside the model's world is not judged."""
    assert (await _found(models)).outcome is outcome


async def test_a_missing_reward_model_leaves_the_whole_unjudged() -> None:
    """Not in the pack yet: unjudged, with that reason."""

    def missing(_: ScoreRequest) -> ScoreReply:
        raise ConfigError("the reward model is not in the bundled pack yet")

    finding = await _found(ScriptedModelClient({("reward", "score"): missing}))
    assert finding.outcome is Outcome.UNJUDGED and "not in the bundled" in finding.reason


@pytest.mark.parametrize(("enough", "outcome"), [(0.6, Outcome.PASSED), (0.61, Outcome.FAILED)])
async def test_enough_is_where_it_passes(enough: float, outcome: Outcome) -> None:
    """The threshold itself passes, and is in the version that keys verdicts."""
    assert (await _found(rewarder(0.6), enough)).outcome is outcome
    assert f"enough={enough:g}" in OverallJudge(enough).version
