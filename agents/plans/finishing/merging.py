"""Several plans as one: each item of a request by itself, all delivered together."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.agents.plans.finishing.formats import ids_of
from maquette.records.plan import INPUTS, REFERENCE_KEY, Call, Node, Plan, references, resolve


def merged(plans: Sequence[Plan]) -> Plan:
    """One plan that does everything, in order; ids that meet twice get a number."""
    if len(plans) == 1:
        return plans[0]
    nodes: list[Node] = []
    outputs: list[str] = []
    for k, plan in enumerate(plans, start=1):
        renamed = _renamed(plan, f"item{k}_")
        nodes += renamed.nodes
        outputs += renamed.outputs
    return Plan(
        nodes=tuple(nodes),
        outputs=tuple(outputs),
        summary="; ".join(plan.summary for plan in plans)[:400],
        notes=tuple(dict.fromkeys(note for plan in plans for note in plan.notes)),
    )


def _renamed(plan: Plan, prefix: str) -> Plan:
    """The plan with a prefix to every id."""
    ids = ids_of(plan.nodes)

    def reference(text: str) -> str:
        head = text.split(".", 1)[0]
        return f"{prefix}{text}" if head in ids and head != INPUTS else text

    def call_of(call: Call) -> Call:
        anew = {one: {REFERENCE_KEY: reference(one)} for one in references(call.arguments)}
        told = {"id": f"{prefix}{call.id}", "arguments": resolve(call.arguments, anew)}
        return call.model_copy(update=told)

    def node_of(node: Node) -> Node:
        if isinstance(node, Call):
            return call_of(node)
        alternatives = tuple(
            one.model_copy(
                update={"body": tuple(map(call_of, one.body)), "result": reference(one.result)}
            )
            for one in node.alternatives
        )
        return node.model_copy(
            update={
                "id": f"{prefix}{node.id}",
                "body": tuple(map(call_of, node.body)),
                "result": reference(node.result),
                "alternatives": alternatives,
            }
        )

    return plan.model_copy(
        update={
            "nodes": tuple(map(node_of, plan.nodes)),
            "outputs": tuple(map(reference, plan.outputs)),
        }
    )
