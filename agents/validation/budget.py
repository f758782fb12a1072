"""Check how large and how dear a plan is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from maquette.agents.validation.problems import PlanLimits, PlanProblem, Rule
from maquette.records.plan import Call, Loop, Plan, calls_of
from maquette.tools.registry import Registry


def expected_cost_s(node: Call | Loop, registry: Registry) -> float:
    """Seconds the node is expected to take when every round is used; unknown tools cost 0."""
    if isinstance(node, Call):
        return _cost_s((node,), registry)
    first = sum(_cost_s(one.body, registry) * one.candidates for one in node.alternatives)
    ways = (_cost_s(body, registry) for body in (node.body, *(a.body for a in node.alternatives)))
    later = max(ways) * node.candidates * (node.rounds - 1)
    return _cost_s(node.body, registry) * node.candidates + first + later


def _cost_s(calls: Iterable[Call], registry: Registry) -> float:
    return sum(registry.get(call.tool).cost_s for call in calls if call.tool in registry)


def runs(node: Call | Loop) -> int:
    """How often each call of the node may run."""
    return node.candidates * node.rounds if isinstance(node, Loop) else 1


def check_budget(plan: Plan, registry: Registry, limits: PlanLimits) -> Iterator[PlanProblem]:
    """Yield a problem for each limit that the plan may go beyond; the limit itself is allowed."""
    if len(plan.nodes) > limits.max_nodes:
        yield PlanProblem(
            Rule.TOO_MANY_NODES,
            f"the plan has {len(plan.nodes)} nodes; at most {limits.max_nodes}",
        )
    calls = sum(runs(node) * len(calls_of(node)) for node in plan.nodes)
    if calls > limits.max_calls:
        yield PlanProblem(
            Rule.OVER_BUDGET,
            f"the plan may need {calls} calls; at most {limits.max_calls}: "
            "ask for fewer candidates or rounds",
        )
    cost_s = sum(expected_cost_s(node, registry) for node in plan.nodes)
    if cost_s > limits.budget_s:
        dearest = max(plan.nodes, key=lambda node: expected_cost_s(node, registry))
        yield PlanProblem(
            Rule.OVER_BUDGET,
            f"the plan is expected to take up to {cost_s:.0f} s, over the budget of "
            f"{limits.budget_s:g} s; the dearest node is {dearest.id!r} "
            f"({expected_cost_s(dearest, registry):.0f} s): ask for fewer candidates or rounds, "
            "or raise budget_s",
            dearest.id,
        )
