"""Fit a plan to the options of the task: fewer rounds, then fewer candidates."""

from __future__ import annotations

from maquette.agents.validation.budget import expected_cost_s
from maquette.records.plan import Loop, Plan
from maquette.records.task import TaskOptions
from maquette.tools.registry import Registry


def within_budget(plan: Plan, registry: Registry, options: TaskOptions) -> Plan:
    """The plan with the strategy, rounds and candidates asked for; of these two only what was not
    asked for is cut.

    What the person asked for is never cut: the validator refuses it if it is over budget.
    """
    nodes = list(with_strategy(plan, options).nodes)
    notes = list(plan.notes)
    for k, node in enumerate(nodes):
        if not isinstance(node, Loop):
            continue
        loop = node.model_copy(
            update={
                "candidates": options.candidates or node.candidates,
                "rounds": options.rounds or node.rounds,
            }
        )
        while expected_cost_s(loop, registry) > options.budget_s:
            if options.rounds is None and loop.rounds > 1:
                loop = loop.model_copy(update={"rounds": loop.rounds - 1})
            elif options.candidates is None and loop.candidates > 1:
                loop = loop.model_copy(update={"candidates": loop.candidates - 1})
            else:
                break
        wanted = (options.candidates or node.candidates, options.rounds or node.rounds)
        if (loop.candidates, loop.rounds) != wanted:
            notes.append(
                f"{loop.id} was cut to {loop.candidates} candidates and {loop.rounds} rounds "
                f"to stay within {options.budget_s:g} s"
            )
        nodes[k] = loop
    return plan.model_copy(update={"nodes": tuple(nodes), "notes": tuple(notes)})


def with_strategy(plan: Plan, options: TaskOptions) -> Plan:
    """The plan with its loops led by the strategy asked for, if any."""
    if options.strategy is None:
        return plan
    changed = {"strategy": options.strategy}
    nodes = [
        node.model_copy(update=changed) if isinstance(node, Loop) else node for node in plan.nodes
    ]
    return plan.model_copy(update={"nodes": tuple(nodes)})
