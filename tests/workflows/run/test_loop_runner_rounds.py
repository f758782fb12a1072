"""A loop's rounds, with activities that a script answers: when it goes on, and what it keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from engine_alone import (
    PROBLEM,
    STARTED_AT,
    EngineAlone,
    activity_failure,
    new_board,
    new_draft,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.records.artifact import ArtifactRef
from maquette.records.draft import Draft, Revision
from maquette.records.event import EventType
from maquette.records.loop import BEST_OF_N, REVISE
from maquette.records.plan import Call, Loop
from maquette.workflows.run.execution import NodeFailed
from maquette.workflows.run.loop_runner import NO_DRAFT, SPARE_S, LoopRunner
from maquette.workflows.run.task_board import TaskBoard
from maquette.workflows.wire.messages import RoundInput, RoundReply, Spent

WIDER = Revision(id="frame:wider", call="art", changes={"width_px": 3}, reason="too thin")


def new_loop(strategy: str = BEST_OF_N, *, rounds: int = 3, candidates: int = 2) -> Loop:
    return Loop(
        id="poster",
        strategy=strategy,
        body=(Call(id="art", tool="paint", arguments={"prompt": "a star", "width_px": 1}),),
        result="art.image",
        rounds=rounds,
        candidates=candidates,
    )


def drafted(work: RoundInput, mark: Callable[[int, int], tuple[float, int]]) -> tuple[Draft, ...]:
    """The drafts of a round; ``mark`` gives score and failures of (round, candidate)."""
    drafts = []
    for one in work.candidates:
        score, failed = mark(work.round, one.candidate)
        drafts.append(
            new_draft(work.round, one.candidate, score=score, failed=failed, seed=one.seed)
        )
    return tuple(drafts)


def failing_drafts(work: RoundInput) -> tuple[Draft, ...]:
    return drafted(work, lambda number, candidate: (0.1 * number, 1))


async def failing_round(work: RoundInput) -> RoundReply:
    """Drafts that all fail a check, a little better each round."""
    return RoundReply(drafts=failing_drafts(work), seeded=True)


def delivered(board: TaskBoard) -> ArtifactRef:
    return ArtifactRef.model_validate(board.values["poster.image"])


def decisions_of(engine: EngineAlone) -> list[str]:
    return [told["decision"] for told in engine.told(EventType.ITERATION_DECIDED)]


Marks = st.lists(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 2)), min_size=2, max_size=2),
    min_size=1,
    max_size=4,
)


@settings(max_examples=80)
@given(Marks)
def test_rounds_go_on_until_a_draft_passes_and_the_best_of_all_is_delivered(
    marks: list[list[tuple[float, int]]],
) -> None:
    """Whatever the scores, rounds end with the first in which a draft fails nothing, or with the
    last; delivered is the draft of fewest failures, then highest score, then the earliest."""

    async def answer(work: RoundInput) -> RoundReply:
        mark: Callable[[int, int], Any] = lambda number, one: marks[number - 1][one]  # noqa: E731
        return RoundReply(drafts=drafted(work, mark), seeded=True, spent=Spent(model_s=1.0))

    board, engine = new_board(), EngineAlone(answer)
    with pytest.MonkeyPatch.context() as patch:
        engine.take_over(patch)
        runner = LoopRunner(board, new_loop(rounds=len(marks)), engine.say)
        asyncio.run(runner.run())
    passing = [number for number, drafts in enumerate(marks, 1) if any(f == 0 for _, f in drafts)]
    rounds = min(passing, default=len(marks))
    ranked = sorted(
        (failed, -score, number, candidate)
        for number, drafts in enumerate(marks[:rounds], 1)
        for candidate, (score, failed) in enumerate(drafts)
    )
    _, _, number, candidate = ranked[0]
    assert delivered(board) == new_draft(number, candidate, score=0).artifact
    assert [work.round for _, work in engine.asked] == list(range(1, rounds + 1))
    ending = "accept" if passing else "stop"
    assert decisions_of(engine) == ["revise"] * (rounds - 1) + [ending]
    assert len(engine.told(EventType.CANDIDATE_SCORED)) == 2 * rounds
    assert board.spent["poster"].model_s == rounds


async def test_a_repair_travels_to_the_next_round_and_counts_as_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second round runs the body with the repair laid over it, says that it was tried, and
    its first candidate keeps the seed of the best draft."""

    async def answer(work: RoundInput) -> RoundReply:
        return RoundReply(drafts=failing_drafts(work), proposals=(WIDER,), seeded=False)

    board, engine = new_board(), EngineAlone(answer).take_over(monkeypatch)
    await LoopRunner(board, new_loop(REVISE), engine.say).run()
    first, second = (work for _, work in engine.asked)
    assert [work.loop.body[0].arguments["width_px"] for work in (first, second)] == [1, 3]
    assert (first.tried, second.tried) == ((), (WIDER.id,))
    assert second.candidates[0].seed == first.candidates[0].seed
    assert second.candidates[0].parent == "r1c0"


async def test_a_round_gets_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round may take its tools' time for each candidate, but no more than the budget has left
    and a little for its own ending; it is told how much that is."""

    async def answer(work: RoundInput) -> RoundReply:
        engine.now += 60
        return await failing_round(work)

    board, engine = new_board(budget_s=100), EngineAlone(answer).take_over(monkeypatch)
    board.timeouts_s = {"poster": 20.0}
    await LoopRunner(board, new_loop(rounds=2, candidates=4), engine.say).run()
    assert [work.time_left_s for _, work in engine.asked] == [100, 40]
    assert engine.limits_s == [80, 40 + SPARE_S]


async def test_a_spent_budget_ends_the_loop_with_the_best_so_far(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A round that was cut off by the budget is the last: its best draft is delivered, and the
    decision says why no other follows."""

    async def answer(work: RoundInput) -> RoundReply:
        engine.now = STARTED_AT + 100
        return RoundReply(drafts=failing_drafts(work), seeded=True, complete=False)

    board, engine = new_board(budget_s=100), EngineAlone(answer).take_over(monkeypatch)
    await LoopRunner(board, new_loop(), engine.say).run()
    assert len(engine.asked) == 1
    assert delivered(board) == new_draft(1, 0, score=0).artifact
    (told,) = engine.told(EventType.ITERATION_DECIDED)
    assert (told["decision"], told["best"]) == ("stop", "r1c0")
    assert told["reason"] == board.cut_short == "the budget of 100 s is used up"


@pytest.mark.parametrize("late_s", [99.5, 250.0])
async def test_without_time_nothing_is_drawn(
    monkeypatch: pytest.MonkeyPatch, late_s: float
) -> None:
    """With less than a second left no round begins, and a loop without a draft fails in words."""
    board, engine = new_board(budget_s=100), EngineAlone(failing_round).take_over(monkeypatch)
    engine.now += late_s
    with pytest.raises(NodeFailed) as caught:
        await LoopRunner(board, new_loop(), engine.say).run()
    assert caught.value.problem == NO_DRAFT
    assert engine.asked == [] and "poster.image" not in board.values


@pytest.mark.parametrize("fails_in", [1, 2])
async def test_a_failed_round_costs_the_loop_only_if_it_is_the_first(
    monkeypatch: pytest.MonkeyPatch, fails_in: int
) -> None:
    """The first round's failure is the loop's; a later one ends it with the best draft so far and
    the problem beside it."""

    async def answer(work: RoundInput) -> RoundReply:
        if work.round == fails_in:
            raise activity_failure()
        return await failing_round(work)

    board, engine = new_board(), EngineAlone(answer).take_over(monkeypatch)
    run = LoopRunner(board, new_loop(), engine.say).run()
    if fails_in == 1:
        with pytest.raises(NodeFailed) as caught:
            await run
        assert caught.value.problem == PROBLEM and board.loops["poster"].best is None
        return
    await run
    assert delivered(board) == new_draft(1, 0, score=0).artifact
    assert board.problem == PROBLEM and PROBLEM.detail in str(board.cut_short)
    assert decisions_of(engine) == ["revise", "stop"]


async def test_no_round_begins_once_the_task_is_being_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cancel that comes with a round's end leaves its drafts on the board, and runs no other."""

    async def answer(work: RoundInput) -> RoundReply:
        board.stopping = True
        return await failing_round(work)

    board, engine = new_board(), EngineAlone(answer).take_over(monkeypatch)
    with pytest.raises(asyncio.CancelledError):
        await LoopRunner(board, new_loop(), engine.say).run()
    assert len(engine.asked) == 1 and len(board.loops["poster"].drafts) == 2
