"""A round whose candidates are drawn and steered in one session of the real generation role."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from real_drawing import OWNER, NotingClient, real_drawing
from workflow_parts import Ledger, ScriptedCritic, ScriptedPlanner, make_tools, poster

from maquette.contracts.strategy import StrategyContract
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.schemas.generation import RowState, RowStatus, StepReply
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Criterion, TextReads
from maquette.records.errors import ModelFailed, ModelUnavailable, NotFound
from maquette.records.event import Event, EventType
from maquette.records.plan import Call, Loop
from maquette.tools.builtin.making.draw import draw
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext
from maquette.tools.drawing.steering import Cancel, Decision, Keep, Resample
from maquette.tools.registry import Registry
from maquette.workflows.loops.scripted import ScriptedStrategy
from maquette.workflows.loops.strategy import Strategy
from maquette.workflows.steps.heart import Heart
from maquette.workflows.steps.rounds import run_round
from maquette.workflows.steps.step import StepRunner
from maquette.workflows.steps.step_cache import StepCache
from maquette.workflows.steps.workshop import Workshop
from maquette.workflows.wire.messages import CandidatePlan, RoundInput, RoundReply

STEPS = 8
SEEDS = (11, 12, 13, 14)
NEW_SEED = 77
DRAW = {"prompt": "a red circle", "steps": STEPS, "guidance": 3.0}


class PruneAtHalf:
    """Stops the half of the rows with the largest guidance gap so far, once they have taken half
    their steps; the better of the others goes on, the last one from where that one stands."""

    version = "1"
    every_steps = 2
    previews = False

    def steer(self, work: RoundInput, rows: Sequence[RowState]) -> Sequence[Decision]:
        running = [k for k, row in enumerate(rows) if row.status is RowStatus.RUNNING]
        if len(running) < len(rows) or any(2 * rows[k].step != rows[k].steps for k in running):
            return [Keep()] * len(rows)
        ranked = sorted(running, key=lambda k: rows[k].signals.get("guidance_gap_sum", 0.0))
        best, second, *others = ranked
        decided: dict[int, Decision] = dict.fromkeys(others, Cancel())
        decided[second] = Resample(source=best, seed=NEW_SEED)
        return [decided.get(k, Keep()) for k in range(len(rows))]


class PruneAgain(PruneAtHalf):
    """Another version of the same."""

    version = "2"


PRUNING = ScriptedStrategy("pruning", steering=PruneAtHalf())
AGAIN = ScriptedStrategy("pruning_again", steering=PruneAgain())


class TestPruningKeepsTheContract(StrategyContract):
    """What every strategy promises."""

    @pytest.fixture
    def strategy(self) -> Strategy:
        return PRUNING


class Studio:
    """Runs rounds with the real ``draw`` tool, and a frame set round each picture."""

    def __init__(self, client: NotingClient, store: MemoryArtifactStore) -> None:
        self.client = client
        self.store = store
        self.ledger = Ledger()
        self.events: list[Event] = []
        self.beats: list[dict[str, Any]] = []
        self.cache = StepCache(store)
        critic = ScriptedCritic(lambda nth, image: (1.0, True), self.ledger)
        frame = make_tools(self.ledger).get("frame")
        self.engine = Workshop(
            store=store,
            models=client,
            tools=Registry([draw, frame], origin="tests"),
            planner=ScriptedPlanner(poster()),
            critic=critic,
            propose=critic.propose,
            run_tool=run_tool,
        )

    def unstored(self) -> Studio:
        """Another studio of the same client, which finds no step that this one has done."""
        other = Studio(self.client, self.store)
        other.cache = StepCache(MemoryArtifactStore())
        return other

    def publish(self, event: Event) -> None:
        self.events.append(event)

    async def round(
        self, strategy: str = "pruning", *, earlier: Any = None, **work: Any
    ) -> RoundReply:
        """One attempt at the round."""
        async with Heart(self.beats.append, earlier) as heart:
            runner = StepRunner(
                self.engine, self.cache, self, heart, owner=OWNER, task_id="task_x", node="poster"
            )
            named = (PRUNING, AGAIN, ScriptedStrategy("plain"))
            table = {one.name: one for one in named}
            return await run_round(runner, self.cache, round_input(strategy, **work), {}, table)

    async def alone(self, seed: int) -> ArtifactRef:
        """The picture of a seed, drawn on its own."""
        ctx = ToolContext(
            owner=OWNER,
            seed=seed,
            store=self.store,
            models=self.client,
            reporter=_Quiet(),
            node="alone",
        )
        return ArtifactRef.model_validate((await run_tool(draw, DRAW, ctx))["image"])

    def told(self, kind: EventType, call: str = "art") -> dict[int, dict[str, Any]]:
        """What was said of each candidate's step."""
        return {
            event.data["candidate"]: event.data
            for event in self.events
            if event.type is kind and event.data["call"] == call
        }


class _Quiet:
    async def progress(self, fraction: float, message: str, preview: Any = None) -> None:
        return None

    async def checkpoint(self, state: dict[str, Any]) -> None:
        return None


def round_input(
    strategy: str,
    *,
    time_left_s: float = 300.0,
    framed: bool = False,
    seeds: Sequence[int] = SEEDS,
    prompt: str = "a red circle",
    criteria: tuple[Criterion, ...] = (),
) -> RoundInput:
    frame = Call(id="sheet", tool="frame", arguments={"art": {"$ref": "art.image"}})
    art = Call(id="art", tool="draw", arguments={**DRAW, "prompt": prompt})
    return RoundInput(
        task_id="task_x",
        owner=OWNER,
        loop=Loop(
            id="poster",
            strategy=strategy,
            body=(art, frame) if framed else (art,),
            result="sheet.image" if framed else "art.image",
            criteria=criteria,
            candidates=len(seeds),
        ),
        round=1,
        candidates=tuple(CandidatePlan(candidate=k, seed=s) for k, s in enumerate(seeds)),
        time_left_s=time_left_s,
    )


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    store = MemoryArtifactStore()
    async with real_drawing(store, tmp_path) as client:
        yield Studio(client, store)


async def expected_ranking(studio: Studio) -> list[int]:
    """The candidates by their guidance gap after half the steps, each run in a session of its
    own, without any of the code under test."""
    from maquette.model_servers.client.roles import GenerationClient
    from maquette.model_servers.schemas.generation import Row, StartRequest, StepRequest

    generation = GenerationClient(studio.client)
    gaps = []
    for seed in SEEDS:
        row = Row(row_id="a", prompt="a red circle", seed=seed, steps=STEPS, guidance=3.0)
        started = await generation.start(StartRequest(owner=OWNER, rows=(row,)))
        reply = await generation.step(StepRequest(session=started.session, steps=STEPS // 2))
        gaps.append(reply.rows[0].signals["guidance_gap_sum"])
        await generation.cancel(started.session)
    return sorted(range(len(SEEDS)), key=gaps.__getitem__)


async def test_two_of_four_are_pruned_at_half_their_steps_and_one_is_resampled(
    studio: Studio,
) -> None:
    """In one session of four rows the two with the largest gap stop after half their steps and
    make no draft; the best is, to the byte, what it is drawn alone; the other goes on from it
    and is another picture. Six rows' halves are run in place of eight."""
    best, second, *pruned = await expected_ranking(studio)
    alone = [await studio.alone(seed) for seed in SEEDS]
    studio.client.starts.clear()
    studio.client.steps.clear()
    before = await studio.client.steps_run()

    reply = await studio.round(framed=True)

    assert await studio.client.steps_run() - before == (4 + 2) * STEPS // 2
    (start,) = studio.client.starts
    assert [row.seed for row in start.rows] == list(SEEDS)
    assert len(studio.client.steps) == STEPS // 2 and studio.client.cancels == 4
    assert reply.complete and {one.candidate for one in reply.drafts} == {best, second}
    ended = studio.told(EventType.STEP_COMPLETED)
    assert {k: ended[k].get("stopped") for k in ended} == {
        best: None,
        second: None,
        pruned[0]: "step 4 of 8",
        pruned[1]: "step 4 of 8",
    }
    assert ended[best]["artifact"] == alone[best].sha256
    assert ended[second]["artifact"] not in {one.sha256 for one in alone}
    assert set(studio.told(EventType.STEP_COMPLETED, "sheet")) == {best, second}
    assert studio.ledger.count("frame") == 2
    assert await studio.client.rows_held() == 0
    assert reply.spent.model_s > 0 and reply.spent.critical_model_s <= reply.spent.model_s


async def test_a_steered_round_is_found_again(studio: Studio) -> None:
    """The same round asked for again takes no step, and gives the same drafts."""
    first = await studio.round()
    before = await studio.client.steps_run()
    again = await studio.round()
    assert again.drafts == first.drafts
    assert await studio.client.steps_run() == before
    assert len(studio.told(EventType.STEP_CACHED)) == 4
    assert again.spent.cache_hits == 1 and again.spent.model_s == 0


async def test_what_is_steered_is_not_taken_for_what_is_not(studio: Studio) -> None:
    """A candidate that was resampled is no answer to the same call drawn plainly, nor the other
    way round: a plain round draws each candidate as it is alone, in a session of its own."""
    await studio.round()
    studio.client.starts.clear()
    plain = await studio.round("plain")
    assert [len(start.rows) for start in studio.client.starts] == [1, 1, 1, 1]
    assert [one.artifact for one in plain.drafts] == [await studio.alone(seed) for seed in SEEDS]


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"seeds": (11, 12, 13, 15)},
        {"prompt": "a blue square"},
        {"criteria": (TextReads(id="words", text="HI"),)},
        {"strategy": "pruning_again"},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_whatever_the_steering_may_see_makes_another_round(
    studio: Studio, changed: dict[str, Any]
) -> None:
    """Another seed of one candidate, other words, other criteria or another version of who steers
    is no look-up: what happens to a row hangs on all of them."""
    await studio.round()
    before = await studio.client.steps_run()
    await studio.round(**{"strategy": "pruning", **changed})
    assert await studio.client.steps_run() - before == (4 + 2) * STEPS // 2


@pytest.mark.slow
@pytest.mark.parametrize("call", [2, 3, 4])
async def test_a_lost_session_goes_on_from_its_last_latents(studio: Studio, call: int) -> None:
    """When the server forgets the session before, with or after the pruning, a new one goes on
    from the saved latents with what was decided: the pictures are the same, no step is taken
    twice, and who was stopped stays so."""
    whole = await studio.unstored().round()
    studio.client.steps.clear()
    before = await studio.client.steps_run()
    studio.client.fail = {call: NotFound("no session")}
    again = await studio.round()
    assert [one.artifact for one in again.drafts] == [one.artifact for one in whole.drafts]
    assert await studio.client.steps_run() - before == (4 + 2) * STEPS // 2


@pytest.mark.slow
@pytest.mark.parametrize("call", [2, 3, 4])
async def test_a_retry_goes_on_from_the_heartbeat(studio: Studio, call: int) -> None:
    """An attempt that fails on the way leaves a checkpoint; the next one repeats no step and
    comes to the same drafts."""
    studio.client.fail = {call: ModelUnavailable("away")}
    before = await studio.client.steps_run()
    with pytest.raises(ModelUnavailable):
        await studio.round()
    assert await studio.client.rows_held() == 0
    again = await studio.round(earlier=studio.beats[-1])
    assert await studio.client.steps_run() - before == (4 + 2) * STEPS // 2
    whole = await studio.unstored().round()
    assert [one.artifact for one in again.drafts] == [one.artifact for one in whole.drafts]


async def test_a_row_that_fails_leaves_the_others(studio: Studio) -> None:
    """A row that the model fails on makes no draft; the others do; and the round is not stored,
    since another try may turn out better."""
    studio.client.alter = failing("task_x/poster.art/2")
    reply = await studio.round("pruning")
    failed = studio.told(EventType.STEP_FAILED)
    assert set(failed) == {2} and "NaN" in failed[2]["reason"]
    assert {one.candidate for one in reply.drafts} == {0, 1, 3}
    assert not reply.complete
    studio.client.alter = lambda reply: reply
    assert (await studio.round("pruning")).complete


async def test_a_round_in_which_every_row_fails_says_why(studio: Studio) -> None:
    """With nothing finished, the first row's failure is the round's."""
    studio.client.alter = failing(*(f"task_x/poster.art/{k}" for k in range(4)))
    with pytest.raises(ModelFailed, match="NaN"):
        await studio.round()


@pytest.mark.slow
async def test_time_that_runs_out_stops_the_session(studio: Studio) -> None:
    """A round that is cut off makes no draft, says that it is not complete, and lets its rows
    go."""
    studio.client.wait_s = 0.4
    reply = await studio.round(time_left_s=1.2)
    assert reply.drafts == () and not reply.complete
    assert await studio.client.rows_held() == 0


async def test_cancelling_the_round_stops_the_session(studio: Studio) -> None:
    """A cancelled activity leaves no row behind."""
    studio.client.wait_s = 0.2
    running = asyncio.ensure_future(studio.round())
    while not studio.client.steps:
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await studio.client.rows_held() == 0


async def test_an_unknown_strategy_is_refused(studio: Studio) -> None:
    """The round says which strategies there are, and draws nothing."""
    with pytest.raises(
        NotFound, match="no strategy named 'anneal'; known: plain, pruning, pruning_again"
    ):
        await studio.round("anneal")
    assert studio.client.starts == []


def failing(*names: str) -> Any:
    """Step replies in which these rows have failed."""

    def alter(reply: StepReply) -> StepReply:
        failed = {"status": RowStatus.FAILED, "error": "NaN", "image": None, "latent": None}
        rows = (row.model_copy(update=failed if row.row_id in names else {}) for row in reply.rows)
        return StepReply(rows=tuple(rows))

    return alter
