"""A plan is fitted to the task's options: what was asked for stays, the rest gives way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.planning.budget import within_budget
from maquette.records.plan import Call, Loop, Plan
from maquette.records.task import TaskOptions
from maquette.tools.registry import load_registry

REGISTRY = load_registry(entries=())
COST_S = REGISTRY.get("draw").cost_s


def _plan(candidates: int, rounds: int) -> Plan:
    body = (Call(id="art", tool="draw", arguments={"prompt": "a star"}),)
    loop = Loop(id="art_loop", body=body, result="art.image", candidates=candidates, rounds=rounds)
    return Plan(nodes=(loop,), outputs=("art_loop.image",), notes=("a note",))


def _fitted(plan: Plan, **options: Any) -> tuple[int, int, tuple[str, ...]]:
    fitted = within_budget(plan, REGISTRY, TaskOptions(**options))
    (loop,) = fitted.nodes
    assert isinstance(loop, Loop)
    return loop.candidates, loop.rounds, fitted.notes


@pytest.mark.parametrize(
    ("affordable", "options", "expected"),
    [
        (6, {}, (2, 3)),
        (5, {}, (2, 2)),
        (3, {}, (2, 1)),
        (1, {}, (1, 1)),
        (3, {"rounds": 3}, (1, 3)),
        (3, {"candidates": 2}, (2, 1)),
        (1, {"candidates": 2, "rounds": 3}, (2, 3)),
        (16, {"candidates": 4, "rounds": 4}, (4, 4)),
    ],
)
def test_rounds_give_way_first_then_candidates(
    affordable: int, options: dict[str, int], expected: tuple[int, int]
) -> None:
    """To so many drawings; what the person asked for is never cut, even where it is too dear."""
    plan = _plan(2, 3)
    candidates, rounds, notes = _fitted(plan, budget_s=affordable * COST_S + 0.01, **options)
    assert (candidates, rounds) == expected
    wanted = (options.get("candidates", 2), options.get("rounds", 3))
    assert (len(notes) == 2) is (expected != wanted) and notes[0] == "a note"


@given(st.integers(1, 8), st.integers(1, 8), st.integers(1, 64))
def test_no_more_is_cut_than_must_be(candidates: int, rounds: int, affordable: int) -> None:
    """The fitted loop is within the budget, and one round more would not be."""
    kept, left, _ = _fitted(_plan(candidates, rounds), budget_s=affordable * COST_S + 0.01)
    assert kept * left <= affordable
    if left < rounds:
        assert kept * (left + 1) > affordable
