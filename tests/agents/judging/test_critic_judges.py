"""The judges of things and of the whole: they speak only where their models are there and sure."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from maquette.agents.judging.critic import Critic, make_critic, propose
from maquette.agents.judging.judges.overall import OverallJudge
from maquette.agents.judging.judges.things import ThingsJudge, question
from maquette.infra.media.admit import encode_png
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.reward import PerspectiveScore, ScoreReply, ScoreRequest
from maquette.model_servers.schemas.understanding import (
    LabelScore,
    LabelScoresReply,
    LabelScoresRequest,
    UnderstandingDescription,
)
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Colour, Count, Criterion, Exists, Overall, Relation
from maquette.records.errors import ConfigError
from maquette.records.geometry import Box
from maquette.records.plan import Call
from maquette.records.verdict import Finding, Outcome, Verdict

PICTURE = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=9)
CRITERIA: tuple[Criterion, ...] = (
    Exists(id="there", thing="circle"),
    Colour(id="colour", thing="circle", colour="red"),
    Count(id="count", thing="star", count=3),
    Relation(id="place", subject="circle", relation="above", object="star"),
)


def seer(
    answers: dict[str, str], share: float = 0.9, *, able: bool = True, outside: bool = False
) -> ScriptedModelClient:
    """An understanding role that gives each question's answer the same share."""

    def capabilities(_: object) -> UnderstandingDescription:
        verbs = ("ocr", "label_scores") if able else ("ocr",)
        return UnderstandingDescription(model="m", digest="d", capabilities=verbs)

    def label_scores(request: LabelScoresRequest) -> LabelScoresReply:
        rest = (1 - share) / (len(request.labels) - 1)
        told = answers[request.prompt]
        return LabelScoresReply(
            scores=tuple(
                LabelScore(label=x, log_prob=-1.0, probability=share if x == told else rest)
                for x in request.labels
            ),
            in_world=not outside,
            warning="outside the bundled models' world" if outside else "",
            digest="d",
            forward_s=0.25,
        )

    return ScriptedModelClient(
        {
            ("understanding", "capabilities"): capabilities,
            ("understanding", "label_scores"): label_scores,
        }
    )


ANSWERS = {
    "is there a circle?": "yes",
    "is there a red circle?": "no",
    "how many stars are there?": "three",
    "is the circle above the star?": "yes",
}


async def judged(models: ScriptedModelClient) -> Verdict:
    critic = Critic(MemoryArtifactStore(), models)
    return (await critic.judge(CRITERIA, PICTURE, owner="local")).verdict


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
    assert question(Exists(id="a", thing="umbrella")) == (
        "is there an umbrella?",
        ("yes", "no"),
        "yes",
    )


def rewarder(score: float, in_world: bool | None = None) -> ScriptedModelClient:
    def answer(request: ScoreRequest) -> ScoreReply:
        table = {name: PerspectiveScore(score=score, raw=(0.1,)) for name in request.perspectives}
        return ScoreReply(
            scores=(table,),
            verdicts=(GuardVerdict(in_world=in_world, reason="strange"),),
            digest="d",
            forward_s=0.1,
        )

    return ScriptedModelClient({("reward", "score"): answer})


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
    critic = Critic(MemoryArtifactStore(), models, judges=[OverallJudge()])
    criterion = Overall(id="all", request="a red circle")
    verdict = (await critic.judge([criterion], PICTURE, owner="local")).verdict
    assert verdict.findings[0].outcome is outcome


async def test_a_missing_reward_model_leaves_the_whole_unjudged() -> None:
    """Not in the pack yet: unjudged, with that reason."""

    def missing(_: ScoreRequest) -> ScoreReply:
        raise ConfigError("the reward model is not in the bundled pack yet")

    models = ScriptedModelClient({("reward", "score"): missing})
    critic = Critic(MemoryArtifactStore(), models, judges=[OverallJudge()])
    verdict = (
        await critic.judge([Overall(id="all", request="a star")], PICTURE, owner="local")
    ).verdict
    assert (
        verdict.outcome is Outcome.UNJUDGED and "not in the bundled" in verdict.findings[0].reason
    )


def _without(settings: Settings, role: RoleName) -> Settings:
    """Settings that do not name a role."""
    named = {name: model for name, model in settings.models.items() if name != role}
    return settings.model_copy(update={"models": named})


def test_the_critic_asks_only_roles_that_the_settings_name() -> None:
    """Without a reward role nobody judges the whole, and its digest is in no key."""
    store, models = MemoryArtifactStore(), ScriptedModelClient({})
    settings = load_settings("test")
    plain = make_critic(_without(settings, RoleName.REWARD), store, models)
    assert plain.roles == (RoleName.UNDERSTANDING,)
    assert set(make_critic(settings, store, models).roles) == {
        RoleName.UNDERSTANDING,
        RoleName.REWARD,
    }


def test_a_failed_thing_is_said_again_then_drawn_firmer() -> None:
    """Each proposal changes the draw call alone, once; a body without one gets none."""
    finding = Finding(
        criterion=Colour(id="colour", thing="circle", colour="red"),
        outcome=Outcome.FAILED,
        score=0.1,
        reason="asked, answered 'no'",
        judge=ThingsJudge.name,
    )
    verdict = Verdict(findings=(finding,))
    body = (Call(id="art", tool="draw", arguments={"prompt": "a circle", "guidance": 4.0}),)
    first, second = propose(verdict, body, frozenset())
    assert first.changes == {"prompt": "a circle. a red circle"} and first.call == "art"
    assert second.changes == {"guidance": 6.0}
    assert propose(verdict, body, frozenset({first.id, second.id})) == ()
    assert propose(verdict, (), frozenset()) == ()


async def test_things_are_looked_at_where_they_were_drawn() -> None:
    """Of a sheet the judge of things sees the drawn part alone, a picture that knows its sheet."""
    store = MemoryArtifactStore()
    sheet = Image.new("RGB", (100, 80), "#000000")
    sheet.paste("#dd2222", (0, 20, 100, 80))
    ref = await store.put(encode_png(sheet), owner="local")
    models = seer(ANSWERS)
    critic = Critic(store, models)
    await critic.judge(CRITERIA, ref, owner="local", art=Box(x0=0, y0=0.25, x1=1, y1=1))
    seen = {r.image for _, verb, r in models.requests if verb == "label_scores"}  # type: ignore[attr-defined]
    (art,) = seen
    shown = Image.open(io.BytesIO(await store.get(art.sha256, owner="local")))
    assert shown.size == (100, 60)
    assert shown.convert("RGB").getcolors() == [(6000, (0xDD, 0x22, 0x22))]
    lineage = await store.lineage(art.sha256, owner="local")
    assert lineage is not None and lineage.parents == (ref.sha256,)


def test_a_threshold_is_part_of_the_key_of_verdicts() -> None:
    """Another threshold judges afresh; the settings name it."""
    store, models = MemoryArtifactStore(), ScriptedModelClient({})
    one, two = (
        make_critic(load_settings("test", overrides={"critic.sure": sure}), store, models)
        for sure in (0.6, 0.8)
    )
    assert one.version != two.version and "sure=0.8" in two.version


@pytest.mark.parametrize(("sure", "outcome"), [(0.9, Outcome.UNJUDGED), (0.8, Outcome.PASSED)])
async def test_the_threshold_decides_what_is_believed(sure: float, outcome: Outcome) -> None:
    """An answer of 0.85 is a judgement at 0.8 and none at 0.9."""
    critic = Critic(MemoryArtifactStore(), seer(ANSWERS, 0.85), judges=[ThingsJudge(sure)])
    verdict = (await critic.judge(CRITERIA[:1], PICTURE, owner="local")).verdict
    assert verdict.findings[0].outcome is outcome


async def test_an_absent_role_leaves_its_kinds_unjudged_and_says_so() -> None:
    """Without an understanding role in the settings nothing is asked of it."""
    bare = _without(load_settings("test"), RoleName.UNDERSTANDING)
    critic = make_critic(bare, MemoryArtifactStore(), ScriptedModelClient({}))
    verdict = (await critic.judge(CRITERIA, PICTURE, owner="local")).verdict
    assert {finding.outcome for finding in verdict.findings} == {Outcome.UNJUDGED}
    assert all("no model for the role understanding" in f.reason for f in verdict.findings)
    assert critic.roles == (RoleName.REWARD,)
