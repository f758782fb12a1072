"""Fan-out: one subscription for all watchers of a task, each seeing everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from maquette.contracts.event_log import LAST, event, numbers
from maquette.records.errors import EngineUnavailable, NotFound
from maquette.records.event import Event
from maquette.workflows.events import fan_out as fan_out_module
from maquette.workflows.events.fan_out import FanOut
from maquette.workflows.events.log import MemoryEventLog


async def everything(fan_out: FanOut, task_id: str = "t", after: int | None = None) -> list[Event]:
    async with asyncio.timeout(5):
        return [one async for one in fan_out.watch(task_id, after=after)]


class CountingLog(MemoryEventLog):
    """Counts readings, and breaks off where told."""

    def __init__(self) -> None:
        super().__init__()
        self.readings: list[int | None] = []
        self.break_at: set[int] = set()

    async def read(self, task_id: str, *, after: int | None = None) -> AsyncGenerator[Event]:
        self.readings.append(after)
        async for one in super().read(task_id, after=after):
            yield one
            if one.offset in self.break_at:
                self.break_at.discard(one.offset)
                raise EngineUnavailable("gone for a moment")


async def test_fifty_watchers_share_one_reading() -> None:
    """Watchers that come at once, late, and with an offset all see their part, from one
    reading of the log."""
    log = CountingLog()
    log.open("t")
    fan_out = FanOut(log)
    early = [asyncio.create_task(everything(fan_out)) for _ in range(48)]
    await asyncio.sleep(0.01)
    await log.append("t", [event(n) for n in range(5)])
    await asyncio.sleep(0.01)
    late = asyncio.create_task(everything(fan_out))
    resumed = asyncio.create_task(everything(fan_out, after=2))
    await asyncio.sleep(0.01)
    await log.append("t", [LAST])
    for watcher in early:
        assert numbers(await watcher) == [0, 1, 2, 3, 4, 99]
    assert numbers(await late) == [0, 1, 2, 3, 4, 99]
    assert numbers(await resumed) == [3, 4, 99]
    assert len(log.readings) == fan_out.subscriptions == 1
    await fan_out.close()


async def test_a_broken_reading_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine away for a moment costs watchers neither an event nor a repetition."""
    real_sleep = asyncio.sleep
    monkeypatch.setattr(fan_out_module.asyncio, "sleep", lambda _: real_sleep(0))
    log = CountingLog()
    log.break_at = {1, 3}
    log.open("t")
    await log.append("t", [*(event(n) for n in range(5)), LAST])
    fan_out = FanOut(log)
    assert numbers(await everything(fan_out)) == [0, 1, 2, 3, 4, 99]
    assert log.readings == [None, 1, 3]
    await fan_out.close()


async def test_an_error_reaches_every_watcher_and_the_next_one_tries_again() -> None:
    """A task that is not there is told to all; once it is there, watching works."""
    log = CountingLog()
    fan_out = FanOut(log)
    results = await asyncio.gather(everything(fan_out), everything(fan_out), return_exceptions=True)
    assert all(isinstance(result, NotFound) for result in results)
    log.open("t")
    await log.append("t", [LAST])
    assert numbers(await everything(fan_out)) == [99]
    await fan_out.close()


async def test_a_subscription_ends_some_time_after_its_last_watcher() -> None:
    """A subscription lingers for the next watcher, then is dropped and leaves nothing behind."""
    log = CountingLog()
    log.open("t")
    await log.append("t", [event(1)])
    fan_out = FanOut(log, linger_s=0.05)
    for _ in range(2):
        async with aclosing(fan_out.watch("t")) as watching:
            assert (await anext(watching)).offset == 0
    assert fan_out.subscriptions == 1
    await asyncio.sleep(0.15)
    assert fan_out._open == {}
    async with aclosing(fan_out.watch("t")) as watching:
        assert (await anext(watching)).offset == 0
    assert fan_out.subscriptions == 2
    await fan_out.close()
