"""The form of a result as it was asked for: size, ratio, clear background, several versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from maquette.agents.reading.labelled.edits.adjusting import Format
from maquette.records.plan import REFERENCE_KEY, Call, Loop, Node, Plan, calls_of

LONGER_PX = 1024
"""The longer side of a composed picture of which only the ratio was said."""


def formatted(plan: Plan, form: Format) -> Plan:
    """The plan with its pictures in the form that was asked for."""
    if form.versions and form.versions > 1:
        plan = _in_versions(plan, form.versions)
    composed = [node for node in plan.nodes if isinstance(node, Loop) and _brief_call(node)]
    sized = _size_of(form)
    if sized and composed and len(composed) == len(plan.nodes):
        nodes = tuple(_with_size(node, *sized) for node in composed)
        plan = plan.model_copy(update={"nodes": nodes})
    elif form.width_px or form.ratio:
        plan = _after(plan, *_sizing(form))
    if form.transparent:
        plan = _after(plan, "remove_background", {})
    return plan


def _brief_call(loop: Loop) -> Call | None:
    """The call that composes, where nothing else makes the picture."""
    alone = len(loop.body) == 1 and not loop.alternatives
    return loop.body[0] if alone and loop.body[0].tool == "compose" else None


def _size_of(form: Format) -> tuple[int, int] | None:
    if form.width_px and form.height_px:
        fits = (
            64 <= min(form.width_px, form.height_px) <= max(form.width_px, form.height_px) <= 4096
        )
        return (form.width_px, form.height_px) if fits else None
    if form.ratio is None:
        return None
    wide, high = (int(part) for part in form.ratio.split(":"))
    scale = LONGER_PX / max(wide, high)
    return max(64, round(wide * scale)), max(64, round(high * scale))


def _with_size(loop: Loop, width_px: int, height_px: int) -> Loop:
    call = loop.body[0]
    brief = {**call.arguments["brief"], "width_px": width_px, "height_px": height_px}
    sized = call.model_copy(update={"arguments": {**call.arguments, "brief": brief}})
    return loop.model_copy(update={"body": (sized,)})


def _sizing(form: Format) -> tuple[str, dict[str, Any]]:
    if form.width_px and form.height_px:
        size = {"width_px": form.width_px, "height_px": form.height_px}
        return "resize", {**size, "fit": "cover"}
    return "crop", {"ratio": form.ratio}


def _after(plan: Plan, tool: str, arguments: dict[str, Any]) -> Plan:
    """The plan with each picture it delivers put through one more tool."""
    nodes: list[Node] = list(plan.nodes)
    outputs = []
    for k, output in enumerate(plan.outputs, start=1):
        if not output.endswith(".image"):
            outputs.append(output)
            continue
        call = Call(
            id=free_id(nodes, f"{tool}{k}"),
            tool=tool,
            arguments={"image": {REFERENCE_KEY: output}, **arguments},
            reason="the form that was asked for",
        )
        nodes.append(call)
        outputs.append(f"{call.id}.image")
    return plan.model_copy(update={"nodes": tuple(nodes), "outputs": tuple(outputs)})


def ids_of(nodes: Iterable[Node]) -> set[str]:
    """The ids of all nodes, and of the calls in them."""
    found = ((node.id, *(call.id for call in calls_of(node))) for node in nodes)
    return {name for names in found for name in names}


def free_id(nodes: list[Node], wanted: str) -> str:
    """An id that no node or call has."""
    taken = ids_of(nodes)
    return wanted if wanted not in taken else free_id(nodes, f"{wanted}_")


def _in_versions(plan: Plan, versions: int) -> Plan:
    """So many of the one composed picture, each another arrangement."""
    if len(plan.nodes) != 1 or not isinstance(plan.nodes[0], Loop):
        return plan
    loop = plan.nodes[0]
    call = _brief_call(loop)
    if call is None:
        note = f"{versions} versions were asked for; one is made"
        return plan.model_copy(update={"notes": (*plan.notes, note)})
    nodes = []
    for k in range(versions):
        body = call.model_copy(
            update={"id": f"{call.id}{k + 1}", "arguments": {**call.arguments, "variant": k}}
        )
        nodes.append(
            loop.model_copy(
                update={
                    "id": f"{loop.id}{k + 1}",
                    "body": (body,),
                    "result": f"{body.id}.image",
                    "candidates": 1,
                }
            )
        )
    return plan.model_copy(
        update={
            "nodes": tuple(nodes),
            "outputs": tuple(f"{node.id}.image" for node in nodes),
            "summary": f"{versions} versions: {plan.summary}"[:400],
        }
    )
