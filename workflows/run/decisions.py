"""Decisions about the plan as a whole, pure: ready nodes, critical path, what is delivered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import Any

from maquette.records.artifact import ArtifactRef
from maquette.records.draft import Draft
from maquette.records.plan import INPUTS, Call, Loop, Plan, calls_of, depends_on
from maquette.records.plan import references as find_references
from maquette.records.task import TaskOptions, TaskResult
from maquette.workflows.loops.state import LoopState
from maquette.workflows.wire.spill import head_of, is_spilled, spilled_ref

MAX_RESULT_TEXT = 4_000
LOOP_PORT = "image"
MAKERS = frozenset({"draw", "compose"})
"""Tools that make a picture of words alone."""


def with_options(plan: Plan, options: TaskOptions) -> Plan:
    """The plan with the person's own numbers of rounds and candidates in every loop."""
    chosen = {"rounds": options.rounds, "candidates": options.candidates}
    update = {key: value for key, value in chosen.items() if value is not None}
    nodes = tuple(
        node.model_copy(update=update) if isinstance(node, Loop) else node for node in plan.nodes
    )
    return plan.model_copy(update={"nodes": nodes})


def made_of_words(plan: Plan, loop: Loop) -> bool:
    """Whether a loop draws or composes the one picture that a plan makes of words. Of several the
    words of the request tell more than each shows."""
    only = [node.id for node in plan.nodes if isinstance(node, Loop)] == [loop.id]
    return only and any(call.tool in MAKERS for call in calls_of(loop))


def values_for(nodes: Iterable[Call | Loop], values: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the known values that these nodes read from outside themselves."""
    calls = [call for node in nodes for call in calls_of(node)]
    own = {call.id for call in calls}
    wanted = {ref for call in calls for ref in find_references(call.arguments)}
    return {ref: values[ref] for ref in sorted(wanted) if ref.split(".", 1)[0] not in own}


def input_values(inputs: tuple[ArtifactRef, ...]) -> dict[str, Any]:
    """The attached artifacts under the names by which a plan refers to them."""
    return {f"{INPUTS}.{index}": ref.model_dump(mode="json") for index, ref in enumerate(inputs)}


def critical_path_s(plan: Plan, node_s: Mapping[str, float]) -> float:
    """The longest chain of model time through the DAG, in seconds."""
    needs = {node.id: depends_on(node) for node in plan.nodes}
    ends: dict[str, float] = {}
    with suppress(CycleError):  # a validated plan has none
        for name in TopologicalSorter(needs).static_order():
            start = max((ends[one] for one in needs.get(name, ())), default=0.0)
            ends[name] = start + node_s.get(name, 0.0)
    return max(ends.values(), default=0.0)


def fraction_done(plan: Plan, done: Collection[str], loops: Mapping[str, LoopState]) -> float:
    """How far the walk is, 0 to 1: whole nodes, and loops by the rounds they have done."""
    if not plan.nodes:
        return 1.0
    shares = (
        1.0
        if node.id in done
        else loops[node.id].rounds_done / (loops[node.id].loop.rounds + 1)
        if node.id in loops
        else 0.0
        for node in plan.nodes
    )
    return sum(shares) / len(plan.nodes)


def deliver(
    plan: Plan, values: Mapping[str, Any], loops: Mapping[str, LoopState], reason: str
) -> TaskResult:
    """What can be handed over now: every output that is there, loops by their best so far."""
    artifacts: list[ArtifactRef] = []
    texts: list[str] = []
    for ref in plan.outputs:
        value = values.get(ref)
        if value is None:
            state = loops.get(ref.split(".", 1)[0])
            value = state.best.artifact if state and state.best else None
        _sort_value(value, artifacts, texts)
    ordered = _leading_first(plan, loops)
    best = next((state.best for state in ordered if state.best), None)
    drafts: tuple[Draft, ...] = tuple(draft for state in ordered for draft in state.drafts)
    text = "\n".join(texts)
    return TaskResult(
        artifacts=tuple(artifacts),
        text=text[:MAX_RESULT_TEXT] if texts else None,
        best=best,
        drafts=drafts,
        score=best.score if best else None,
        reason=reason,
    )


def _sort_value(value: Any, artifacts: list[ArtifactRef], texts: list[str]) -> None:
    if isinstance(value, ArtifactRef):
        artifacts.append(value)
    elif isinstance(value, str):
        texts.append(value)
    elif is_spilled(value):
        artifacts.append(spilled_ref(value))
        texts.append(head_of(value))
    elif isinstance(value, dict) and "sha256" in value and "media_type" in value:
        artifacts.append(ArtifactRef.model_validate(value))
    elif isinstance(value, (list, tuple)):
        for item in value:
            _sort_value(item, artifacts, texts)
    elif value is not None:
        texts.append(str(value))


def _leading_first(plan: Plan, loops: Mapping[str, LoopState]) -> list[LoopState]:
    """Loop states, those whose picture is delivered before the others, else in plan order."""
    delivered = [ref.split(".", 1)[0] for ref in plan.outputs]
    names = [name for name in delivered if name in loops]
    names += [node.id for node in plan.nodes if node.id in loops and node.id not in names]
    return [loops[name] for name in dict.fromkeys(names)]
