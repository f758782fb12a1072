"""The judge of composed pictures passes what is seen, and nothing that only its document says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from composed_pictures import OWNER, PAPER, PlainSources, scene, sight_of, thing
from seeing_models import PICTURE

from maquette.agents.judging.contract import Sight
from maquette.agents.judging.judges.placed import PlacedJudge
from maquette.contracts.judge import JudgeContract
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.criterion import Colour, Count, Criterion, Exists, Relation
from maquette.records.verdict import Finding, Outcome
from maquette.tools.art.scene import Scene

SHEET = scene(
    thing("circle", (0.05, 0.1, 0.35, 0.4), colour="purple"),
    thing("square", (0.6, 0.1, 0.9, 0.4)),
    thing("diamond", (0.1, 0.6, 0.3, 0.8)),
    thing("diamond", (0.6, 0.6, 0.8, 0.8)),
)
ASKED: tuple[Criterion, ...] = (
    Exists(id="there", thing="circle"),
    Count(id="two", thing="diamond", count=2),
    Colour(id="colour", thing="circle", colour="purple"),
    Relation(id="place", subject="circle", relation="left of", object="square"),
)
WRONG: tuple[Criterion, ...] = (
    Exists(id="no_bar", thing="bar"),
    Count(id="three", thing="diamond", count=3),
    Colour(id="other", thing="square", colour="red"),
    Relation(id="side", subject="circle", relation="right of", object="square"),
)


class TestPlacedJudge(JudgeContract):
    @pytest.fixture
    def judge(self) -> PlacedJudge:
        return PlacedJudge(PlainSources())

    @pytest.fixture
    def models(self) -> ScriptedModelClient:
        return ScriptedModelClient({})

    @pytest.fixture
    def criteria(self) -> Sequence[Criterion]:
        return (*ASKED, *WRONG)

    @pytest.fixture
    async def sight(self, models: ScriptedModelClient) -> Sight:
        return await sight_of(SHEET, models=models)


async def judged(
    criteria: Sequence[Criterion], document: Scene, painted: Scene | None = None
) -> list[Finding]:
    """The findings on a picture of ``painted`` that comes with a document."""
    pixels = PlainSources().whole(painted or document, document.width_px, document.height_px)
    return await PlacedJudge(PlainSources()).judge(criteria, await sight_of(document, pixels))


async def test_what_is_seen_passes_and_the_rest_fails() -> None:
    """Each kind of criterion, once true and once not, with a reason and no model asked."""
    findings = await judged((*ASKED, *WRONG), SHEET)
    outcomes = [finding.outcome for finding in findings]
    assert outcomes == [Outcome.PASSED] * 4 + [Outcome.FAILED] * 4
    assert "measured blue where red was asked for" in findings[6].reason
    assert findings[5].evidence.answer == "2" and len(findings[5].evidence.boxes) == 2


def _without(k: int) -> Scene:
    return scene(*SHEET.things[:k], *SHEET.things[k + 1 :])


def _instead(k: int, **changes: object) -> Scene:
    changed = SHEET.things[k].model_copy(update=changes)
    return scene(*SHEET.things[:k], changed, *SHEET.things[k + 1 :])


COVER = thing("square", (0.02, 0.05, 0.38, 0.45), id="cover", layer=9)
FAULTS = {
    "missing": (_without(0), "there"),
    "swapped": (_instead(0, thing="plain:square", phrase="square"), "there"),
    "hidden": (scene(*SHEET.things, COVER), "there"),
    "of another hue": (_instead(0, colour="green"), "colour"),
    "one too many": (scene(*SHEET.things, thing("diamond", (0.35, 0.6, 0.55, 0.8))), "two"),
}


@pytest.mark.parametrize(("painted", "criterion"), FAULTS.values(), ids=FAULTS)
async def test_a_fault_in_the_pixels_is_found(painted: Scene, criterion: str) -> None:
    """The document says all is well; the picture shows otherwise."""
    findings = {f.criterion.id: f for f in await judged(ASKED, SHEET, painted)}
    assert findings[criterion].outcome is Outcome.FAILED


@pytest.mark.parametrize(("painted", "criterion"), FAULTS.values(), ids=FAULTS)
async def test_a_fault_in_the_document_is_found(painted: Scene, criterion: str) -> None:
    """The picture is as the document says, and neither is what the person asked for."""
    findings = {f.criterion.id: f for f in await judged(ASKED, painted)}
    assert findings[criterion].outcome is Outcome.FAILED


async def test_another_thing_of_the_right_colour_has_no_colour_that_passes() -> None:
    """Where the purple circle should be there is a purple square."""
    painted = _instead(0, thing="plain:square", phrase="square")
    findings = {f.criterion.id: f for f in await judged(ASKED, SHEET, painted)}
    assert findings["colour"].outcome is Outcome.UNJUDGED


async def test_something_that_no_document_holds_leaves_nothing_to_pass() -> None:
    """Existence is unsure then, a count fails, and the box of what is strange is told."""
    blot = PlainSources().whole(SHEET, SHEET.width_px, SHEET.height_px)
    blot[200:230, 10:40] = (20, 20, 20)
    sight = await sight_of(SHEET, blot)
    there, two, *_ = await PlacedJudge(PlainSources()).judge(ASKED, sight)
    assert there.outcome is Outcome.UNJUDGED and two.outcome is Outcome.FAILED
    (box,) = there.evidence.boxes
    assert (box.x0, box.y1) == pytest.approx((10 / 240, 230 / 240), abs=0.01)


async def test_art_that_was_found_without_being_sure_is_unjudged() -> None:
    """However well it is drawn: whether it is what was meant, nobody knows."""
    document = scene(thing("circle", (0.2, 0.2, 0.6, 0.6), phrase="sun", probability=0.9))
    (finding,) = await judged([Exists(id="sun", thing="sun")], document)
    assert finding.outcome is Outcome.UNJUDGED and "90%" in finding.reason
    sure = scene(thing("circle", (0.2, 0.2, 0.6, 0.6), phrase="sun", probability=0.995))
    (finding,) = await judged([Exists(id="sun", thing="sun")], sure)
    assert finding.outcome is Outcome.PASSED


async def test_art_that_is_called_otherwise_does_not_pass_for_another() -> None:
    """A document may call a circle a square; there are squares, and it is none."""
    document = scene(thing("circle", (0.2, 0.2, 0.6, 0.6), phrase="square"))
    (finding,) = await judged([Exists(id="s", thing="square")], document)
    assert finding.outcome is Outcome.UNJUDGED and "not called so" in finding.reason


async def test_a_document_that_cannot_be_painted_again_judges_nothing() -> None:
    """Of a pack that changed, of another size, or no scene at all: unjudged, and why."""
    judge = PlacedJudge(PlainSources(digests={"plain": "new"}))
    old = SHEET.model_copy(update={"packs": {"plain": "old"}})
    for sight, why in (
        (await sight_of(old), "has changed since"),
        (await sight_of(SHEET, np.zeros((9, 9, 3), np.uint8)), "240x240"),
        (Sight(image=PICTURE, owner=OWNER, models=ScriptedModelClient({})), "no store"),
    ):
        findings = await judge.judge(ASKED, sight)
        assert {one.outcome for one in findings} == {Outcome.UNJUDGED}
        assert why in findings[0].reason
    store = MemoryArtifactStore()
    other = await store.put(b'{"things": 7}', owner=OWNER)
    sight = await sight_of(SHEET)
    sight.scene = await sight.store.put(b'{"things": 7}', owner=OWNER)  # type: ignore[union-attr]
    assert other == sight.scene
    assert "is no scene" in (await judge.judge(ASKED, sight))[0].reason


async def test_a_dozen_wordings_of_paper_are_not_things() -> None:
    """An empty sheet shows nothing: everything that was asked for fails."""
    empty = np.full((240, 240, 3), PAPER, np.uint8)
    findings = await PlacedJudge(PlainSources()).judge(ASKED, await sight_of(SHEET, empty))
    assert {one.outcome for one in findings} == {Outcome.FAILED}
