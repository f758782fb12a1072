"""The judge of things speaks only where its model is there, knows such pictures and is sure."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from seeing_models import ANSWERS, CRITERIA, PICTURE, seer

from maquette.agents.judging.contract import Sight
from maquette.agents.judging.judges.things import ThingsJudge, question
from maquette.contracts.judge import JudgeContract
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.criterion import Count, Criterion, Exists, Relation
from maquette.records.verdict import Outcome, Verdict


class TestThingsJudge(JudgeContract):
    @pytest.fixture
    def judge(self) -> ThingsJudge:
        return ThingsJudge()

    @pytest.fixture
    def models(self) -> ScriptedModelClient:
        return seer(ANSWERS)

    @pytest.fixture
    def criteria(self) -> Sequence[Criterion]:
        return CRITERIA


async def judged(models: ScriptedModelClient) -> Verdict:
    sight = Sight(image=PICTURE, owner="local", models=models)
    return Verdict(findings=tuple(await ThingsJudge().judge(CRITERIA, sight)))


async def test_each_criterion_is_asked_and_answered() -> None:
    """What is asked for passes or fails by the likeliest answer, with the question as reason."""
    models = seer(ANSWERS)
    verdict = await judged(models)
    assert [f.outcome for f in verdict.findings] == [
        Outcome.PASSED,
        Outcome.FAILED,
        Outcome.PASSED,
        Outcome.PASSED,
    ]
    assert [f.score for f in verdict.findings] == pytest.approx([0.9, 0.1, 0.9, 0.9])
    assert "is there a red circle?" in verdict.findings[1].reason
    assert verdict.findings[2].evidence.answer == "three"
    assert models.calls["understanding", "label_scores"] == 4


@pytest.mark.parametrize(
    ("models", "why"),
    [
        (seer(ANSWERS, able=False), "has no model that looks at pictures"),
        (seer(ANSWERS, outside=True), "outside the bundled models' world"),
        (seer(ANSWERS, share=0.55), "not sure enough"),
    ],
    ids=["no model", "another world", "unsure"],
)
async def test_where_the_model_cannot_tell_nothing_is_judged(
    models: ScriptedModelClient, why: str
) -> None:
    """No model, a picture it does not know, or an unsure answer: unjudged, never passed."""
    verdict = await judged(models)
    assert {f.outcome for f in verdict.findings if f.criterion.kind != "count"} == {
        Outcome.UNJUDGED
    }
    assert why in verdict.findings[0].reason


def test_what_cannot_be_asked_is_not_asked() -> None:
    """Numbers the model has no words for, and places of text, have no question."""
    assert question(Count(id="many", thing="star", count=40)) is None
    assert question(Relation(id="r", subject="text", relation="above", object="star")) is None
    on = question(Relation(id="r", subject="cat", relation="on", object="sofa"))
    assert on is not None and on[0] == "is the cat above the sofa?"
    assert question(Exists(id="a", thing="umbrella")) == (
        "is there an umbrella?",
        ("yes", "no"),
        "yes",
    )
