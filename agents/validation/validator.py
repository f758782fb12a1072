"""The validator: a plan is checked in every respect before any tool runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from maquette.agents.validation.arguments import check_arguments
from maquette.agents.validation.budget import check_budget
from maquette.agents.validation.graph import Graph
from maquette.agents.validation.parsing import parse_plan
from maquette.agents.validation.problems import PlanLimits, PlanProblem, Rule
from maquette.records.errors import PlanRejected
from maquette.records.plan import INPUTS, Call, Loop, Plan, calls_of
from maquette.tools.registry import Registry

__all__ = ["PlanLimits", "PlanProblem", "Rule", "check_plan", "parse_plan", "validate"]


def validate(
    plan: Plan, registry: Registry, *, inputs: int, limits: PlanLimits | None = None
) -> list[PlanProblem]:
    """Everything that is wrong with a plan; empty means it may run.

    Args:
        inputs: how many pictures are attached to the task.
    """
    if not plan.nodes:
        return [PlanProblem(Rule.EMPTY_PLAN, "the plan is empty: it has no node")]
    limits = limits or PlanLimits()
    return [
        *_check_ids(plan),
        *_check_tools(plan, registry, limits),
        *Graph(plan, registry, inputs).problems(),
        *check_budget(plan, registry, limits),
    ]


def check_plan(
    plan: Plan, registry: Registry, *, inputs: int, limits: PlanLimits | None = None
) -> Plan:
    """The plan itself. Raises: PlanRejected: with the code and the sentence of every problem."""
    problems = validate(plan, registry, inputs=inputs, limits=limits)
    if problems:
        raise PlanRejected(
            [(problem.code.value, problem.sentence) for problem in problems],
            hint="Nothing was run. Change what is named in the request or its options; ask again.",
        )
    return plan


def _calls(plan: Plan) -> Iterator[Call]:
    for node in plan.nodes:
        yield from calls_of(node)


def _check_ids(plan: Plan) -> Iterator[PlanProblem]:
    loops = [node for node in plan.nodes if isinstance(node, Loop)]
    ids = Counter([*(call.id for call in _calls(plan)), *(loop.id for loop in loops)])
    for name, times in ids.items():
        if name == INPUTS:
            yield PlanProblem(
                Rule.RESERVED_ID, f"a node is named {INPUTS!r}, the name of what is attached", name
            )
        if times > 1:
            yield PlanProblem(
                Rule.DUPLICATE_ID, f"{times} nodes are named {name!r}; names are unique", name
            )
    for loop in loops:
        names = [loop.source, *(one.source for one in loop.alternatives)]
        for twice in sorted({one for one in names if one and names.count(one) > 1}):
            yield PlanProblem(
                Rule.DUPLICATE_ID,
                f"two ways of loop {loop.id!r} are named {twice!r}; names are unique",
                loop.id,
            )
        for name, times in Counter(criterion.id for criterion in loop.criteria).items():
            if times > 1:
                yield PlanProblem(
                    Rule.DUPLICATE_ID,
                    f"{times} criteria of loop {loop.id!r} are named {name!r}; names are unique",
                    loop.id,
                )


def _check_tools(plan: Plan, registry: Registry, limits: PlanLimits) -> Iterator[PlanProblem]:
    for node in plan.nodes:
        if isinstance(node, Loop) and node.strategy not in limits.strategies:
            yield PlanProblem(
                Rule.UNKNOWN_STRATEGY,
                f"loop {node.id!r} asks for the strategy {node.strategy!r}; "
                f"known: {', '.join(sorted(limits.strategies))}",
                node.id,
            )
    for call in _calls(plan):
        if call.tool in registry:
            yield from check_arguments(call, registry.get(call.tool))
            continue
        near = registry.nearest(call.tool)
        guess = f"did you mean {near!r}? " if near else ""
        yield PlanProblem(
            Rule.UNKNOWN_TOOL,
            f"call {call.id!r} asks for a tool {call.tool[:80]!r} that does not exist; "
            f"{guess}known: {', '.join(registry.names())}",
            call.id,
        )
