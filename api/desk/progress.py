"""A task's events folded into what people look at: node states and rounds. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from maquette.records.draft import Draft
from maquette.records.event import Event, EventType
from maquette.records.plan import calls_of, depends_on
from maquette.records.task import Task

STATE = {
    EventType.STEP_STARTED: "in_progress",
    EventType.STEP_PROGRESS: "in_progress",
    EventType.ITERATION_STARTED: "in_progress",
    EventType.STEP_CACHED: "completed",
    EventType.STEP_COMPLETED: "completed",
    EventType.STEP_FAILED: "failed",
}

DRAFT_FIELDS = (
    "round",
    "candidate",
    "artifact",
    "verdict",
    "score",
    "outcome",
    "passed",
    "failed",
    "unjudged",
    "reason",
    "change",
    "source",
)


def graph(task: Task, events: Iterable[Event]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Nodes with state, timing and cache hits, and edges, of a task's plan."""
    if task.plan is None:
        return [], []
    nodes: dict[str, dict[str, Any]] = {}
    edges: list[dict[str, Any]] = []
    for node in task.plan.nodes:
        nodes[node.id] = {
            "id": node.id,
            "kind": node.kind,
            "tools": [call.tool for call in calls_of(node)],
            "reason": node.reason,
            "state": "queued",
            "started_at": None,
            "ended_at": None,
            "cached": False,
        }
        edges += [{"from": source, "to": node.id} for source in sorted(depends_on(node))]
    for event in events:
        found = nodes.get(str(event.data.get("node")))
        state = STATE.get(event.type)
        if found and event.type is EventType.ITERATION_DECIDED:
            if event.data.get("decision") != "revise":
                found |= {"state": "completed", "ended_at": event.created_at}
            continue
        if found is None or state is None:
            continue
        if found["started_at"] is None:
            found["started_at"] = event.created_at
        call = event.data.get("call")
        if call and call != found["id"]:
            continue  # a call inside a loop: the loop itself goes on
        found["state"] = state
        if event.type in (EventType.STEP_CACHED, EventType.STEP_COMPLETED, EventType.STEP_FAILED):
            found["ended_at"] = event.created_at
        found["cached"] = found["cached"] or event.type is EventType.STEP_CACHED
    if task.status.delivered:
        for found in nodes.values():
            found["state"] = "completed"
    elif task.status.ended:
        for found in nodes.values():
            if found["state"] == "in_progress":
                found["state"] = task.status.value
    return list(nodes.values()), edges


def rounds(task: Task, events: Iterable[Event]) -> list[dict[str, Any]]:
    """Rounds in order, each with its candidates and the decision that ended it."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    best = task.result.best.id if task.result and task.result.best else None
    kept = {draft.id: draft for draft in (task.result.drafts if task.result else ())}

    def of(node: str, number: int) -> dict[str, Any]:
        empty = {"node": node, "round": number, "candidates": [], "decision": None, "reason": ""}
        return found.setdefault((node, number), empty)

    for event in events:
        data = event.data
        number = data.get("round")
        if not isinstance(number, int):
            continue
        here = of(str(data.get("node", "")), number)
        if event.type is EventType.CANDIDATE_SCORED:
            draft = {key: data[key] for key in DRAFT_FIELDS if key in data}
            name = str(data.get("draft"))
            more = kept.get(name)
            draft |= {"id": name, "best": name == best}
            draft |= {"seed": more.seed, "parent": more.parent} if more else {}
            here["candidates"].append(draft)
        elif event.type is EventType.ITERATION_DECIDED:
            here |= {key: data[key] for key in ("decision", "reason", "changes") if key in data}
    if not any(one["candidates"] for one in found.values()):
        for one in kept.values():
            of("", one.round)["candidates"].append(_of_record(one, best))
    return [found[key] for key in sorted(found)]


def _of_record(draft: Draft, best: str | None) -> dict[str, Any]:
    return draft.model_dump(mode="json") | {
        "artifact": draft.artifact.sha256,
        "verdict": draft.verdict.sha256,
        "best": draft.id == best,
    }
