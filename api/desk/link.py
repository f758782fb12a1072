"""The task gateway, connected when first needed and again after the engine was away.

The server starts, and says so, while the workflow engine is still coming up; until then every
call is answered with EngineUnavailable.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

from maquette.records.errors import EngineUnavailable, MaquetteError
from maquette.records.event import Event
from maquette.records.task import Feedback, Task, TaskPage, TaskRequest, TaskStatus
from maquette.workflows.desk.contract import TaskGateway

LOG = logging.getLogger("maquette.api")

PATIENCE_S = 5.0
PAUSE_S = 1.0

Connect = Callable[[], Awaitable["TaskGateway"]]


class GatewayLink:
    """A ``TaskGateway`` that connects another one by itself, when it is first needed."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._gateway: TaskGateway | None = None
        self._lock = asyncio.Lock()
        self._not_before = 0.0

    async def ready(self) -> TaskGateway:
        """The connected gateway. Raises: EngineUnavailable."""
        if self._gateway is not None:
            return self._gateway
        async with self._lock:
            if self._gateway is not None:
                return self._gateway
            if time.monotonic() < self._not_before:
                raise _away()
            try:
                async with asyncio.timeout(PATIENCE_S):
                    self._gateway = await self._connect()
            except (MaquetteError, OSError, TimeoutError, RuntimeError) as error:
                self._not_before = time.monotonic() + PAUSE_S
                LOG.warning("the workflow engine cannot be reached: %s", error)
                raise _away() from error
            LOG.info("connected to the workflow engine")
            return self._gateway

    async def submit(
        self, request: TaskRequest, *, owner: str, task_id: str | None = None, fresh: bool = False
    ) -> Task:
        gateway = await self.ready()
        return await gateway.submit(request, owner=owner, task_id=task_id, fresh=fresh)

    async def get(self, task_id: str, *, owner: str, wait_s: float = 0) -> Task:
        return await (await self.ready()).get(task_id, owner=owner, wait_s=wait_s)

    async def list(
        self,
        *,
        owner: str,
        limit: int = 50,
        after: str | None = None,
        status: TaskStatus | None = None,
    ) -> TaskPage:
        gateway = await self.ready()
        return await gateway.list(owner=owner, limit=limit, after=after, status=status)

    async def cancel(self, task_id: str, *, owner: str) -> None:
        await (await self.ready()).cancel(task_id, owner=owner)

    async def feedback(self, task_id: str, feedback: Feedback, *, owner: str) -> None:
        await (await self.ready()).feedback(task_id, feedback, owner=owner)

    async def events(
        self, task_id: str, *, owner: str, after: int | None = None
    ) -> AsyncGenerator[Event]:
        gateway = await self.ready()
        async with aclosing(gateway.events(task_id, owner=owner, after=after)) as events:
            async for event in events:
                yield event

    async def check(self, task_id: str, *, owner: str) -> None:
        await (await self.ready()).check(task_id, owner=owner)

    async def events_now(
        self, task_id: str, *, owner: str, after: int | None = None
    ) -> Sequence[Event]:
        return await (await self.ready()).events_now(task_id, owner=owner, after=after)

    async def active(self) -> int:
        return await (await self.ready()).active()

    async def close(self) -> None:
        if self._gateway is not None:
            await self._gateway.close()


def _away() -> EngineUnavailable:
    return EngineUnavailable(
        "the workflow engine does not answer yet",
        hint="wait a moment and try again; 'maquette status' shows each part",
    )
