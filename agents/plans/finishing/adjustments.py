"""The plan of adjustments of a whole picture: one call after the other."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.agents.plans.finishing.formats import free_id
from maquette.agents.reading.labelled.adjusting import Adjustment
from maquette.records.artifact import ArtifactRef
from maquette.records.plan import INPUTS, REFERENCE_KEY, Call, Node, Plan


def adjusted_plan(
    plan: Plan | None, adjustments: Sequence[Adjustment], ref: ArtifactRef, *, k: int = 0
) -> Plan:
    """The adjustments of the ``k``-th attached picture, or of what a plan delivers.

    Args:
        ref: the attached picture; shares of its size are worked out from it.
    """
    nodes: list[Node] = list(plan.nodes) if plan else []
    image = plan.outputs[0] if plan else f"{INPUTS}.{k}"
    for one in adjustments:
        tool, arguments = one.tool, dict(one.arguments)
        if "scale" in arguments:
            longer = max(ref.width_px or 512, ref.height_px or 512)
            arguments = {"longer_px": max(16, round(longer * float(arguments["scale"])))}
        call = Call(
            id=free_id(nodes, tool),
            tool=tool,
            arguments={"image": {REFERENCE_KEY: image}, **arguments},
        )
        nodes.append(call)
        image = f"{call.id}.image"
    told = "; ".join(_told(one) for one in adjustments)
    return Plan(
        nodes=tuple(nodes),
        outputs=(image, *(plan.outputs[1:] if plan else ())),
        summary=f"{plan.summary}; {told}"[:400] if plan else f"the attached picture: {told}"[:400],
        notes=plan.notes if plan else (),
    )


def _told(one: Adjustment) -> str:
    values = ", ".join(f"{name} {value}" for name, value in one.arguments.items())
    return f"{one.tool.replace('_', ' ')}{f' ({values})' if values else ''}"
