"""The small parts of an activity: heart, reporter, faults, spilling, one round."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from temporalio.exceptions import ActivityError, ApplicationError
from workflow_parts import WIDER, Ledger, ScriptedCritic, make_engine, poster

from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.errors import (
    InvalidInput,
    MaquetteError,
    ModelUnavailable,
    ToolFailed,
    _tree,
    from_problem,
)
from maquette.records.event import Event, EventType
from maquette.records.plan import Call
from maquette.records.task import TaskRequest
from maquette.workflows.steps.heart import Heart
from maquette.workflows.steps.reporter import StepEvents, StepReporter
from maquette.workflows.steps.rounds import run_round
from maquette.workflows.steps.step import StepRunner
from maquette.workflows.steps.step_cache import StepCache
from maquette.workflows.wire.faults import (
    INTERNAL,
    TRY_AGAIN_FOR_S,
    problem_of,
    to_application_error,
)
from maquette.workflows.wire.messages import CandidatePlan, RoundInput
from maquette.workflows.wire.spill import INLINE_BYTES, is_spilled, spill, unspill

OWNER = "local"


class Kept:
    """A publisher that keeps what it is given."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        self.events.append(event)


# -- heart ------------------------------------------------------------------------------------


async def test_the_heart_beats_while_the_tool_waits() -> None:
    """Beats come by themselves, carry the checkpoints, and stop with the activity."""
    beats: list[dict[str, Any]] = []
    async with Heart(beats.append, every_s=0.02) as heart:
        await asyncio.sleep(0.07)
        heart.checkpoint("a", {"step": 3})
        heart.checkpoint("b", {"step": 1})
        heart.forget("b")
        await asyncio.sleep(0.03)
    count = len(beats)
    await asyncio.sleep(0.05)
    assert count == len(beats) >= 4
    assert beats[-1] == {"checkpoints": {"a": {"step": 3}}}


async def test_a_short_activity_costs_no_heartbeat() -> None:
    """What is over before the first beat is due calls the engine not once."""
    beats: list[dict[str, Any]] = []
    async with Heart(beats.append, every_s=0.2):
        await asyncio.sleep(0.02)
    assert beats == []


def test_a_retry_reads_what_was_remembered() -> None:
    """The details of the last attempt's beat give its checkpoints back."""
    heart = Heart(lambda details: None, {"checkpoints": {"a": {"step": 3}}})
    assert heart.resume("a") == {"step": 3}
    assert heart.resume("b") is None


def test_a_checkpoint_that_is_too_large_is_left_out() -> None:
    """Bytes never ride in a heartbeat: a large state is dropped and its step restarts."""
    heart = Heart(lambda details: None)
    heart.checkpoint("a", {"latent": "x" * 5_000})
    assert heart.resume("a") is None


# -- reporter ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("length_s", "most"), [(1, 5), (10, 25), (900, 130)])
async def test_progress_is_coalesced(length_s: int, most: int) -> None:
    """A step that reports fifty times a second becomes few events, and few more the longer
    it lasts: never more than two a second, about 130 for a quarter of an hour."""
    now = [0.0]
    kept = Kept()
    events = StepEvents(kept, "t", {"node": "n"})
    reporter = StepReporter(events, None, "k", clock=lambda: now[0])
    for tick in range(length_s * 50):
        now[0] = tick / 50
        await reporter.progress(tick / (length_s * 50), "painting")
    assert 2 <= len(kept.events) <= most
    fractions = [event.data["fraction"] for event in kept.events]
    assert fractions == sorted(fractions)
    assert {event.data["node"] for event in kept.events} == {"n"}


# -- faults -----------------------------------------------------------------------------------


def seen_from_workflow(error: MaquetteError, **more: float) -> ActivityError:
    failure = ActivityError(
        "failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="",
        activity_type="run_call",
        activity_id="1",
        retry_state=None,
    )
    failure.__cause__ = to_application_error(error, **more)
    return failure


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in _tree(MaquetteError)
        if kind.__module__ == MaquetteError.__module__  # subclasses elsewhere share a code
        and kind.__init__ in (MaquetteError.__init__, ModelUnavailable.__init__)
    ],
    ids=lambda kind: kind.__name__,
)
def test_errors_cross_the_border_whole(kind: type[MaquetteError]) -> None:
    """Every error's code, words and hint are the same on the other side, class included."""
    problem = problem_of(seen_from_workflow(kind("what is wrong", hint="what to do")))
    assert problem == kind("what is wrong", hint="what to do").problem()
    assert type(from_problem(problem)) is kind


def test_only_what_may_pass_is_retried_and_not_for_ever() -> None:
    """TryAgain is retried for minutes; FixInput and GiveUp never are."""
    assert not to_application_error(ModelUnavailable("away")).non_retryable
    late = to_application_error(ModelUnavailable("away"), waited_s=TRY_AGAIN_FOR_S + 1)
    assert late.non_retryable
    assert to_application_error(InvalidInput("bad")).non_retryable
    assert to_application_error(ToolFailed("broken")).non_retryable


def test_a_foreign_failure_tells_nothing_of_itself() -> None:
    """A failure without a problem of ours is told as an inner one."""
    assert problem_of(ApplicationError("secret")) == INTERNAL
    assert problem_of(ApplicationError("secret", {"not": "a problem"})) == INTERNAL


# -- spill ------------------------------------------------------------------------------------


async def test_large_values_go_by_reference_and_come_back() -> None:
    """What is above the limit is stored and found again; what is below stays as it is."""
    store = MemoryArtifactStore()
    values = {"a.text": "x" * (INLINE_BYTES + 1), "b.text": "short", "c.rows": list(range(5_000))}
    spilled = await spill(values, store, OWNER)
    assert [is_spilled(spilled[name]) for name in values] == [True, False, True]
    assert len(str(spilled)) < 4_000
    assert await unspill(spilled, store, OWNER) == values


# -- one round --------------------------------------------------------------------------------


def a_round(engine: Any, **more: Any) -> tuple[StepRunner, StepCache, RoundInput]:
    cache = StepCache(engine.store)
    runner = StepRunner(engine, cache, Kept(), None, owner=OWNER, task_id="t", node="poster")
    loop = poster(candidates=3)(TaskRequest(text="poster")).nodes[0]
    body = more.pop("body", loop.body)
    work = RoundInput(
        task_id="t",
        owner=OWNER,
        loop=loop.model_copy(update={"body": body}),
        round=1,
        candidates=tuple(CandidatePlan(candidate=i, seed=i) for i in range(3)),
        **{"time_left_s": 60.0, **more},
    )
    return runner, cache, work


async def test_candidates_are_made_together() -> None:
    """Three candidates take the time of one; their cost sums up, the critical path does not."""
    engine = make_engine(pace_s=0.3)
    began = asyncio.get_running_loop().time()
    reply = await run_round(*a_round(engine), {})
    assert asyncio.get_running_loop().time() - began < 0.9
    assert len(reply.drafts) == 3 and reply.complete and reply.seeded
    assert reply.spent.model_s == pytest.approx(3 * (0.3 + 0.01))
    assert reply.spent.critical_model_s == pytest.approx(0.3 + 0.01)


async def test_an_unseeded_body_is_run_once() -> None:
    """Candidates that could only be equal are not made."""
    ledger = Ledger()
    engine = make_engine(ledger=ledger)
    ref = (await run_round(*a_round(engine), {})).drafts[0].artifact
    body = (Call(id="sheet", tool="frame", arguments={"art": {"$ref": "inputs.0"}, "width_px": 9}),)
    reply = await run_round(*a_round(engine, body=body), {"inputs.0": ref.model_dump(mode="json")})
    assert len(reply.drafts) == 1 and not reply.seeded


async def test_time_that_runs_out_delivers_what_is_finished() -> None:
    """At the end of the time the unfinished candidates are dropped, the finished delivered."""
    engine = make_engine(pace_s=5.0)
    quick = make_engine(store=engine.store)
    runner, cache, work = a_round(quick)
    await run_round(runner, cache, work.model_copy(update={"candidates": work.candidates[:1]}), {})
    reply = await run_round(*a_round(engine, time_left_s=0.9), {})
    assert [draft.candidate for draft in reply.drafts] == [0]
    assert not reply.complete


class Breaking(ScriptedCritic):
    """A critic that fails on the first picture it sees."""

    error: Exception = ToolFailed("cannot look")

    async def judge(self, criteria, image, *, owner, placed, art=None, scene=None):
        if self._order.setdefault(image.sha256, len(self._order)) == 0:
            raise self.error
        return await super().judge(
            criteria, image, owner=owner, placed=placed, art=art, scene=scene
        )


async def test_one_broken_candidate_does_not_lose_the_others() -> None:
    """A candidate that fails for good is left out; an error that may pass is raised."""
    ledger = Ledger()
    critic = Breaking(lambda nth, image: (1.0, True), ledger, (WIDER,))
    reply = await run_round(*a_round(make_engine(ledger=ledger, critic=critic)), {})
    assert len(reply.drafts) == 2 and not reply.complete
    passing = Breaking(lambda nth, image: (1.0, True), ledger, (WIDER,))
    passing.error = ModelUnavailable("away")
    with pytest.raises(ModelUnavailable):
        await run_round(*a_round(make_engine(ledger=ledger, critic=passing)), {})


async def test_a_picture_is_judged_once() -> None:
    """A second round over the same pictures paints and judges nothing."""
    ledger = Ledger()
    engine = make_engine(ledger=ledger)
    first = await run_round(*a_round(engine), {})
    before = len(ledger.read())
    runner, cache, work = a_round(engine)
    again = await run_round(runner, cache, work, {})
    assert len(ledger.read()) == before
    assert again.drafts == first.drafts
    assert again.spent.model_calls == 0
    assert again.spent.cache_hits == 3 * 3
    kinds = [event.type for event in runner._publisher.events]
    assert kinds.count(EventType.STEP_CACHED) == 6
