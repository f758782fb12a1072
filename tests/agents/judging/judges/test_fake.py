"""The scripted judge keeps what every judge promises."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from seeing_models import CRITERIA, PICTURE

from maquette.agents.judging.contract import Sight
from maquette.agents.judging.judges.fake import ScriptedJudge
from maquette.contracts.judge import JudgeContract
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.criterion import Criterion
from maquette.records.verdict import Outcome


class TestScriptedJudge(JudgeContract):
    @pytest.fixture
    def judge(self) -> ScriptedJudge:
        scores = {"there": 1.0, "colour": 0.4}
        return ScriptedJudge(scores, kinds=frozenset({"exists", "colour"}))

    @pytest.fixture
    def models(self) -> ScriptedModelClient:
        return ScriptedModelClient({})

    @pytest.fixture
    def criteria(self) -> Sequence[Criterion]:
        return CRITERIA[:2]


async def test_what_the_script_does_not_name_is_unjudged() -> None:
    """Nobody wrote down whether it holds, so it neither passes nor fails."""
    judge = ScriptedJudge({}, kinds=frozenset({"exists"}))
    sight = Sight(image=PICTURE, owner="local", models=ScriptedModelClient({}))
    (finding,) = await judge.judge(CRITERIA[:1], sight)
    assert finding.outcome is Outcome.UNJUDGED


def test_another_script_is_another_version() -> None:
    """Verdicts of one script are not found again under another."""
    kinds = frozenset({"exists"})
    versions = {
        ScriptedJudge({"there": score}, kinds=kinds, enough=enough).version
        for score in (0.5, 1.0)
        for enough in (0.7, 0.9)
    }
    assert len(versions) == 4
