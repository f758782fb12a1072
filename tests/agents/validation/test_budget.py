"""What a plan may cost, counted call by call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.validation.budget import check_budget, expected_cost_s, runs
from maquette.agents.validation.problems import PlanLimits, Rule
from maquette.records.plan import Call, Loop, Plan
from maquette.tools.registry import load_registry

REGISTRY = load_registry(entries=())
TOOLS = st.sampled_from(["draw", "typeset", "enlarge", "nobody_knows"])


def _loop(tools: list[str], candidates: int, rounds: int) -> Loop:
    body = tuple(Call(id=f"c{k}", tool=tool) for k, tool in enumerate(tools))
    return Loop(id="loop", body=body, result="c0.image", candidates=candidates, rounds=rounds)


@given(st.lists(TOOLS, min_size=1, max_size=6), st.integers(1, 16), st.integers(1, 16))
def test_a_loop_costs_what_its_calls_cost_run_by_run(
    tools: list[str], candidates: int, rounds: int
) -> None:
    """As if each candidate of each round were written out; an unknown tool costs nothing."""
    written_out = [tool for tool in tools for _ in range(rounds) for _ in range(candidates)]
    expected = sum(REGISTRY.get(tool).cost_s for tool in written_out if tool in REGISTRY)
    loop = _loop(tools, candidates, rounds)
    assert expected_cost_s(loop, REGISTRY) == pytest.approx(expected)
    assert runs(loop) * len(tools) == len(written_out)


@pytest.mark.parametrize(
    ("limits", "codes"),
    [
        (PlanLimits(max_calls=8), []),
        (PlanLimits(max_calls=7), [Rule.OVER_BUDGET]),
        (PlanLimits(max_nodes=2), []),
        (PlanLimits(max_nodes=1), [Rule.TOO_MANY_NODES]),
        (PlanLimits(max_nodes=1, max_calls=7), [Rule.TOO_MANY_NODES, Rule.OVER_BUDGET]),
    ],
)
def test_limits_themselves_are_allowed(limits: PlanLimits, codes: list[Rule]) -> None:
    """Two nodes that may need 2 x 3 + 2 = 8 calls: one less allowed is one too many."""
    loop, single = _loop(["typeset"], 2, 3), _loop(["typeset"], 2, 1)
    plan = Plan(nodes=(loop, single.model_copy(update={"id": "other"})), outputs=())
    assert [problem.code for problem in check_budget(plan, REGISTRY, limits)] == codes


def test_the_dearest_node_is_named() -> None:
    """So that the person knows where to ask for less."""
    cheap = Call(id="cheap", tool="typeset")
    dear = _loop(["draw"], 8, 8)
    plan = Plan(nodes=(cheap, dear), outputs=())
    (problem,) = check_budget(plan, REGISTRY, PlanLimits(budget_s=1))
    assert problem.node == "loop" and "'loop'" in problem.sentence
