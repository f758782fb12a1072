"""Tasks: submit, list, look, wait, cancel, answer."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import JSONResponse, Response

from maquette.api.desk import tasks
from maquette.api.desk.desk import Desk
from maquette.api.desk.outputs import outputs_of
from maquette.api.http.bodies import documented, json_body
from maquette.api.http.preferences import MAX_WAIT_S, matches, preferred_wait_s, wants
from maquette.api.native.context import Context
from maquette.api.native.stream import event_stream
from maquette.api.schemas import FeedbackBody, ListQuery, TaskSubmission, task_view
from maquette.records.errors import TryAgain
from maquette.records.task import Task

router = APIRouter(prefix="/api/v1/tasks", tags=["tasks"])

Submission = Annotated[TaskSubmission, Depends(json_body(TaskSubmission))]


@router.post("", status_code=202, openapi_extra=documented(TaskSubmission))
async def submit_task(
    desk: Context,
    body: Submission,
    prefer: Annotated[str | None, Header()] = None,
    accept: Annotated[str | None, Header()] = None,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Submit a task: 202 at once, 200 if it ended within ``Prefer: wait=N``, or a stream.

    With a ``plan`` that is run as it is, after the same checks as a plan that is made here.
    """
    return await submitted(desk, body, prefer=prefer, accept=accept, key=idempotency_key)


async def submitted(
    desk: Desk, body: TaskSubmission, *, prefer: str | None, accept: str | None, key: str | None
) -> Response:
    """Start a task and answer as the caller prefers. Raises: as ``tasks.submit``."""
    streaming = wants(accept, "text/event-stream")
    if streaming:
        desk.activity.check_room()
    task = await tasks.submit(desk, body, key=key)
    location = {"Location": f"/api/v1/tasks/{task.id}"}
    # From here on the task is there, and every answer tells its id.
    with suppress(TryAgain):
        if streaming:
            return event_stream(desk, task.id, after=None, headers=location)
        wait_s = preferred_wait_s(prefer)
        if wait_s and not task.status.ended:
            task = await tasks.current(desk, task.id, wait_s=wait_s)
            location["Preference-Applied"] = f"wait={int(wait_s)}"
    return JSONResponse(
        task_view(task), status_code=200 if task.status.ended else 202, headers=location
    )


@router.put("/{task_id}", status_code=201, openapi_extra=documented(TaskSubmission))
async def put_task(desk: Context, task_id: str, body: Submission) -> Response:
    """Submit under an id of the caller's choice: 201, again 200, 409 for another body."""
    task, existed = await tasks.submit_under(desk, task_id, body)
    return JSONResponse(
        task_view(task),
        status_code=200 if existed else 201,
        headers={"Location": f"/api/v1/tasks/{task.id}"},
    )


@router.get("")
async def list_tasks(desk: Context, query: Annotated[ListQuery, Query()]) -> dict[str, Any]:
    """Tasks, newest first; ``after`` = the ``last_id`` of a page gives the next one."""
    page = await tasks.listed(desk, query)
    data = [task_view(task) for task in page.data]
    return {
        "object": "list",
        "data": data,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
        "has_more": page.has_more,
    }


@router.get("/{task_id}")
async def get_task(
    desk: Context,
    request: Request,
    task_id: str,
    wait: Annotated[float, Query(ge=0, le=MAX_WAIT_S)] = 0,
) -> Response:
    """How a task stands. ``wait=N`` holds the answer until it ends, at most N seconds."""
    return _tagged(request, await tasks.current(desk, task_id, wait_s=wait))


@router.get("/{task_id}/outputs")
async def task_outputs(desk: Context, task_id: str) -> dict[str, Any]:
    """What each call of the plan gave, by node and port, as far as it is kept."""
    found = await outputs_of(desk, await tasks.current(desk, task_id))
    return {"object": "outputs", "task_id": task_id, "data": found}


@router.post("/{task_id}/cancel", status_code=202)
async def cancel_task(desk: Context, task_id: str) -> Response:
    """Stop a task; what was finished stays. Stopping one that ended changes nothing."""
    return JSONResponse(task_view(await tasks.cancel(desk, task_id)), status_code=202)


@router.post("/{task_id}/feedback", status_code=202, openapi_extra=documented(FeedbackBody))
async def give_feedback(
    desk: Context,
    task_id: str,
    body: Annotated[FeedbackBody, Depends(json_body(FeedbackBody))],
) -> Response:
    """Answer the open question of a task: approve or reject. 409 when nothing is asked."""
    return JSONResponse(task_view(await tasks.answer(desk, task_id, body)), status_code=202)


def _tagged(request: Request, task: Task) -> Response:
    """The task with an ETag of its content; 304 when the caller has it already."""
    data = json.dumps(task_view(task), ensure_ascii=False).encode()
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type="application/json", headers=headers)
