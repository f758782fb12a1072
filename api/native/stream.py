"""Events of a task as Server-Sent Events: id = offset = the place to go on from."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event

from maquette.api.desk.desk import Desk
from maquette.api.desk.following import followed
from maquette.records.event import Event

RETRY_MS = 1_000

NO_BUFFERING = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def encode(event: Event) -> bytes:
    """One event as SSE bytes."""
    return format_sse_event(
        data_str=event.model_dump_json(),
        event=event.type.value,
        id=None if event.offset is None else str(event.offset),
    )


def event_stream(
    desk: Desk, task_id: str, *, after: int | None, headers: dict[str, str] | None = None
) -> EventSourceResponse:
    """Answer with the live stream; the caller has made sure that the task exists.

    The stream ends after the terminal event, when the server stops, or when the engine goes
    away; a client goes on later from the last id it saw.

    Raises: Overloaded: too many streams are open.
    """
    desk.activity.check_room()
    return EventSourceResponse(
        _frames(desk, task_id, after), headers=NO_BUFFERING | (headers or {})
    )


async def _frames(desk: Desk, task_id: str, after: int | None) -> AsyncIterator[bytes]:
    with desk.activity.watching():
        yield format_sse_event(retry=RETRY_MS, comment="events of a task")
        async for event in followed(desk, task_id, after=after):
            yield KEEPALIVE_COMMENT if event is None else encode(event)
