"""Events over ``temporalio.contrib.workflow_streams``, which is experimental: only this module
and the workflow's constructor know it.

A waiting read is a long-poll update of the workflow. Updates are part of the history and at
most 2,000 are allowed a run, so the pause between polls grows with the age of the reader; past
the limit the log is read by queries, which leave no trace.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.contrib.workflow_streams import (
    PollInput,
    PollResult,
    PublishInput,
    WorkflowStreamClient,
    _stream,
)
from temporalio.service import RPCError, RPCStatusCode

from maquette.records.event import TERMINAL, Event
from maquette.workflows.wire.names import EVENTS_TOPIC
from maquette.workflows.wire.rpc import rpc_errors

log = logging.getLogger(__name__)

_POLL_QUERY = "__temporal_workflow_stream_poll"
_PUBLISH_SIGNAL = "__temporal_workflow_stream_publish"

PAGE_BYTES = 40_000
"""Most bytes of events in one answer to a poll. An answer becomes part of the history, which holds
no payload over 64 KB; the library's own bound is 1 MB and not open to settings."""
_stream._MAX_POLL_RESPONSE_BYTES = PAGE_BYTES
MAX_PAGES_HERE = 25

BATCH_S = 0.1
PAUSES_S = ((10.0, 0.1), (60.0, 0.3), (300.0, 1.0), (float("inf"), 2.0))
"""(age of the reader, pause between its polls): about 800 polls in a quarter of an hour."""
FLUSH_S = 20.0
QUERY_PAUSE_S = 1.0

_NO_MORE_UPDATES = frozenset({RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.FAILED_PRECONDITION})


class StreamEventLog:
    """The event streams of running (and lately ended) workflows."""

    label = "temporal"

    def __init__(self, client: Client) -> None:
        self._client = client

    async def append(self, task_id: str, events: Sequence[Event]) -> None:
        with rpc_errors(f"task {task_id}"):
            async with EventPublisher(self._client, task_id) as publisher:
                for event in events:
                    publisher.publish(event)

    async def read(self, task_id: str, *, after: int | None = None) -> AsyncGenerator[Event]:
        place = 0 if after is None else after + 1
        with rpc_errors(f"task {task_id}"):
            # An unknown run is NotFound at once, not after a long poll.
            await self._client.get_workflow_handle(task_id).describe()
            try:
                async with aclosing(self._by_polls(task_id, place)) as events:
                    async for event in events:
                        place = (event.offset or 0) + 1
                        yield event
                        if event.type in TERMINAL:
                            return
                return
            except RPCError as error:
                if error.status not in _NO_MORE_UPDATES:
                    raise
                log.info("%s has used up its updates; reading by queries", task_id)
            async with aclosing(self._by_queries(task_id, place)) as events:
                async for event in events:
                    yield event
                    if event.type in TERMINAL:
                        return

    async def _by_polls(self, task_id: str, place: int) -> AsyncGenerator[Event]:
        """Long polls, rarer and rarer. Ends when the run is closed and drained."""
        began = time.monotonic()
        while True:
            pause_s = pause_at(time.monotonic() - began)
            stream = WorkflowStreamClient.create(self._client, task_id)
            # In truth a generator, so it can be closed between two polls.
            items: Any = stream.subscribe(
                [EVENTS_TOPIC],
                from_offset=place,
                result_type=Event,
                poll_cooldown=timedelta(seconds=pause_s),
            )
            async with aclosing(items):
                async for item in items:
                    place = item.offset + 1
                    yield item.data.model_copy(update={"offset": item.offset})
                    if pause_at(time.monotonic() - began) != pause_s:
                        break
                else:
                    return

    async def _by_queries(self, task_id: str, place: int) -> AsyncGenerator[Event]:
        """Look now and then; nothing of it enters the history."""
        handle = self._client.get_workflow_handle(task_id)
        while True:
            found = await handle.describe()
            for event in await read_events_now(handle, start=place):
                place = (event.offset or 0) + 1
                yield event
            if found.status is not WorkflowExecutionStatus.RUNNING:
                return
            await asyncio.sleep(QUERY_PAUSE_S)


async def read_events_now(
    handle: WorkflowHandle[Any, Any], *, start: int = 0, timeout_s: float = 10.0
) -> list[Event]:
    """The events from offset ``start`` that are there now, by query. Needs a worker."""
    events: list[Event] = []
    more = True
    while more:
        page: PollResult = await handle.query(
            _POLL_QUERY,
            PollInput(topics=[EVENTS_TOPIC], from_offset=start),
            result_type=PollResult,
            rpc_timeout=timedelta(seconds=timeout_s),
        )
        events += [_event(item.data, item.offset) for item in page.items]
        start, more = page.next_offset, page.more_ready
    return events


def events_here() -> tuple[str, ...] | None:
    """Inside a workflow: its events so far, as they travel; None if they fill too many pages."""
    poll = workflow.get_query_handler(_POLL_QUERY)
    wires: list[str] = []
    start = 0
    for _ in range(MAX_PAGES_HERE):
        page: PollResult = poll(  # type: ignore[misc]
            PollInput(topics=[EVENTS_TOPIC], from_offset=start)
        )
        wires += [item.data for item in page.items]
        if not page.more_ready:
            return tuple(wires)
        start = page.next_offset
    return None


def keep_only(is_news: Callable[[Event], bool]) -> None:
    """Inside a workflow: from now on, what activities publish is kept only if it is news."""
    publish = workflow.get_signal_handler(_PUBLISH_SIGNAL)

    def publish_news(batch: PublishInput) -> None:
        items = [item for item in batch.items if is_news(_event(item.data))]
        publish(replace(batch, items=items))  # type: ignore[misc]

    workflow.set_signal_handler(_PUBLISH_SIGNAL, publish_news)


def events_from(wires: Sequence[str]) -> list[Event]:
    """The events that ``events_here`` told."""
    return [_event(wire, offset) for offset, wire in enumerate(wires)]


def _event(wire: str, offset: int | None = None) -> Event:
    payload = Payload.FromString(base64.b64decode(wire))
    event: Event = pydantic_data_converter.payload_converter.from_payload(payload, Event)
    return event.model_copy(update={"offset": offset})


def pause_at(age_s: float) -> float:
    """The pause between polls of a reader of this age, in seconds."""
    return next(pause for until, pause in PAUSES_S if age_s < until)


class EventPublisher:
    """Sends events to a running workflow in batches; flushes when left.

    Order is kept. An event is delivered at least once: a retried activity says again what it
    does, and the workflow keeps what is ``news``. A stream that is gone (the run has ended)
    swallows what is sent.
    """

    def __init__(self, client: Client, task_id: str) -> None:
        self._stream = WorkflowStreamClient.create(
            client,
            task_id,
            batch_interval=timedelta(seconds=BATCH_S),
            max_retry_duration=timedelta(seconds=FLUSH_S),
        )
        self._topic = self._stream.topic(EVENTS_TOPIC, type=Event)

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._stream.__aexit__(kind, error, trace)
        except (RPCError, TimeoutError) as problem:
            log.warning("events were not delivered: %s", problem)

    def publish(self, event: Event) -> None:
        self._topic.publish(event)
