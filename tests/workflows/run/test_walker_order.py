"""The walk of a plan, with activities that a script answers: what runs when, and what is told."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from engine_alone import (
    PROBLEM,
    EngineAlone,
    activity_failure,
    new_board,
    picture_ref,
    reading,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.records.event import EventType
from maquette.records.plan import Plan, references
from maquette.workflows.run.execution import NodeFailed
from maquette.workflows.run.task_board import DEFAULT_TIMEOUT_S, TaskBoard
from maquette.workflows.run.walker import Walker
from maquette.workflows.wire.messages import CallDone, CallFailed, CallInput, CallReply, Spent
from maquette.workflows.wire.names import RUN_CALL, RUN_LIGHT_CALL


def done_of(name: str, **more: Any) -> CallDone:
    return CallDone(call=name, values={f"{name}.text": f"made by {name}"}, **more)


def names_of(work: CallInput) -> list[str]:
    return [call.id for call in (work.call, *work.more)]


async def all_done(work: CallInput) -> CallReply:
    """Every call of the activity is done at once."""
    return CallReply(done=tuple(done_of(name) for name in names_of(work)))


def walker_of(board: TaskBoard, engine: EngineAlone, *calls: Any, grouped: bool = True) -> Walker:
    board.plan = Plan(nodes=calls, outputs=())
    return Walker(board, board.plan, engine.say, grouped=grouped)


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.booleans())
def test_every_call_runs_once_and_after_what_it_reads(seed: int, grouped: bool) -> None:
    """In any acyclic plan, however long its calls take and however much of a batch an activity
    leaves undone, each call is finished once, with the values that the calls before it made."""
    chance = random.Random(seed)
    order = [f"n{k}" for k in range(chance.randint(1, 9))]
    calls = [
        reading(name, *(one for one in order[:k] if chance.random() < 0.35))
        for k, name in enumerate(order)
    ]
    chance.shuffle(calls)
    finished: list[str] = []

    async def answer(work: CallInput) -> CallReply:
        names = names_of(work)
        read = {ref for call in (work.call, *work.more) for ref in references(call.arguments)}
        outside = {ref for ref in read if ref.split(".")[0] not in names}
        assert work.values == {ref: f"made by {ref.split('.')[0]}" for ref in outside}
        assert {ref.split(".")[0] for ref in outside} <= set(finished)
        for _ in range(chance.randint(0, 5)):
            await asyncio.sleep(0)
        names = names[: chance.randint(1, len(names))]
        for call in (work.call, *work.more)[: len(names)]:
            assert {ref.split(".")[0] for ref in references(call.arguments)} <= set(finished)
            finished.append(call.id)
        return CallReply(done=tuple(done_of(name) for name in names))

    board, engine = new_board(), EngineAlone(answer)
    board.light = frozenset(name for name in order if chance.random() < 0.4)
    board.quick = frozenset(name for name in order if chance.random() < 0.4)
    with pytest.MonkeyPatch.context() as patch:
        engine.take_over(patch)
        asyncio.run(walker_of(board, engine, *calls, grouped=grouped).walk())
    assert sorted(finished) == sorted(order) and board.done == set(order)
    for kind in (EventType.STEP_STARTED, EventType.STEP_COMPLETED):
        assert sorted(told["node"] for told in engine.told(kind)) == sorted(order)


async def test_calls_that_need_nothing_of_each_other_overlap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three free calls are all under way before any of them has ended."""
    together = asyncio.Barrier(3)

    async def answer(work: CallInput) -> CallReply:
        async with asyncio.timeout(2):
            await together.wait()
        return await all_done(work)

    board, engine = new_board(), EngineAlone(answer).take_over(monkeypatch)
    await walker_of(board, engine, reading("a"), reading("b"), reading("c")).walk()
    assert board.done == {"a", "b", "c"}


async def test_light_calls_run_beside_the_workflow_and_others_within_their_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A batch may take as long as its tools may together; one that tells no time has the
    default, and light calls take a local activity instead."""
    board, engine = new_board(), EngineAlone(all_done).take_over(monkeypatch)
    board.light, board.quick = frozenset({"words"}), frozenset({"a", "b"})
    board.timeouts_s = {"a": 7.0}
    await walker_of(board, engine, reading("words"), reading("a"), reading("b", "a")).walk()
    given = dict(zip((name for name, _ in engine.asked), engine.limits_s, strict=True))
    assert [names_of(work) for name, work in engine.asked if name == RUN_CALL] == [["a", "b"]]
    assert given[RUN_CALL] == 7.0 + DEFAULT_TIMEOUT_S
    assert engine.beside == {RUN_LIGHT_CALL}


async def test_the_first_failure_ends_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs beside the failed call is cancelled, what waited for it never begins, and the
    problem that the activity carried is told and raised."""
    ended: list[str] = []

    async def answer(work: CallInput) -> CallReply:
        if work.call.id == "bad":
            raise activity_failure()
        try:
            await asyncio.sleep(5)
        finally:
            ended.append(work.call.id)
        return await all_done(work)

    board, engine = new_board(), EngineAlone(answer).take_over(monkeypatch)
    walker = walker_of(board, engine, reading("slow"), reading("bad"), reading("later", "bad"))
    with pytest.raises(NodeFailed) as caught:
        await walker.walk()
    assert caught.value.problem == PROBLEM
    assert ended == ["slow"] and board.done == set()
    assert [work.call.id for _, work in engine.asked] == ["slow", "bad"]
    (told,) = engine.told(EventType.STEP_FAILED)
    assert (told["node"], told["code"], told["reason"]) == ("bad", PROBLEM.code, PROBLEM.detail)


async def test_a_failure_in_a_batch_keeps_what_was_done_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of three calls of one activity the first stays done with its values and cost, the second
    is told as failed, and nothing is told of the third."""

    async def answer(work: CallInput) -> CallReply:
        return CallReply(
            done=(done_of("a", spent=Spent(model_s=2.0, model_calls=1)),),
            failed=CallFailed(call="b", problem=PROBLEM),
        )

    board, engine = new_board(), EngineAlone(answer).take_over(monkeypatch)
    board.quick = frozenset({"a", "b", "c"})
    with pytest.raises(NodeFailed) as caught:
        await walker_of(board, engine, reading("a"), reading("b", "a"), reading("c", "b")).walk()
    assert caught.value.problem == PROBLEM
    assert board.done == {"a"} and board.values == {"a.text": "made by a"}
    assert board.spent["a"].model_s == 2.0
    assert [(kind, told["node"]) for kind, told in engine.said] == [
        (EventType.STEP_STARTED, "a"),
        (EventType.STEP_COMPLETED, "a"),
        (EventType.STEP_STARTED, "b"),
        (EventType.STEP_FAILED, "b"),
    ]


async def test_nothing_begins_once_the_task_is_being_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cancel that comes just as a call completes leaves it done, and the next unbegun."""

    async def answer(work: CallInput) -> CallReply:
        board.stopping = True
        return await all_done(work)

    board, engine = new_board(), EngineAlone(answer).take_over(monkeypatch)
    with pytest.raises(asyncio.CancelledError):
        await walker_of(board, engine, reading("a"), reading("b", "a")).walk()
    assert board.done == {"a"}
    assert [work.call.id for _, work in engine.asked] == ["a"]


async def test_an_ending_tells_what_was_made_and_what_to_mind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stored result is told as cached, with the hash of its picture and its warnings; a fresh
    one of words names neither."""
    ref = picture_ref("art")
    mind = "the picture is outside the bundled models' world"

    async def answer(work: CallInput) -> CallReply:
        if work.call.id == "words":
            return await all_done(work)
        spent = Spent(warnings=(mind,))
        values = {"art.image": ref.model_dump(mode="json")}
        return CallReply(done=(CallDone(call="art", values=values, spent=spent, cached=True),))

    board, engine = new_board(), EngineAlone(answer).take_over(monkeypatch)
    await walker_of(board, engine, reading("art", tool="draw"), reading("words")).walk()
    (cached,), (fresh,) = (
        engine.told(EventType.STEP_CACHED),
        engine.told(EventType.STEP_COMPLETED),
    )
    assert (cached["node"], cached["tool"]) == ("art", "draw")
    assert (cached["artifact"], cached["warnings"]) == (ref.sha256, [mind])
    assert fresh["node"] == "words" and not {"artifact", "warnings"} & fresh.keys()


@pytest.mark.parametrize(("events", "quiet"), [(4_000, False), (4_001, True)])
async def test_a_long_history_leaves_progress_out(
    monkeypatch: pytest.MonkeyPatch, events: int, quiet: bool
) -> None:
    """Beyond 4,000 events of history activities are asked to be quiet."""
    engine = EngineAlone(all_done, history_events=events).take_over(monkeypatch)
    await walker_of(new_board(), engine, reading("a")).walk()
    assert [work.quiet for _, work in engine.asked] == [quiet]
