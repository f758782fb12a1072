"""What events say of plans, decisions and endings."""

from __future__ import annotations

import json

import pytest
from engine_alone import PROBLEM, STARTED_AT, new_board, new_draft, picture_ref, reading

from maquette.records.criterion import Exists, TextReads
from maquette.records.draft import Revision
from maquette.records.plan import Call, Loop, Plan
from maquette.records.task import TaskStatus
from maquette.workflows.loops.state import LoopState, RoundPlan, Stop
from maquette.workflows.run.telling import decision_told, draft_told, ending_told, plan_told
from maquette.workflows.wire.messages import PlanReply, Spent

LOOP = Loop(
    id="poster",
    body=(
        Call(id="art", tool="draw", arguments={"prompt": {"$ref": "words.text"}}),
        Call(id="sheet", tool="typeset", arguments={"art": {"$ref": "art.image"}}),
    ),
    result="sheet.image",
    criteria=(Exists(id="there", thing="star"), TextReads(id="reads", text="HELLO")),
    candidates=4,
    rounds=3,
)


def test_a_plan_is_told_as_the_graph_that_it_is() -> None:
    """Each node names what it waits for: calls of a loop's own body and attached pictures are
    no nodes, so they are left out."""
    given = Call(id="seen", tool="caption", arguments={"image": {"$ref": "inputs.0"}})
    nodes = (reading("words"), given, reading("end", "words", "seen"), LOOP)
    told = plan_told(Plan(nodes=nodes, outputs=(), planner="scripted"))["nodes"]
    after = {node["id"]: node["after"] for node in told}
    assert after == {"words": [], "seen": [], "end": ["seen", "words"], "poster": ["words"]}
    assert told[-1]["tools"] == ["draw", "typeset"]
    assert (told[-1]["rounds"], told[-1]["candidates"]) == (3, 4)
    assert told[-1]["criteria"] == ["exists", "text_reads"]


def test_the_words_of_a_plan_stay_small() -> None:
    """However much a planner notes, the event holds eight notes of 400 characters."""
    plan = Plan(nodes=(), outputs=(), summary="s" * 5_000, notes=("n" * 5_000,) * 50)
    told = plan_told(plan)
    assert (len(told["summary"]), [len(note) for note in told["notes"]]) == (400, [400] * 8)


REVISION = Revision(id="text:larger", call="sheet", changes={}, reason="too small")


@pytest.mark.parametrize(
    ("following", "decision", "changes"),
    [
        (Stop(True, "all passed"), "accept", None),
        (Stop(False, "all passed"), "stop", None),
        (RoundPlan(2, LOOP.body, (), REVISION, "too small"), "revise", "text:larger"),
        (RoundPlan(2, LOOP.body, (), None, "others"), "revise", "new seeds"),
    ],
)
def test_a_decision_is_to_accept_to_stop_or_to_revise(
    following: RoundPlan | Stop, decision: str, changes: str | None
) -> None:
    """Only a pass is accepted, and a round that follows names its repair, or that it has none."""
    best = new_draft(1, 1, score=0.71239)
    state = LoopState(loop=LOOP, seed=0, body=LOOP.body, rounds_done=1, best=best, drafts=(best,))
    told = decision_told(state, following)
    assert (told["decision"], told.get("changes")) == (decision, changes)
    assert (told["node"], told["round"], told["best"]) == ("poster", 1, "r1c1")
    assert told["score"] == 0.7124 and told["reason"] == following.reason


def test_a_draft_is_told_by_references() -> None:
    """Picture and verdict are named by their hashes, so that the event stays small."""
    told = draft_told(LOOP, new_draft(2, 0, score=1.0, failed=0, reason="r" * 400))
    assert told["artifact"] == picture_ref("r2c0").sha256
    assert told["verdict"] == picture_ref("verdict of r2c0").sha256
    assert (told["round"], told["candidate"], told["outcome"]) == (2, 0, "passed")
    assert (told["passed"], told["failed"], told["unjudged"]) == (1, 0, 0)
    assert len(json.dumps(told)) < 1_000


def test_an_ending_without_a_result_still_tells_why_and_what_it_cost() -> None:
    """A task that failed before anything was made names its problem, and no picture; what its
    models worked in that time is its efficiency: 3 s of 12."""
    board = new_board()
    board.take_plan(PlanReply(plan=Plan(nodes=(reading("a"),), outputs=())))
    board.add_spent("a", Spent(model_s=3.0, critical_model_s=3.0, model_calls=1))
    board.problem = PROBLEM
    board.end(TaskStatus.FAILED, PROBLEM.detail, now=STARTED_AT + 12)
    told = ending_told(board, STARTED_AT + 99)
    assert (told["status"], told["reason"]) == ("failed", PROBLEM.detail)
    assert (told["score"], told["best"], told["artifacts"]) == (None, None, [])
    assert told["problem"]["code"] == PROBLEM.code
    assert (told["usage"]["wall_s"], told["loop_efficiency"]) == (12, 0.25)
    json.dumps(told)
