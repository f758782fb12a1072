"""What the end of a task claims: by its best drafts, by chance, by what its models doubt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plan_graphs import call

from maquette.records.artifact import ArtifactRef
from maquette.records.draft import Draft
from maquette.records.ledger import Ledger
from maquette.records.plan import Loop, Plan
from maquette.records.task import TaskStatus, door_status
from maquette.records.verdict import Outcome
from maquette.workflows.loops.state import LoopState
from maquette.workflows.run.verification import Evidence, answers, outcome, reason
from maquette.workflows.wire.messages import Belief

REF = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=1)
LOOP = Loop(id="poster", body=(call("art"),), result="art.image")
DONE, SHORT = TaskStatus.COMPLETED, TaskStatus.INCOMPLETE
UNVERIFIED, UNJUDGED = TaskStatus.UNVERIFIED, TaskStatus.UNJUDGED
SURE, UNSURE = Belief(probability=0.97), Belief(probability=0.44, doubt="it is not sure")


def state(passed: int = 0, failed: int = 0, unjudged: int = 0) -> LoopState:
    best = Draft(
        **{"id": "r1c0", "round": 1, "candidate": 0, "seed": 0, "score": 0.5},
        artifact=REF,
        verdict=REF,
        outcome=Outcome.UNJUDGED,
        passed=passed,
        failed=failed,
        unjudged=unjudged,
        reason="as counted",
    )
    return replace(LoopState.begin(LOOP, 0), best=best)


@pytest.mark.parametrize(
    ("tally", "sampled", "status"),
    [
        ((2, 0, 0), {"poster"}, DONE),
        ((2, 0, 1), {"poster"}, UNVERIFIED),
        ((0, 0, 2), {"poster"}, UNJUDGED),
        ((2, 1, 1), {"poster"}, SHORT),
        ((0, 0, 0), {"poster"}, UNJUDGED),
        ((0, 0, 0), set(), DONE),
        ((2, 0, 1), None, DONE),
        ((2, 1, 0), None, SHORT),
    ],
)
def test_a_loop_is_as_good_as_its_best_draft(tally, sampled, status) -> None:
    """Passed, failed, unjudged; without criteria what is computed is right by itself and what is
    drawn nobody can judge. Plans made before ends told that end as they did."""
    plan = Plan(nodes=(LOOP,), outputs=("poster.image",))
    assert outcome(plan, Evidence({"poster": state(*tally)}, sampled=sampled)) is status


@pytest.mark.parametrize(
    ("belief", "sampled", "status"),
    [
        (None, (), DONE),
        (SURE, (), DONE),
        (UNSURE, (), UNVERIFIED),
        (None, ("seen",), UNJUDGED),
    ],
)
def test_a_call_without_criteria(belief, sampled, status) -> None:
    """A computed result is right by itself, words are as sure as their model is, chance alone is
    not judged."""
    plan = Plan(nodes=(call("seen"),), outputs=("seen.text",))
    known = Evidence({}, {"seen": belief} if belief else {}, sampled)
    assert outcome(plan, known) is status
    assert (reason(plan, known) == "") is (status is DONE)


def test_a_doubt_of_words_that_were_used_counts() -> None:
    """Words that are set on a delivered picture make it unverified, though every check passed."""
    plan = Plan(nodes=(call("seen"), LOOP), outputs=("poster.image",))
    known = Evidence({"poster": state(1)}, {"seen": UNSURE})
    assert outcome(plan, known) is UNVERIFIED
    assert reason(plan, known) == "it is not sure; as counted"


def test_a_part_that_was_judged_saves_the_whole_from_unjudged() -> None:
    """Unjudged is only what nothing is known of; beside something checked it is unverified."""
    plan = Plan(nodes=(call("seen"), LOOP), outputs=("seen.image", "poster.image"))
    assert outcome(plan, Evidence({"poster": state(0, 0, 2)}, {}, ())) is UNVERIFIED
    assert outcome(plan, Evidence({"poster": state(0, 0, 2)}, {}, ("seen",))) is UNJUDGED


@pytest.mark.parametrize(
    ("tally", "status"),
    [
        ((2, 0, 0), UNVERIFIED),
        ((2, 0, 1), UNVERIFIED),
        ((0, 0, 2), UNJUDGED),
        ((0, 0, 0), UNJUDGED),
        ((2, 1, 0), SHORT),
    ],
)
def test_a_second_look_passes_and_fails_nothing(tally, status) -> None:
    """Its doubt leaves open what passed, and changes no other end; a belief changes none."""
    plan = Plan(nodes=(LOOP,), outputs=("poster.image",))
    known = Evidence({"poster": state(*tally)}, {"poster": UNSURE}, {"poster"})
    assert outcome(plan, known) is status
    assert reason(plan, known).startswith("it is not sure; as counted")
    sure, bare = replace(known, beliefs={"poster": SURE}), replace(known, beliefs={})
    assert outcome(plan, sure) is outcome(plan, bare) and reason(plan, sure) == reason(plan, bare)


def test_a_loop_without_a_draft_is_not_completed() -> None:
    """A task is completed only if every loop has a best draft in which nothing failed."""
    plan = Plan(nodes=(LOOP,), outputs=("poster.image",))
    assert outcome(plan, Evidence({"poster": LoopState.begin(LOOP, 0)})) is SHORT


def test_answers_are_told_with_what_they_are_worth() -> None:
    """Each delivered text of a model, with its probability; texts of no model are left out."""
    plan = Plan(nodes=(call("a"), call("b")), outputs=("a.text", "b.text"))
    [one] = answers(plan, {"a.text": "an orange sun", "b.text": "x"}, {"a": UNSURE})
    assert (one.text, one.probability, one.doubt) == ("an orange sun", 0.44, "it is not sure")


def test_doors_with_closed_statuses() -> None:
    """What was delivered is completed there, and a second word says how far it was checked."""
    assert {status: door_status(status) for status in (DONE, SHORT, UNVERIFIED, UNJUDGED)} == {
        DONE: (DONE, "verified"),
        SHORT: (SHORT, "failed"),
        UNVERIFIED: (DONE, "unverified"),
        UNJUDGED: (DONE, "unjudged"),
    }
    for status in (TaskStatus.FAILED, TaskStatus.QUEUED, TaskStatus.CANCELLED):
        assert door_status(status) == (status, None)


@pytest.mark.parametrize(("probability", "status"), [(0.49, UNVERIFIED), (0.5, DONE), (None, DONE)])
def test_a_doubted_reading_leaves_open_what_passed(
    probability: float | None, status: TaskStatus
) -> None:
    """The checks were made from the same reading; and the reason tells how probable it is."""
    ledger = Ledger(probability=probability)
    read = Plan(nodes=(LOOP,), outputs=("poster.image",), ledger=ledger)
    known = Evidence({"poster": state(passed=2)})
    assert outcome(read, known) is status
    assert ("may have been read wrong" in reason(read, known)) is (status is UNVERIFIED)
    assert outcome(read, Evidence({"poster": state(passed=1, failed=1)})) is SHORT
