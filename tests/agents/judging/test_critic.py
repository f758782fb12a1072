"""The critic walks over judges and repairs; what nobody can check is unjudged, never passed."""

from __future__ import annotations

import pytest
from seeing_models import ANSWERS, CRITERIA, PICTURE, line, reader, seer
from typeset_bodies import failed, sheet_body

from maquette.agents.judging.critic import Critic, make_critic, propose
from maquette.agents.judging.judges.fake import ScriptedJudge
from maquette.agents.judging.judges.overall import OverallJudge
from maquette.agents.judging.judges.text_reads import TextReadsJudge
from maquette.agents.judging.judges.things import ThingsJudge
from maquette.agents.judging.repairs.fake import ScriptedRepair
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Asked, Colour, Criterion, Exists, Overall, TextReads
from maquette.records.errors import ConfigError
from maquette.records.plan import Call
from maquette.records.verdict import Finding, Outcome, Verdict

THERE = Exists(id="there", thing="circle")
DOCUMENT = ArtifactRef(sha256="b" * 64, media_type="application/json", size_bytes=9)


async def _judge(models: ScriptedModelClient, *criteria: Criterion) -> Verdict:
    judged = await Critic(MemoryArtifactStore(), models).judge(criteria, PICTURE, owner="local")
    return judged.verdict


async def test_criteria_without_a_judge_are_unjudged() -> None:
    """What nobody can check is unjudged, with the reason, and the verdict is not a pass."""
    others = (Exists(id="thing0", thing="circle"), Colour(id="c", thing="circle", colour="red"))
    words = TextReads(id="text0", text="SALE")
    verdict = await _judge(reader(line("SALE")), words, *others)
    assert [f.outcome for f in verdict.findings[1:]] == [Outcome.UNJUDGED, Outcome.UNJUDGED]
    assert "has no model that looks at pictures" in verdict.findings[1].reason
    assert verdict.outcome is Outcome.UNJUDGED and verdict.score == 1.0


async def test_a_picture_without_strings_is_not_read() -> None:
    """No string asked for, no model called."""
    models = reader()
    verdict = await _judge(models, Exists(id="thing0", thing="star"))
    assert models.calls == {} and verdict.outcome is Outcome.UNJUDGED


async def test_findings_stand_in_the_order_that_was_asked_for() -> None:
    """Whoever judged them, and however many of them a judge was asked about at once."""
    words = ScriptedJudge({"a": 1.0, "c": 0.0}, kinds=frozenset({"text_reads"}))
    things = ScriptedJudge({"b": 0.5}, kinds=frozenset({"exists"}))
    things.name = "other"
    criteria = (
        TextReads(id="a", text="A"),
        Exists(id="b", thing="star"),
        TextReads(id="c", text="C"),
        Colour(id="d", thing="star", colour="red"),
    )
    critic = Critic(MemoryArtifactStore(), ScriptedModelClient({}), judges=[things, words])
    verdict = (await critic.judge(criteria, PICTURE, owner="local")).verdict
    assert [finding.criterion.id for finding in verdict.findings] == ["a", "b", "c", "d"]
    assert [finding.score for finding in verdict.findings] == [1.0, 0.5, 0.0, None]


def test_two_judges_of_one_kind_are_refused() -> None:
    """It must be clear who judges what."""
    with pytest.raises(ConfigError, match="two judges"):
        Critic(
            MemoryArtifactStore(),
            ScriptedModelClient({}),
            judges=[TextReadsJudge(), TextReadsJudge()],
        )


def _of(pictures: str, name: str) -> ScriptedJudge:
    """A judge of existence that looks at such pictures."""
    judge = ScriptedJudge({"there": 1.0}, kinds=frozenset({"exists"}))
    judge.name, judge.pictures = name, pictures  # type: ignore[attr-defined]
    return judge


async def test_a_kind_may_have_a_judge_for_each_sort_of_pictures() -> None:
    """The one that looks at drawn pictures, and the one that looks at composed ones."""
    store, models = MemoryArtifactStore(), ScriptedModelClient({})
    critic = Critic(store, models, judges=[_of("drawn", "one"), _of("composed", "two")])
    for scene, name in ((None, "one"), (DOCUMENT, "two")):
        verdict = (await critic.judge([THERE], PICTURE, owner="local", scene=scene)).verdict
        assert verdict.findings[0].judge == name
    assert critic.version == "3; one 1 enough=1 [('there', 1.0)]"
    assert critic.composed_version == "3; two 1 enough=1 [('there', 1.0)]"


async def test_a_judge_that_does_not_say_looks_at_any_picture() -> None:
    """As judges of packages do; beside it there is room for no other of its kinds."""
    store, models = MemoryArtifactStore(), ScriptedModelClient({})
    plain = ScriptedJudge({"there": 1.0}, kinds=frozenset({"exists"}))
    for scene in (None, DOCUMENT):
        judged = await Critic(store, models, judges=[plain]).judge(
            [THERE], PICTURE, owner="local", scene=scene
        )
        assert judged.verdict.outcome is Outcome.PASSED
    for pictures in ("drawn", "composed", "any"):
        with pytest.raises(ConfigError, match="two judges"):
            Critic(store, models, judges=[plain, _of(pictures, "other")])


async def test_who_judges_drawn_pictures_abstains_from_composed_ones() -> None:
    """No model is asked, the guard's warning is not raised, and the reason is told."""
    models = seer(ANSWERS, outside=True)
    criteria = (*CRITERIA, Overall(id="whole", request="a circle"))
    critic = Critic(MemoryArtifactStore(), models, judges=[ThingsJudge(), OverallJudge()])
    judged = await critic.judge(criteria, PICTURE, owner="local", scene=DOCUMENT)
    assert {finding.outcome for finding in judged.verdict.findings} == {Outcome.UNJUDGED}
    assert "reward looks at drawn pictures only" in judged.verdict.findings[-1].reason
    assert models.calls == {} and judged.model_calls == 0


def _verdict(*findings: Finding) -> Verdict:
    return Verdict(findings=findings)


def test_a_passed_verdict_needs_no_repair() -> None:
    """Nothing failed, or nothing that text can mend failed: no proposals."""
    unjudged = Finding(
        criterion=Exists(id="t", thing="star"), outcome=Outcome.UNJUDGED, reason="no judge"
    )
    assert propose(_verdict(unjudged), sheet_body("SALE"), frozenset()) == ()


def test_proposals_are_deterministic_and_take_turns() -> None:
    """The same input gives the same list; two failed strings alternate."""
    verdict = _verdict(failed("SALE", "SAE"), failed("TODAY", "TOAY", 1))
    body = sheet_body("SALE", "TODAY")
    revisions = propose(verdict, body, frozenset())
    assert revisions == propose(verdict, body, frozenset())
    assert [revision.id.split(":")[0] for revision in revisions[:4]] == ["text0", "text1"] * 2


def test_repairs_of_a_table_are_asked_in_its_order() -> None:
    """Those of the finding's kind, and only where the body has a call of their tool."""
    kinds = frozenset({"text_reads"})
    table = {
        "later": ScriptedRepair({"x": {"prompt": "x"}}, kinds=kinds, tool="draw"),
        "first": ScriptedRepair({"y": {"blocks": []}}, kinds=kinds, tool="typeset"),
        "other": ScriptedRepair({"z": {"prompt": "z"}}, kinds=frozenset({"exists"}), tool="draw"),
        "absent": ScriptedRepair({"w": {"factor": 2}}, kinds=kinds, tool="enlarge"),
    }
    found = propose(_verdict(failed("SALE", "SAE")), sheet_body("SALE"), frozenset(), table)
    assert [revision.id for revision in found] == ["text0:x", "text0:y"]


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


async def test_nobody_judges_what_was_only_asked() -> None:
    """A thing asked for that nobody can check is unjudged with its own reason, even where a judge
    claims the kind, fails nothing and is never repaired."""
    asked = Asked(id="no_door", words="without a door", why="no model here draws without a thing")
    judge = ScriptedJudge({"no_door": 1.0}, kinds=frozenset({"asked"}))
    critic = Critic(MemoryArtifactStore(), ScriptedModelClient({}), judges=[judge])
    found = (await critic.judge((asked,), PICTURE, owner="ada")).verdict
    assert [(one.outcome, one.reason) for one in found.findings] == [(Outcome.UNJUDGED, asked.why)]
    assert found.failed() == () and found.score == 0
    body = (Call(id="art", tool="draw", arguments={"prompt": "a house"}),)
    assert propose(found, body, frozenset()) == ()
