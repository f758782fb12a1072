"""Events of a task as Server-Sent Events: id = offset = the place to go on from."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event

from maquette.api.desk.doors import Doors
from maquette.records.errors import MaquetteError
from maquette.records.event import TERMINAL, Event

LOG = logging.getLogger("maquette.api")

PING_S = 10.0
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
    doors: Doors, task_id: str, *, after: int | None, headers: dict[str, str] | None = None
) -> EventSourceResponse:
    """Answer with the live stream; the caller has made sure that the task exists.

    The stream ends after the terminal event, when the server stops, or when the engine goes
    away; a client goes on later from the last id it saw.

    Raises: Overloaded: too many streams are open.
    """
    doors.activity.check_room()
    return EventSourceResponse(
        _frames(doors, task_id, after), headers=NO_BUFFERING | (headers or {})
    )


async def _frames(doors: Doors, task_id: str, after: int | None) -> AsyncIterator[bytes]:
    with doors.activity.watching():
        yield format_sse_event(retry=RETRY_MS, comment="events of a task")
        async for event in until_closing(doors, task_id, after=after):
            yield KEEPALIVE_COMMENT if event is None else encode(event)


async def until_closing(
    doors: Doors, task_id: str, *, after: int | None, quiet_s: float = PING_S
) -> AsyncIterator[Event | None]:
    """The task's events, and None whenever nothing happened for ``quiet_s``.

    Ends with the stream or when the server closes. An engine that goes away ends it too.
    """
    events = doors.gateway.events(task_id, owner=doors.owner, after=after)
    source = aiter(events)
    closing: asyncio.Future[Any] = asyncio.ensure_future(doors.closing.wait())
    coming: asyncio.Future[Any] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(source))
            done, _ = await asyncio.wait(
                {coming, closing}, timeout=quiet_s, return_when=asyncio.FIRST_COMPLETED
            )
            if coming in done:
                event: Event = coming.result()
                coming = None
                yield event
                if event.type in TERMINAL:
                    return
            elif closing in done:
                return
            else:
                yield None
    except StopAsyncIteration:
        return
    except MaquetteError as error:
        LOG.warning("the event stream of %s broke off: %s", task_id, error.code)
    finally:
        closing.cancel()
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
        close = getattr(source, "aclose", None)
        if close is not None:
            await close()


async def recorded(
    doors: Doors, task_id: str, *, after: int | None, limit: int = 1_000
) -> tuple[Sequence[Event], bool]:
    """The events that are there by now, and whether the last of them ends the task.

    Raises: EngineUnavailable, StoreUnavailable: they cannot be read just now.
    """
    found = (await doors.gateway.events_now(task_id, owner=doors.owner, after=after))[:limit]
    return found, bool(found) and found[-1].type in TERMINAL
