"""One subscription per task and process, shared by all its watchers.

A reader of a Temporal stream writes into the workflow's history, so fifty watchers must cost
the history of one. A late watcher is served from what the subscription has already seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from maquette.records.errors import EngineUnavailable
from maquette.records.event import Event
from maquette.workflows.events.log import EventLog

LINGER_S = 5.0
"""How long a subscription without watchers is kept for the next one."""
RECONNECT_FOR_S = 60.0
"""How long a subscription outlives an engine that does not answer."""


@dataclass
class _Subscription:
    """What has been read of one task so far, and who waits for more."""

    events: list[Event] = field(default_factory=list)
    watchers: int = 0
    over: bool = False
    error: BaseException | None = None
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    pump: asyncio.Task[None] | None = None
    idle: asyncio.TimerHandle | None = None


class FanOut:
    """Watches tasks of one event log. ``subscriptions`` counts those ever opened."""

    def __init__(self, log: EventLog, *, linger_s: float = LINGER_S) -> None:
        self._log = log
        self._linger_s = linger_s
        self._open: dict[str, _Subscription] = {}
        self.subscriptions = 0

    async def watch(self, task_id: str, *, after: int | None = None) -> AsyncGenerator[Event]:
        """Yield the events behind ``after``, then new ones, until the stream is over.

        Raises: as ``EventLog.read``, after what was read has been yielded.
        """
        subscription = self._join(task_id)
        place = 0 if after is None else after + 1
        try:
            while True:
                while place < len(subscription.events):
                    event = subscription.events[place]
                    place += 1
                    yield event
                if subscription.error is not None:
                    raise subscription.error
                if subscription.over:
                    return
                async with subscription.news:
                    while place >= len(subscription.events) and not subscription.over:
                        await subscription.news.wait()
        finally:
            self._leave(task_id, subscription)

    async def close(self) -> None:
        """End every subscription."""
        pumps = [one.pump for one in self._open.values() if one.pump is not None]
        self._open.clear()
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)

    def _join(self, task_id: str) -> _Subscription:
        subscription = self._open.get(task_id)
        if subscription is None or subscription.error is not None:
            subscription = self._open[task_id] = _Subscription()
            subscription.pump = asyncio.create_task(self._pump(task_id, subscription))
            self.subscriptions += 1
        if subscription.idle is not None:
            subscription.idle.cancel()
            subscription.idle = None
        subscription.watchers += 1
        return subscription

    def _leave(self, task_id: str, subscription: _Subscription) -> None:
        subscription.watchers -= 1
        if subscription.watchers == 0:
            loop = asyncio.get_running_loop()
            subscription.idle = loop.call_later(self._linger_s, self._drop, task_id, subscription)

    def _drop(self, task_id: str, subscription: _Subscription) -> None:
        if subscription.pump is not None:
            subscription.pump.cancel()
        if self._open.get(task_id) is subscription:
            del self._open[task_id]

    async def _pump(self, task_id: str, subscription: _Subscription) -> None:
        """Read the log into the subscription; go on where it broke off."""
        silent_s = 0.0
        try:
            while True:
                try:
                    last = len(subscription.events) - 1
                    async for event in self._log.read(task_id, after=last if last >= 0 else None):
                        silent_s = 0.0
                        subscription.events.append(event)
                        await self._tell(subscription)
                    break
                except EngineUnavailable:
                    if silent_s >= RECONNECT_FOR_S:
                        raise
                    silent_s += 1.0
                    await asyncio.sleep(1.0)
        except Exception as error:
            subscription.error = error
        finally:
            subscription.over = True
            await self._tell(subscription)

    @staticmethod
    async def _tell(subscription: _Subscription) -> None:
        async with subscription.news:
            subscription.news.notify_all()
