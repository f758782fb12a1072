"""A picture is judged once for each critic, set of criteria and drawn part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from workflow_parts import make_engine

from maquette.agents.judging.contract import Judgement
from maquette.infra.store.contract import DocumentKind
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.schemas.text_rendering import PlacedBlock, PlacedLine
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Criterion, Exists, TextReads
from maquette.records.geometry import Box
from maquette.records.verdict import Finding, Outcome, Verdict
from maquette.workflows.steps.judging import judge_once
from maquette.workflows.steps.step import StepRunner
from maquette.workflows.steps.step_cache import StepCache, step_key

OWNER = "local"
PICTURE = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=9)
SCENE = ArtifactRef(sha256="b" * 64, media_type="application/json", size_bytes=9)
CRITERIA = (Exists(id="there", thing="star"), TextReads(id="words", text="OPEN"))
DRAWN = Box(x0=0.0, y0=0.25, x1=1.0, y1=1.0)
PLACED = [PlacedBlock(size_px=40, lines=(PlacedLine(text="OPEN", box=DRAWN),), box=DRAWN)]


@dataclass
class Looker:
    """A critic that passes everything and remembers what it was shown."""

    version: str = "7"
    composed_version: str = "7 composed"
    roles: tuple[RoleName, ...] = ()
    looks: list[dict[str, Any]] = field(default_factory=list)

    async def judge(
        self,
        criteria: Sequence[Criterion],
        image: ArtifactRef,
        *,
        owner: str,
        placed: Sequence[PlacedBlock] | None,
        art: Box | None,
        scene: ArtifactRef | None,
    ) -> Judgement:
        self.looks.append(
            {"owner": owner, "image": image, "placed": placed, "art": art, "scene": scene}
        )
        findings = tuple(
            Finding(criterion=one, outcome=Outcome.PASSED, score=1.0, reason="seen")
            for one in criteria
        )
        return Judgement(Verdict(findings=findings), forward_s=0.5, model_calls=2)


class Silent:
    def publish(self, event: Any) -> None:
        return None


class Judging:
    """One store with its cache, and critics that come and go."""

    def __init__(self) -> None:
        self.store = MemoryArtifactStore()
        self.cache = StepCache(self.store)

    async def __call__(
        self,
        critic: Looker,
        placed: list[PlacedBlock] | None = None,
        art: Box | None = None,
        criteria: tuple[Criterion, ...] = CRITERIA,
        scene: ArtifactRef | None = None,
    ) -> Any:
        engine = make_engine(store=self.store, critic=_proposing(critic))
        runner = StepRunner(
            engine, self.cache, Silent(), None, owner=OWNER, task_id="t", node="picture"
        )
        return await judge_once(runner, self.cache, criteria, PICTURE, placed, art, scene)


def _proposing(critic: Looker) -> Any:
    critic.propose = lambda *_: ()  # type: ignore[attr-defined]
    return critic


@pytest.fixture
def judging() -> Judging:
    return Judging()


async def test_an_equal_picture_is_not_looked_at_again(judging: Judging) -> None:
    """The second verdict is the first one, found for the price of one look-up."""
    critic = Looker()
    first, paid = await judging(critic)
    again, spent = await judging(critic)
    assert again == first and len(critic.looks) == 1
    assert (paid.model_s, paid.critical_model_s, paid.model_calls) == (0.5, 0.5, 2)
    assert (spent.cache_hits, spent.model_s, spent.model_calls) == (1, 0.0, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"critic": Looker(version="8")},
        {"art": DRAWN},
        {"placed": PLACED},
        {"scene": SCENE},
        {"criteria": CRITERIA[:1]},
        {"criteria": CRITERIA[::-1]},
    ],
    ids=[
        "another critic",
        "a drawn part",
        "placed words",
        "a document",
        "fewer criteria",
        "another order",
    ],
)
async def test_whatever_may_change_the_verdict_judges_afresh(
    judging: Judging, other: dict[str, Any]
) -> None:
    """Another version, place or set of criteria is another verdict."""
    await judging(Looker())
    critic = other.setdefault("critic", Looker())
    await judging(**other)
    assert len(critic.looks) == 1


async def test_the_critic_is_shown_what_is_known(judging: Judging) -> None:
    """Where words were set and where was drawn, and whose picture it is."""
    critic = Looker()
    await judging(critic, PLACED, DRAWN, scene=SCENE)
    assert critic.looks == [
        {"owner": OWNER, "image": PICTURE, "placed": PLACED, "art": DRAWN, "scene": SCENE}
    ]


@pytest.mark.parametrize(("art", "scene"), [(None, None), (DRAWN, None), (None, SCENE)])
async def test_stored_verdicts_keep_their_keys(
    judging: Judging, art: Box | None, scene: ArtifactRef | None
) -> None:
    """The key is that of earlier versions: without a drawn part or a document it names none; and
    composed pictures have the version of those who judge them."""
    critic = Looker()
    verdict, _ = await judging(critic, None, art, scene=scene)
    arguments = {
        "criteria": [one.model_dump(mode="json") for one in CRITERIA],
        "image": PICTURE.model_dump(mode="json"),
        "placed": None,
    }
    if art is not None:
        arguments["art"] = {"x0": 0.0, "y0": 0.25, "x1": 1.0, "y1": 1.0}
    if scene is not None:
        arguments["scene"] = scene.model_dump(mode="json")
    version = "7" if scene is None else "7 composed"
    key = step_key(
        owner=OWNER, tool="judge", tool_version=version, digests={}, arguments=arguments, seed=None
    )
    stored = await judging.store.get_document(DocumentKind.STEP, key, owner=OWNER)
    assert stored is not None and verdict.outcome is Outcome.PASSED


async def test_without_criteria_nobody_looks(judging: Judging) -> None:
    """Nothing was asked to be checked, so nothing is."""
    critic = Looker()
    verdict, spent = await judging(critic, criteria=())
    assert verdict.findings == () and critic.looks == [] and spent.cache_hits == 0
