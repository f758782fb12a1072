"""What every event log promises, in memory or over Temporal streams."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from maquette.records.errors import NotFound
from maquette.records.event import Event, EventType
from maquette.workflows.events.log import EventLog


def event(number: int, kind: EventType = EventType.STEP_PROGRESS) -> Event:
    return Event(type=kind, task_id="t", created_at=float(number), data={"n": number})


def numbers(events: list[Event]) -> list[int]:
    return [one.data["n"] for one in events]


LAST = event(99, EventType.TASK_COMPLETED)


class EventLogContract:
    """What every log promises. A subclass supplies ``log``, and opens and ends a task."""

    @pytest.fixture
    def log(self) -> EventLog:
        raise NotImplementedError

    @pytest.fixture
    async def task_id(self, log: Any) -> str:
        raise NotImplementedError

    async def end(self, log: Any, task_id: str) -> None:
        raise NotImplementedError

    async def take(self, log: EventLog, task_id: str, count: int, after: int | None = None) -> list:
        events: list[Event] = []
        async with asyncio.timeout(15), aclosing(log.read(task_id, after=after)) as reading:
            async for one in reading:
                events.append(one)
                if len(events) == count:
                    break
        return events

    async def test_offsets_count_up_from_zero(self, log: EventLog, task_id: str) -> None:
        """Events come back in order with offsets 0, 1, 2 ..., whatever the batches were."""
        await log.append(task_id, [event(1), event(2)])
        await log.append(task_id, [event(3)])
        events = await self.take(log, task_id, 3)
        assert [one.offset for one in events] == [0, 1, 2]
        assert numbers(events) == [1, 2, 3]

    async def test_reading_goes_on_without_gap_or_repetition(
        self, log: EventLog, task_id: str
    ) -> None:
        """Reading in pieces, each from the last offset seen, gives what one reader sees."""
        await log.append(task_id, [event(n) for n in range(6)])
        seen: list[Event] = []
        while len(seen) < 6:
            after = seen[-1].offset if seen else None
            seen += await self.take(log, task_id, 2, after)
        assert numbers(seen) == list(range(6))

    async def test_a_reader_waits_for_news(self, log: EventLog, task_id: str) -> None:
        """A reader that has seen everything gets the next event soon after it is added."""
        await log.append(task_id, [event(1)])
        reading = asyncio.create_task(self.take(log, task_id, 2))
        await asyncio.sleep(0.3)
        assert not reading.done()
        await log.append(task_id, [event(2)])
        async with asyncio.timeout(3):
            assert numbers(await reading) == [1, 2]

    async def test_the_terminal_event_ends_the_reading(self, log: EventLog, task_id: str) -> None:
        """A reader stops by itself behind the terminal event."""
        await log.append(task_id, [event(1), LAST])
        events = await self.take(log, task_id, 100)
        assert numbers(events) == [1, 99]

    async def test_a_run_that_ends_lets_its_readers_go(self, log: EventLog, task_id: str) -> None:
        """When a run ends without a terminal event its readers get what is there, then stop."""
        await log.append(task_id, [event(1)])
        reading = asyncio.create_task(self.take(log, task_id, 100))
        await asyncio.sleep(0.3)
        await self.end(log, task_id)
        async with asyncio.timeout(5):
            assert numbers(await reading) == [1]
        assert numbers(await self.take(log, task_id, 100)) == [1]

    async def test_an_unknown_task_is_not_found(self, log: EventLog, task_id: str) -> None:
        """Reading a task that was never started says so at once."""
        with pytest.raises(NotFound):
            await self.take(log, f"{task_id}-unknown", 1)
