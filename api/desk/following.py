"""Following a task: its events as they come, until it ends or the server stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

from maquette.api.desk.desk import Desk
from maquette.records.errors import MaquetteError
from maquette.records.event import TERMINAL, Event, EventType
from maquette.records.planning.carried_plan import words_in

LOG = logging.getLogger("maquette.api")

PING_S = 10.0


async def followed(
    desk: Desk, task_id: str, *, after: int | None, quiet_s: float = PING_S
) -> AsyncIterator[Event | None]:
    """The task's events, and None whenever nothing happened for ``quiet_s``.

    Ends with the stream or when the server closes. An engine that goes away ends it too.
    """
    source = desk.gateway.events(task_id, owner=desk.owner, after=after)
    closing: asyncio.Future[Any] = asyncio.ensure_future(desk.closing.wait())
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
                yield in_words(event)
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
        await source.aclose()


async def recorded(
    desk: Desk, task_id: str, *, after: int | None, limit: int = 1_000
) -> tuple[Sequence[Event], bool]:
    """The events that are there by now, and whether the last of them ends the task.

    Raises: EngineUnavailable, StoreUnavailable: they cannot be read just now.
    """
    found = (await desk.gateway.events_now(task_id, owner=desk.owner, after=after))[:limit]
    found = [in_words(event) for event in found]
    return found, bool(found) and found[-1].type in TERMINAL


def in_words(event: Event) -> Event:
    """The event, with the words alone of a request that brought its plan."""
    text = event.data.get("text")
    if event.type is not EventType.TASK_CREATED or not isinstance(text, str):
        return event
    return event.model_copy(update={"data": {**event.data, "text": words_in(text)}})
