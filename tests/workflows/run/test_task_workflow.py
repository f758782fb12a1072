"""A task from request to best draft, on a real Temporal server."""

from __future__ import annotations

import asyncio
import time

import pytest
from workflow_parts import WIDER, WIDEST, Ledger, ScriptedCritic, make_engine
from workflow_server import OWNER, follow

from maquette.records.artifact import ArtifactRef
from maquette.records.draft import better
from maquette.records.errors import Conflict
from maquette.records.event import TERMINAL, Event, EventType
from maquette.records.plan import Call, Plan
from maquette.records.task import (
    Feedback,
    FeedbackAction,
    TaskOptions,
    TaskRequest,
    TaskStatus,
)
from maquette.records.verdict import Outcome
from maquette.workflows.loops.state import best_of


def ask(text: str = "a poster", **options: object) -> TaskRequest:
    return TaskRequest(text=text, options=TaskOptions(**options))


def call_plan(*calls: Call, outputs: tuple[str, ...] = ()):
    return lambda request: Plan(nodes=calls, outputs=outputs, planner="scripted")


def of(events: list[Event], kind: EventType) -> list[dict]:
    return [event.data for event in events if event.type is kind]


async def test_a_failing_first_round_is_revised_until_it_passes(run_with) -> None:
    """A round whose drafts fail is revised with a stated reason, and the passing draft wins."""
    ledger = Ledger()
    critic = ScriptedCritic(
        lambda nth, image: (0.4, False) if nth < 2 else (1.0, True), ledger, (WIDER, WIDEST)
    )
    async with run_with(make_engine(ledger=ledger, critic=critic)) as running:
        task, events = await follow(running, ask())
    assert task.status is TaskStatus.COMPLETED
    assert task.result is not None and task.result.best is not None
    best = task.result.best
    assert (best.round, best.parent) == (2, "r1c0")
    assert best.change.startswith(WIDER.reason)
    assert task.result.artifacts == (best.artifact,)
    assert len(task.result.drafts) == 4
    decided = of(events, EventType.ITERATION_DECIDED)
    assert [one["decision"] for one in decided] == ["revise", "accept"]
    assert decided[0]["reason"] == WIDER.reason and decided[0]["changes"] == WIDER.id
    assert len(of(events, EventType.CANDIDATE_SCORED)) == 4
    # The revised first candidate keeps its parent's seed: its painting is found again.
    assert [one["call"] for one in of(events, EventType.STEP_CACHED)] == ["art"]
    assert task.usage.cache_hits == 1
    assert sum(event.type in TERMINAL for event in events) == 1
    assert [event.offset for event in events] == list(range(len(events)))
    assert events[-1].data["loop_efficiency"] == pytest.approx(task.usage.loop_efficiency, abs=0.01)


async def test_the_returned_draft_is_the_best_of_all_rounds(run_with) -> None:
    """With scores that rise and fall and nothing that passes, the best of all is delivered as
    incomplete, with the reason why it does not pass."""
    scores = [0.3, 0.2, 0.9, 0.1, 0.4, 0.5]
    ledger = Ledger()
    critic = ScriptedCritic(lambda nth, image: (scores[nth], False), ledger, (WIDER,))
    async with run_with(make_engine(ledger=ledger, critic=critic)) as running:
        task, events = await follow(running, ask(rounds=3, candidates=2))
    assert task.status is TaskStatus.INCOMPLETE
    assert task.result is not None and task.result.best is not None
    assert task.result.score == max(draft.score for draft in task.result.drafts)
    assert task.result.best == best_of(task.result.drafts)
    bests = [one["score"] for one in of(events, EventType.ITERATION_DECIDED)]
    assert bests == sorted(bests)
    assert better(task.result.best, task.result.drafts[-1]) == task.result.best
    assert events[-1].type is EventType.TASK_INCOMPLETE
    assert "scripted 0.9" in task.result.reason


async def test_unjudged_is_never_passed(run_with) -> None:
    """A task whose checks have no judge ends unjudged, and says which they were."""
    ledger = Ledger()
    critic = ScriptedCritic(lambda nth, image: (None, False), ledger)
    async with run_with(make_engine(ledger=ledger, critic=critic)) as running:
        task, events = await follow(running, ask())
    assert task.status is TaskStatus.UNJUDGED
    assert task.result is not None and task.result.best is not None
    assert task.result.best.outcome is Outcome.UNJUDGED
    assert task.result.not_judged == ('reads "HELLO"',)
    assert events[-1].type is EventType.TASK_UNJUDGED
    assert task.result.best.passed == 0
    reason = of(events, EventType.ITERATION_DECIDED)[0]["reason"]
    assert reason == "nothing was judged of 1 check"


@pytest.mark.slow
async def test_the_same_seed_gives_the_same_bytes(run_with) -> None:
    """The same request and seed give the same artifact on two separate stores; another seed
    gives another one."""

    async def deliver(seed: int) -> ArtifactRef:
        async with run_with(make_engine()) as running:
            task, _ = await follow(running, ask(seed=seed))
        assert task.result is not None
        return task.result.artifacts[0]

    first, second, other = await deliver(11), await deliver(11), await deliver(12)
    assert first == second
    assert first != other


@pytest.mark.slow
async def test_a_repeated_task_is_looked_up(run_with) -> None:
    """An equal second task of the owner runs no tool; another owner's runs all of them."""
    ledger = Ledger()
    async with run_with(make_engine(ledger=ledger)) as running:
        first, _ = await follow(running, ask())
        paid = ledger.count("paint.start")
        again, events = await follow(running, ask())
        assert ledger.count("paint.start") == paid
        assert again.usage.model_calls == 0
        assert of(events, EventType.STEP_CACHED)
        other = await running.gateway.submit(ask(), owner="someone")
        await running.gateway.get(other.id, owner="someone", wait_s=20)
        assert ledger.count("paint.start") == 2 * paid
    assert first.result is not None and again.result is not None
    assert first.result.artifacts == again.result.artifacts


@pytest.mark.slow
async def test_equal_tasks_at_once_share_one_execution(run_with) -> None:
    """Eight equal tasks submitted together run each step once."""
    ledger = Ledger()
    async with run_with(make_engine(ledger=ledger, pace_s=0.3)) as running:
        tasks = await asyncio.gather(
            *(running.gateway.submit(ask(candidates=1), owner=OWNER) for _ in range(8))
        )
        done = await asyncio.gather(
            *(running.gateway.get(task.id, owner=OWNER, wait_s=30) for task in tasks)
        )
    assert {task.status for task in done} == {TaskStatus.COMPLETED}
    assert ledger.count("paint.done") == 1
    assert sum(task.usage.model_calls for task in done) == 4 + 1  # one painting, one judging


@pytest.mark.slow
async def test_ready_nodes_run_together(run_with) -> None:
    """Two calls that need nothing of each other overlap; a third waits for both."""
    ledger = Ledger()
    plan = call_plan(
        Call(id="one", tool="paint", arguments={"prompt": "1"}),
        Call(id="two", tool="paint", arguments={"prompt": "2"}),
        Call(id="both", tool="frame", arguments={"art": {"$ref": "one.image"}}),
        outputs=("both.image", "two.image"),
    )
    async with run_with(make_engine(ledger=ledger, plan=plan, pace_s=0.6)) as running:
        task, _ = await follow(running, ask())
    starts = [i for i, line in enumerate(ledger.read()) if line.startswith("paint.start")]
    dones = [i for i, line in enumerate(ledger.read()) if line.startswith("paint.done")]
    assert max(starts) < min(dones)
    assert task.result is not None and len(task.result.artifacts) == 2
    assert task.usage.model_s == pytest.approx(1.2)
    assert task.usage.critical_model_s == pytest.approx(0.6)


async def test_light_calls_run_in_place_and_large_values_are_spilled(run_with) -> None:
    """A chain of light calls works, runs as local activities, and a long text goes by
    reference through the history while the next call gets it whole."""
    ledger = Ledger()
    plan = call_plan(
        Call(id="a", tool="say", arguments={"text": "word ", "times": 2_000}),
        Call(id="b", tool="say", arguments={"text": {"$ref": "a.text"}, "times": 2}),
        outputs=("b.text",),
    )
    async with run_with(make_engine(ledger=ledger, plan=plan)) as running:
        task, _ = await follow(running, ask())
        handle = running.client.get_workflow_handle(task.id)
        history = await handle.fetch_history()
        assert task.result is not None
        stored = await running.engine.store.get(task.result.artifacts[0].sha256, owner=OWNER)
    assert stored == b'"' + b"word " * 4_000 + b'"'
    assert task.result.text is not None and task.result.text.startswith("word word")
    names = [
        event.activity_task_scheduled_event_attributes.activity_type.name
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    assert names == ["plan_task"]


@pytest.mark.slow
async def test_an_error_that_may_pass_is_retried(run_with) -> None:
    """A model that is away for two attempts costs nothing but time."""
    plan = call_plan(Call(id="a", tool="flaky", arguments={"failures": 2}), outputs=("a.text",))
    async with run_with(make_engine(plan=plan)) as running:
        task, _ = await follow(running, ask())
    assert task.status is TaskStatus.COMPLETED
    assert task.result is not None and task.result.text == "at last"


async def test_an_error_for_good_fails_the_task_with_its_problem(run_with) -> None:
    """A tool that gives up fails the task at once, with its own words and next step."""
    ledger = Ledger()
    plan = call_plan(Call(id="a", tool="broken"), outputs=("a.image",))
    async with run_with(make_engine(ledger=ledger, plan=plan)) as running:
        task, events = await follow(running, ask())
    assert task.status is TaskStatus.FAILED
    assert task.problem is not None
    assert (task.problem.code, task.problem.hint) == ("tool_failed", "Buy paint.")
    assert ledger.count("broken") == 1
    assert of(events, EventType.STEP_FAILED)[0]["code"] == "tool_failed"
    assert events[-1].data["problem"]["detail"] == "the paint has run out"


@pytest.mark.slow
async def test_an_unforeseen_error_tells_no_internals(run_with) -> None:
    """An error nobody foresaw is tried three times, then fails the task; its own text stays in
    the worker."""
    ledger = Ledger()

    def plan(request: TaskRequest) -> Plan:
        ledger.note("plan")
        raise RuntimeError("secret /internal/path")

    async with run_with(make_engine(plan=plan)) as running:
        task, events = await follow(running, ask())
    assert task.status is TaskStatus.FAILED
    assert ledger.count("plan") == 3
    assert task.problem is not None and task.problem.hint
    assert "secret" not in task.model_dump_json()
    assert all("secret" not in event.model_dump_json() for event in events)


async def test_a_plan_is_approved_or_rejected(run_with) -> None:
    """With approve=plan nothing runs before a person's yes; a no cancels the task."""
    ledger = Ledger()
    async with run_with(make_engine(ledger=ledger)) as running:
        gateway = running.gateway
        yes = await gateway.submit(ask(approve="plan"), owner=OWNER)
        no = await gateway.submit(ask("another", approve="plan"), owner=OWNER)
        for task in (yes, no):
            async for event in gateway.events(task.id, owner=OWNER):
                if event.type is EventType.FEEDBACK_REQUESTED:
                    break
            now = await gateway.get(task.id, owner=OWNER)
            assert now.status is TaskStatus.INPUT_REQUIRED
            assert now.waiting_for == event.data["request_id"] == "plan"
        assert ledger.read() == []
        with pytest.raises(Conflict, match="'plan'"):
            wrong = Feedback(request_id="final", action=FeedbackAction.APPROVE)
            await gateway.feedback(yes.id, wrong, owner=OWNER)
        approve = Feedback(request_id="plan", action=FeedbackAction.APPROVE)
        await gateway.feedback(yes.id, approve, owner=OWNER)
        reject = Feedback(request_id="plan", action=FeedbackAction.REJECT, text="too dull")
        await gateway.feedback(no.id, reject, owner=OWNER)
        yes = await gateway.get(yes.id, owner=OWNER, wait_s=20)
        no = await gateway.get(no.id, owner=OWNER, wait_s=20)
        with pytest.raises(Conflict):
            await gateway.feedback(yes.id, approve, owner=OWNER)
    assert yes.status is TaskStatus.COMPLETED
    assert no.status is TaskStatus.CANCELLED
    assert no.progress.message == "the plan was rejected: too dull"


async def test_a_rejected_result_is_delivered_as_incomplete(run_with) -> None:
    """With approve=final the result waits for a person; a no leaves it attached."""
    async with run_with(make_engine()) as running:
        task = await running.gateway.submit(ask(approve="final"), owner=OWNER)
        async for event in running.gateway.events(task.id, owner=OWNER):
            if event.type is EventType.FEEDBACK_REQUESTED:
                break
        assert event.data["artifact"]
        await asyncio.sleep(0.3)
        reject = Feedback(request_id="final", action=FeedbackAction.REJECT)
        await running.gateway.feedback(task.id, reject, owner=OWNER)
        task = await running.gateway.get(task.id, owner=OWNER, wait_s=20)
    assert task.status is TaskStatus.INCOMPLETE
    assert task.result is not None and task.result.artifacts
    assert task.result.reason == "the final was rejected"
    assert task.usage.wall_s < 0.3 + (task.completed_at or 0) - task.created_at - 0.25


@pytest.mark.slow
async def test_the_budget_delivers_the_best_so_far(run_with) -> None:
    """When the budget is used up the task ends incomplete with the best draft there is, and
    the running tool is stopped."""
    ledger = Ledger()
    critic = ScriptedCritic(lambda nth, image: (0.5, False), ledger)
    engine = make_engine(ledger=ledger, critic=critic, pace_s=0.5)
    async with run_with(engine) as running:
        began = time.monotonic()
        task, events = await follow(running, ask(rounds=16, candidates=1, budget_s=2))
        took = time.monotonic() - began
    assert task.status is TaskStatus.INCOMPLETE
    assert task.result is not None and task.result.best is not None
    assert "budget" in events[-1].data["reason"]
    assert took < 6


@pytest.mark.slow
async def test_a_budget_too_small_for_a_draft_says_so(run_with) -> None:
    """A budget used up before the first draft ends without a result and with the reason."""
    async with run_with(make_engine(pace_s=30)) as running:
        task, _ = await follow(running, ask(budget_s=1.2))
    assert task.status in (TaskStatus.INCOMPLETE, TaskStatus.FAILED)
    assert task.result is None or task.result.best is None
    assert "time" in task.progress.message or "budget" in task.progress.message


@pytest.mark.slow
async def test_cancel_mid_round_stops_the_tool(run_with) -> None:
    """A cancel reaches the running tool within two seconds; the task ends cancelled, once,
    and a second cancel is harmless."""
    ledger = Ledger()
    async with run_with(make_engine(ledger=ledger, pace_s=30, steps=60)) as running:
        gateway = running.gateway
        task = await gateway.submit(ask(candidates=2), owner=OWNER)
        watching = asyncio.create_task(collect(gateway, task.id))
        while ledger.count("paint.step") < 2:
            await asyncio.sleep(0.02)
        began = time.monotonic()
        await gateway.cancel(task.id, owner=OWNER)
        await gateway.cancel(task.id, owner=OWNER)
        while ledger.count("paint.cancelled") < 2:
            assert time.monotonic() - began < 2
            await asyncio.sleep(0.02)
        async with asyncio.timeout(10):
            events = await watching
        took = time.monotonic() - began
        task = await gateway.get(task.id, owner=OWNER)
        await gateway.cancel(task.id, owner=OWNER)
    assert task.status is TaskStatus.CANCELLED
    assert [e.type for e in events if e.type in TERMINAL] == [EventType.TASK_CANCELLED]
    assert took < 3


@pytest.mark.slow
async def test_cancel_at_any_moment_ends_once(run_with) -> None:
    """Sixteen tasks cancelled at different moments, from the first instant to after the end,
    each end once: cancelled, or as they were if they had won."""
    async with run_with(make_engine(pace_s=0.2)) as running:
        gateway = running.gateway

        async def one(number: int) -> None:
            options = {"approve": ("never", "plan", "final")[number % 3], "seed": number}
            task = await gateway.submit(ask(f"poster {number}", **options), owner=OWNER)
            await asyncio.sleep(number * 0.05)
            await gateway.cancel(task.id, owner=OWNER)
            async with asyncio.timeout(30):
                events = await collect(gateway, task.id)
            task = await gateway.get(task.id, owner=OWNER)
            assert [e.type for e in events if e.type in TERMINAL] == [events[-1].type]
            assert events[-1].data["status"] == task.status.value
            assert task.status in (TaskStatus.CANCELLED, TaskStatus.COMPLETED)

        await asyncio.gather(*(one(number) for number in range(16)))


async def collect(gateway, task_id: str) -> list[Event]:
    return [event async for event in gateway.events(task_id, owner=OWNER)]


@pytest.mark.slow
async def test_the_best_so_far_can_be_read_at_any_moment(run_with) -> None:
    """While later rounds run, the snapshot already carries the best draft."""
    ledger = Ledger()
    critic = ScriptedCritic(lambda nth, image: (0.5, False), ledger)
    engine = make_engine(ledger=ledger, critic=critic, pace_s=0.6)
    async with run_with(engine) as running:
        task = await running.gateway.submit(ask(rounds=3, candidates=1), owner=OWNER)
        async for event in running.gateway.events(task.id, owner=OWNER):
            if event.type is EventType.ITERATION_DECIDED:
                break
        now = await running.gateway.get(task.id, owner=OWNER)
        assert now.status is TaskStatus.IN_PROGRESS
        assert now.result is not None and now.result.best is not None
        assert now.result.artifacts == (now.result.best.artifact,)
        assert 0 < now.progress.fraction < 1
        await running.gateway.cancel(task.id, owner=OWNER)
        ended = await running.gateway.get(task.id, owner=OWNER, wait_s=10)
    assert ended.status is TaskStatus.CANCELLED
    assert ended.result is not None and ended.result.best is not None


async def test_a_verdict_is_stored_with_its_lineage(run_with) -> None:
    """A draft names its verdict, a JSON artifact that can be read and that knows its picture."""
    from maquette.records.verdict import Verdict

    async with run_with(make_engine()) as running:
        task, _ = await follow(running, ask(candidates=1))
        assert task.result is not None and task.result.best is not None
        best = task.result.best
        verdict = Verdict.model_validate_json(
            await running.engine.store.get(best.verdict.sha256, owner=OWNER)
        )
        lineage = await running.engine.store.lineage(best.verdict.sha256, owner=OWNER)
    assert verdict.score == best.score
    assert lineage is not None and lineage.parents == (best.artifact.sha256,)
