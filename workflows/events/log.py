"""The seam to a task's event stream. Implementations: Temporal streams (real) and memory.

An event's offset is its place in the stream: 0, 1, 2 ... without gap or repetition. It is the
SSE id and the point from which a reader goes on.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from maquette.records.errors import NotFound
from maquette.records.event import TERMINAL, Event


class EventLog(Protocol):
    """Ordered events of each task, kept as long as its run is known."""

    label: str

    async def append(self, task_id: str, events: Sequence[Event]) -> None:
        """Add events, together and in order; their offsets are given here.

        Raises: NotFound: no run of this name takes events. EngineUnavailable.
        """
        ...

    def read(self, task_id: str, *, after: int | None = None) -> AsyncGenerator[Event]:
        """Yield the events behind offset ``after`` (None: from the first), then wait for more.

        Ends after the task's terminal event, or when the run has ended without one.
        Raises: NotFound: no run of this name is known. EngineUnavailable.
        """
        ...


class MemoryEventLog:
    """Events in this process: for tests and dry runs."""

    label = "memory"

    def __init__(self) -> None:
        self._events: dict[str, list[Event]] = {}
        self._ended: set[str] = set()
        self._news: dict[str, asyncio.Condition] = defaultdict(asyncio.Condition)

    def open(self, task_id: str) -> None:
        """Begin the stream of a task."""
        self._events.setdefault(task_id, [])

    async def end(self, task_id: str) -> None:
        """The run is over: readers get what is there, then stop."""
        self._ended.add(task_id)
        async with self._news[task_id]:
            self._news[task_id].notify_all()

    async def append(self, task_id: str, events: Sequence[Event]) -> None:
        log = self._log(task_id)
        log += [
            event.model_copy(update={"offset": place})
            for place, event in enumerate(events, start=len(log))
        ]
        async with self._news[task_id]:
            self._news[task_id].notify_all()

    async def read(self, task_id: str, *, after: int | None = None) -> AsyncGenerator[Event]:
        log = self._log(task_id)
        place = 0 if after is None else after + 1
        while True:
            while place < len(log):
                event = log[place]
                place += 1
                yield event
                if event.type in TERMINAL:
                    return
            if task_id in self._ended:
                return
            async with self._news[task_id]:
                while place >= len(log) and task_id not in self._ended:
                    await self._news[task_id].wait()

    def _log(self, task_id: str) -> list[Event]:
        try:
            return self._events[task_id]
        except KeyError:
            raise NotFound(f"no task {task_id!r} has events here") from None
