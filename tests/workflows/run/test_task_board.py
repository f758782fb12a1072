"""The board of a task: time, cost, and what could be handed over at any moment."""

from __future__ import annotations

import pytest
from engine_alone import STARTED_AT, new_board, new_draft, picture_ref, reading
from hypothesis import given
from hypothesis import strategies as st

from maquette.records.plan import Call, Loop, Plan
from maquette.records.task import TaskStatus
from maquette.workflows.loops.revise import Revise
from maquette.workflows.run.task_board import TaskBoard
from maquette.workflows.wire.messages import PlanReply, RoundReply, Spent

LOOP = Loop(id="poster", body=(Call(id="art", tool="paint"),), result="art.image", rounds=3)


def planned(board: TaskBoard, *nodes: Call | Loop, outputs: tuple[str, ...] = ()) -> Plan:
    return board.take_plan(PlanReply(plan=Plan(nodes=nodes, outputs=outputs)))


def with_a_round(board: TaskBoard) -> None:
    """Lay the drafts of one round of ``LOOP`` on the board."""
    strategy = Revise()
    state = board.loop_state(LOOP, strategy)
    drafts = (new_draft(1, 0, score=0.2), new_draft(1, 1, score=0.7))
    plan = strategy.next_round(state)
    board.loops[LOOP.id] = strategy.absorb(state, plan, RoundReply(drafts=drafts, seeded=True))  # type: ignore[arg-type]


@given(st.floats(0, 5_000), st.floats(0, 5_000))
def test_waiting_for_a_person_uses_no_budget(worked_s: float, waited_s: float) -> None:
    """Time left and wall time know the work alone, however long an answer took; and what was
    used and what is left are the whole budget."""
    board = new_board(budget_s=900)
    board.waited_s = waited_s
    now = STARTED_AT + worked_s + waited_s
    assert board.time_left_s(now) == pytest.approx(900 - worked_s, abs=1e-6)
    assert board.usage(now).wall_s == pytest.approx(worked_s, abs=1e-6)


def test_wall_time_stands_still_when_the_task_has_ended() -> None:
    """Whoever asks an hour later is told the time until the end."""
    board = new_board()
    board.waiting_for = "plan"
    board.end(TaskStatus.CANCELLED, "stopped by you", now=STARTED_AT + 7)
    later = board.snapshot(STARTED_AT + 3_607)
    assert (later.usage.wall_s, later.completed_at) == (7, STARTED_AT + 7)
    assert (later.status, later.waiting_for) == (TaskStatus.CANCELLED, None)
    assert later.progress.message == "stopped by you"


def test_costs_add_up_and_the_critical_path_is_the_longest_chain() -> None:
    """Of a diamond whose middle costs 2 and 5 seconds beside each other, between 1 and 1, all is
    9 s of model time, and the way through is 1 + 5 + 1; a node's costs add to one another."""
    board = new_board()
    diamond = (reading("a"), reading("b", "a"), reading("c", "a"), reading("d", "b", "c"))
    planned(board, *diamond)
    for node, model_s in (("a", 1.0), ("b", 2.0), ("c", 3.0), ("c", 2.0), ("d", 1.0)):
        board.add_spent(
            node,
            Spent(model_s=model_s, critical_model_s=model_s, model_calls=2, cache_hits=1),
        )
    usage = board.usage(STARTED_AT + 10)
    assert (usage.model_s, usage.critical_model_s) == (9.0, 7.0)
    assert (usage.model_calls, usage.cache_hits) == (10, 5)


def test_the_persons_numbers_stand_above_the_planners() -> None:
    """Rounds and candidates that were asked for hold in every loop; unasked ones are the plan's."""
    board = new_board(candidates=5)
    plan = planned(board, LOOP, LOOP.model_copy(update={"id": "other", "rounds": 2}))
    assert [(loop.candidates, loop.rounds) for loop in plan.nodes] == [(5, 3), (5, 2)]  # type: ignore[union-attr]
    assert board.plan == plan


def test_the_best_draft_can_be_delivered_before_the_loop_ends() -> None:
    """Nothing before anything was made; after the first round its best draft, with its score."""
    board = new_board()
    assert board.result() is None
    planned(board, LOOP, outputs=("poster.image",))
    assert board.result() is None
    with_a_round(board)
    result = board.result()
    assert result is not None and result.best is not None
    assert (result.best.id, result.score) == ("r1c1", 0.7)
    assert result.artifacts == (picture_ref("r1c1"),)
    assert [draft.id for draft in result.drafts] == ["r1c0", "r1c1"]


def test_a_loop_is_begun_once_with_the_seed_of_the_task() -> None:
    """The first question for its state begins it; later ones find it as it was left."""
    board = new_board(seed=41)
    assert board.loop_state(LOOP, Revise()).seed == 41
    with_a_round(board)
    assert board.loop_state(LOOP, Revise()).rounds_done == 1


def test_a_warning_of_several_steps_is_told_once() -> None:
    """Equal sentences of different steps are one, in the order in which they came."""
    board = new_board()
    planned(board, reading("a"), outputs=("a.text",))
    board.values["a.text"] = "words"
    for node, warnings in (("a", ("w1",)), ("b", ("w2", "w1"))):
        board.add_spent(node, Spent(warnings=warnings))
    result = board.result()
    assert result is not None and result.warnings == ("w1", "w2")


def test_progress_never_goes_back() -> None:
    """From the plan over a round and a finished node to the end the fraction grows, and is 1 only
    when the task is completed."""
    board = new_board()
    told = [board.snapshot(STARTED_AT).progress.fraction]
    planned(board, LOOP, reading("a"), outputs=("poster.image",))
    told.append(board.snapshot(STARTED_AT).progress.fraction)
    with_a_round(board)
    told.append(board.snapshot(STARTED_AT).progress.fraction)
    board.done.add("a")
    told.append(board.snapshot(STARTED_AT).progress.fraction)
    board.end(TaskStatus.COMPLETED, "done", now=STARTED_AT + 1)
    told.append(board.snapshot(STARTED_AT).progress.fraction)
    assert told == sorted(told) and (told[0], told[-1]) == (0.0, 1.0)
    assert told[1] < told[2] < told[3] < 1
