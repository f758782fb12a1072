"""Others of a picture: its plan again, once or more often, each time from other seeds."""

from __future__ import annotations

from maquette.agents.plans.finishing.formats import ids_of
from maquette.agents.plans.finishing.merging import merged
from maquette.records.ledger import Ledger
from maquette.records.plan import Loop, Plan, depends_on

FIRST = "item1_"
"""How ids of the first of several plans begin (see ``merging``)."""


def varied(plan: Plan, count: int) -> Plan:
    """A plan that makes so many of what a plan makes, its loops each from seeds of their own.

    Of one the plan is the same; then it is the task that needs another seed. Words, ledger and
    notes stay those of the plan.
    """
    if count == 1:
        return plan
    copies = [plan.model_copy(update={"nodes": _nodes(plan, k)}) for k in range(count)]
    together = merged(copies)
    return plan.model_copy(
        update={
            "nodes": together.nodes,
            "outputs": together.outputs,
            "summary": f"{count} variations: {plan.summary}"[:400],
            "ledger": _ledger(plan),
        }
    )


def leading_to(plan: Plan, output: str) -> Plan:
    """The part of a plan that one of its outputs needs."""
    needed, nodes = {output.split(".", 1)[0]}, []
    for node in reversed(plan.nodes):
        if node.id in needed:
            needed |= set(depends_on(node))
            nodes.append(node)
    return plan.model_copy(update={"nodes": tuple(reversed(nodes)), "outputs": (output,)})


def _ledger(plan: Plan) -> Ledger | None:
    """The ledger, which now tells of the first of them."""
    if plan.ledger is None:
        return None
    ids = ids_of(plan.nodes)
    entries = tuple(
        one.model_copy(update={"goes_to": f"{FIRST}{one.goes_to}"})
        if one.goes_to.split(".", 1)[0] in ids
        else one
        for one in plan.ledger.entries
    )
    return plan.ledger.model_copy(update={"entries": entries})


def _nodes(plan: Plan, number: int) -> tuple[object, ...]:
    return tuple(
        node.model_copy(update={"variation": (node.variation + number) % 1001})
        if isinstance(node, Loop)
        else node
        for node in plan.nodes
    )
