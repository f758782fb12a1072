"""Several plans as one: each item of a request by itself, all delivered together."""

from __future__ import annotations

import json
from collections.abc import Sequence

from maquette.records.plan import INPUTS, REFERENCE_KEY, Call, Loop, Node, Plan


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
    ids = {node.id for node in plan.nodes}
    for node in plan.nodes:
        if isinstance(node, Loop):
            ids |= {call.id for call in node.body}
            ids |= {call.id for one in node.alternatives for call in one.body}

    def reference(text: str) -> str:
        head = text.split(".", 1)[0]
        return f"{prefix}{text}" if head in ids and head != INPUTS else text

    def value(one: object) -> object:
        if isinstance(one, dict):
            if set(one) == {REFERENCE_KEY}:
                return {REFERENCE_KEY: reference(str(one[REFERENCE_KEY]))}
            return {key: value(item) for key, item in one.items()}
        if isinstance(one, (list, tuple)):
            return [value(item) for item in one]
        return one

    def call_of(call: Call) -> Call:
        arguments = value(json.loads(json.dumps(call.arguments)))
        return call.model_copy(update={"id": f"{prefix}{call.id}", "arguments": arguments})

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
