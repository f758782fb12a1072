"""Strategies have their right names, in plans of today and in those that were stored before."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from maquette.records.loop import BEST_OF_N, REVISE, STRATEGIES
from maquette.records.plan import Call, Loop, Plan
from maquette.workflows.wire.messages import CandidatePlan, RoundInput

LOOP: dict[str, Any] = {
    "kind": "loop",
    "id": "poster",
    "strategy": "best_of_n",
    "body": [{"id": "art", "tool": "draw"}],
    "result": "art.image",
    "rounds": 3,
}
CALL = {"kind": "call", "id": "text", "tool": "read_text"}


def plan(**fields: Any) -> dict[str, Any]:
    return {"nodes": [CALL, LOOP], "outputs": ["poster.image"], **fields}


def strategy_of(value: Plan) -> str:
    return next(node.strategy for node in value.nodes if isinstance(node, Loop))


@pytest.mark.parametrize("version", [{}, {"version": 1}], ids=["no version", "version 1"])
def test_an_old_plan_means_revise(version: dict[str, int]) -> None:
    """A stored plan from before strategies were named right is read as revise, once and for good:
    written again, it keeps that name."""
    read = Plan.model_validate(plan(**version))
    assert strategy_of(read) == REVISE and read.version == 2
    again = Plan.model_validate_json(read.model_dump_json())
    assert again == read


def test_a_plan_of_today_means_what_it_says() -> None:
    """Best of N of a version 2 plan stays best of N, and survives being stored."""
    read = Plan.model_validate(plan(version=2))
    assert strategy_of(read) == BEST_OF_N
    assert strategy_of(Plan.model_validate_json(read.model_dump_json())) == BEST_OF_N


def test_a_plan_made_of_records_means_what_it_says() -> None:
    """A planner that makes records, not JSON, need not tell a version."""
    loop = Loop(id="a", strategy=BEST_OF_N, body=(Call(id="b", tool="draw"),), result="b.image")
    assert strategy_of(Plan(nodes=(loop,), outputs=("a.image",))) == BEST_OF_N


def test_a_plan_of_a_later_version_is_refused() -> None:
    """What this code cannot know it does not guess."""
    with pytest.raises(ValidationError, match="version"):
        Plan.model_validate(plan(version=3))


@pytest.mark.parametrize("version", ["1", " 1", "2", None, 1.5])
def test_a_version_that_is_no_number_is_refused(version: Any) -> None:
    """Taken for 1 after the names were looked at, it would not be read as that version is."""
    with pytest.raises(ValidationError, match="version"):
        Plan.model_validate(plan(version=version))


@pytest.mark.parametrize("value", [None, 3, "x", [], {"nodes": 5}, {"nodes": {"strategy": 1}}])
def test_what_is_no_plan_is_refused_in_words(value: Any) -> None:
    """Reading old plans does not fall over what is no plan at all."""
    with pytest.raises(ValidationError):
        Plan.model_validate(value)


def test_the_default_is_revise() -> None:
    """A loop that names no strategy is one that repairs, and its name is a known one."""
    loop = Loop(id="a", body=(Call(id="b", tool="draw"),), result="b.image")
    assert loop.strategy == REVISE and loop.strategy in STRATEGIES


@pytest.mark.parametrize(("version", "expected"), [(1, REVISE), (2, BEST_OF_N)])
def test_a_round_under_way_during_an_upgrade_is_read_right(version: int, expected: str) -> None:
    """The message of a round holds a loop on its own: one written before the upgrade is old."""
    loop = Loop.model_validate(LOOP)
    sent = RoundInput(
        task_id="t",
        owner="local",
        loop=loop,
        round=1,
        candidates=(CandidatePlan(candidate=0, seed=1),),
        time_left_s=1.0,
    ).model_dump(mode="json")
    assert RoundInput.model_validate({**sent, "version": version}).loop.strategy == expected
