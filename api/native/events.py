"""What happened in a task, and what it looks like from here: events, plan, iterations."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.responses import JSONResponse, Response

from maquette.api.desk.desk import Desk
from maquette.api.desk.following import recorded
from maquette.api.desk.progress import graph, rounds
from maquette.api.desk.tasks import current, known_id
from maquette.api.http.preferences import event_offset, wants
from maquette.api.native.context import Context
from maquette.api.native.stream import event_stream
from maquette.records.errors import GiveUp, NotFound
from maquette.records.verdict import Verdict

router = APIRouter(prefix="/api/v1/tasks", tags=["tasks"])


@router.get("/{task_id}/events")
async def task_events(
    desk: Context,
    task_id: str,
    after: Annotated[str | None, Query()] = None,
    accept: Annotated[str | None, Header()] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """The event stream (SSE), from ``after`` or Last-Event-ID on; as JSON, one page so far."""
    task_id = known_id(task_id)
    offset = event_offset(last_event_id, after)
    if not wants(accept, "application/json"):
        await desk.gateway.check(task_id, owner=desk.owner)
        return event_stream(desk, task_id, after=offset)
    events, ended = await recorded(desk, task_id, after=offset)
    return JSONResponse(
        {
            "object": "list",
            "data": [event.model_dump(mode="json") for event in events],
            "last_id": events[-1].offset if events else offset,
            "ended": ended,
        }
    )


@router.get("/{task_id}/plan")
async def task_plan(desk: Context, task_id: str) -> dict[str, Any]:
    """The plan as a graph: nodes with their state, edges from producer to consumer."""
    task = await current(desk, task_id)
    if task.plan is None:
        return {"object": "plan", "task_id": task_id, "plan": None, "nodes": [], "edges": []}
    events, _ = await recorded(desk, task_id, after=None)
    nodes, edges = graph(task, events)
    return {
        "object": "plan",
        "task_id": task_id,
        "plan": task.plan.model_dump(mode="json"),
        "nodes": nodes,
        "edges": edges,
    }


@router.get("/{task_id}/iterations")
async def task_iterations(desk: Context, task_id: str) -> dict[str, Any]:
    """Every round with its candidates, their verdicts, the decision and its reason."""
    task = await current(desk, task_id)
    events, _ = await recorded(desk, task_id, after=None)
    found = rounds(task, events)
    drafts = [draft for one in found for draft in one["candidates"]]
    verdicts = await asyncio.gather(*(_verdict(desk, draft) for draft in drafts))
    for draft, verdict in zip(drafts, verdicts, strict=True):
        draft["findings"] = verdict
    return {"object": "list", "task_id": task_id, "data": found}


async def _verdict(desk: Desk, draft: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The findings on a draft; None when their document is damaged or gone.

    Raises: StoreUnavailable: it cannot be read just now.
    """
    try:
        data = await desk.store.get(str(draft.get("verdict")), owner=desk.owner)
        verdict = Verdict.model_validate_json(data)
    except (NotFound, GiveUp, ValueError):
        return None
    return [finding.model_dump(mode="json") for finding in verdict.findings]
