"""References are judged by where they point: back, forward, round in a circle, or nowhere."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.validation.graph import Graph
from maquette.agents.validation.problems import Rule
from maquette.records.plan import Call, Loop, Plan
from maquette.tools.registry import load_registry

REGISTRY = load_registry(entries=())
SIZE = 6

edges = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=10)
"""Pairs (call, the call it needs)."""


def _calls(needs: list[tuple[int, int]]) -> tuple[Call, ...]:
    """Calls n0, n1 ... of a tool that takes references anywhere in one argument."""
    return tuple(
        Call(
            id=f"n{k}",
            tool="search_here",  # Unknown: what a reference gives is then left to other checks.
            arguments={"of": [{"$ref": f"n{head}.image"} for user, head in needs if user == k]},
        )
        for k in range(SIZE)
    )


def _codes(plan: Plan) -> dict[str, set[Rule]]:
    found: dict[str, set[Rule]] = {}
    for problem in Graph(plan, REGISTRY, 0).problems():
        found.setdefault(problem.node or "", set()).add(problem.code)
    return found


def _in_a_circle(needs: list[tuple[int, int]], k: int) -> bool:
    """Whether a call waits for itself: by the standard library, on what it can reach alone."""
    reached, todo = {k}, [k]
    while todo:
        user = todo.pop()
        for head in {head for one, head in needs if one == user} - reached:
            reached.add(head)
            todo.append(head)
    back = {one for one in reached if _reaches(needs, one, k)}
    graph = {one: {head for user, head in needs if user == one and head in back} for one in back}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return True
    return False


def _reaches(needs: list[tuple[int, int]], start: int, goal: int) -> bool:
    level = {start}
    for _ in range(SIZE):
        level |= {head for user, head in needs if user in level}
    return goal in level


@given(edges)
def test_calls_that_wait_for_themselves_are_a_cycle(needs: list[tuple[int, int]]) -> None:
    """Every call on a circle whose needed call comes later, or is itself, is told so; and a plan
    whose references all point back has nothing wrong."""
    plan = Plan(nodes=_calls(needs), outputs=("n0.image",))
    codes = _codes(plan)
    for k in range(SIZE):
        heads = [head for user, head in needs if user == k]
        ahead = {head for head in heads if head >= k}
        round_about = any(_in_a_circle(needs, k) and _reaches(needs, head, k) for head in ahead)
        told = codes.get(f"n{k}", set())
        assert (Rule.CYCLE in told) is round_about
        straight = any(not _reaches(needs, head, k) for head in ahead)
        assert (Rule.FORWARD_REFERENCE in told) is straight
    if all(head < user for user, head in needs):
        assert codes == {}


@given(edges)
def test_inside_a_loop_the_same_holds(needs: list[tuple[int, int]]) -> None:
    """The body of a loop is judged as a plan of its own."""
    plain = _codes(Plan(nodes=_calls(needs), outputs=("n0.image",)))
    loop = Loop(id="loop", body=_calls(needs), result="n0.image")
    inside = _codes(Plan(nodes=(loop,), outputs=("loop.image",)))
    assert inside == plain


def test_a_call_inside_a_loop_is_out_of_reach() -> None:
    """Only the loop's own picture leaves it, and the message names that."""
    (art,) = _calls([])[:1]
    loop = Loop(id="loop", body=(art,), result="n0.image")
    user = Call(id="user", tool="enlarge", arguments={"image": {"$ref": "n0.image"}})
    plan = Plan(nodes=(loop, user), outputs=("user.image",))
    (problem,) = Graph(plan, REGISTRY, 0).problems()
    assert problem.code is Rule.MISSING_REFERENCE and "loop.image" in problem.sentence


@pytest.mark.parametrize(
    ("reference", "rules"),
    [
        ("inputs.0", set()),
        ("n0.image", set()),
        ("inputs.00", {Rule.UNKNOWN_INPUT}),
        ("inputs.1", {Rule.UNKNOWN_INPUT}),
        ("inputs.0\n", {Rule.MALFORMED_REFERENCE}),
        ("n0.image\n", {Rule.MALFORMED_REFERENCE}),
    ],
)
def test_a_reference_is_taken_only_by_the_very_name_of_a_value(
    reference: str, rules: set[Rule]
) -> None:
    """What was taken is looked up letter by letter while the plan runs, so another spelling of a
    name that is there is refused, too."""
    first = Call(id="n0", tool="search_here")
    second = Call(id="n1", tool="search_here", arguments={"of": {"$ref": reference}})
    plan = Plan(nodes=(first, second), outputs=())
    found = {one.code for one in Graph(plan, REGISTRY, 1).problems() if one.node == "n1"}
    assert found - {Rule.UNKNOWN_TOOL} == rules
