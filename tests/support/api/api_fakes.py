"""A gateway in memory for the tests of the front doors: real records, scripted endings.

It keeps the promises of ``TaskGateway``: idempotent submit, Conflict for another body, waiting,
paging, and event streams that start anywhere and end after the terminal event.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from maquette.api.app import create_app
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.work import Work
from maquette.records.errors import Conflict, NotFound, Overloaded
from maquette.records.event import TERMINAL, Event, EventType
from maquette.records.ids import new_task_id
from maquette.records.task import (
    Feedback,
    Progress,
    Task,
    TaskPage,
    TaskRequest,
    TaskResult,
    TaskStatus,
)
from maquette.tools.registry import load_registry

Script = Callable[["FakeGateway", str], Awaitable[None]]


class FakeGateway:
    """Tasks in a dictionary. ``script`` plays what happens to each new one."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script
        self.tasks: dict[str, Task] = {}
        self.log: dict[str, list[Event]] = {}
        self.submissions = 0
        self.cancelled: list[str] = []
        self.answers: list[Feedback] = []
        self.failure: Exception | None = None
        self.active_tasks: int | None = None
        self.limit = 64
        self.retry_after_s = 15.0
        self._news = asyncio.Condition()
        self._running: list[asyncio.Task[None]] = []

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure

    async def submit(
        self, request: TaskRequest, *, owner: str, task_id: str | None = None, fresh: bool = False
    ) -> Task:
        self._fail()
        task_id = task_id or new_task_id()
        known = self.tasks.get(task_id)
        if known is not None:
            if known.request != request:
                raise Conflict(f"task {task_id} was started with another request")
            return known
        if self.active_tasks is not None and self.active_tasks >= self.limit:
            raise Overloaded(
                f"{self.active_tasks} tasks are in flight", retry_after_s=self.retry_after_s
            )
        self.submissions += 1
        self.tasks[task_id] = Task(
            id=task_id,
            owner=owner,
            status=TaskStatus.QUEUED,
            request=request,
            created_at=time.time(),
        )
        self.log[task_id] = []
        await self.emit(task_id, EventType.TASK_CREATED)
        if self.script is not None:
            self._running.append(asyncio.ensure_future(self.script(self, task_id)))
        return self.tasks[task_id]

    async def emit(self, task_id: str, type_: EventType, **data: Any) -> Event:
        log = self.log[task_id]
        event = Event(
            type=type_, task_id=task_id, created_at=time.time(), data=data, offset=len(log)
        )
        log.append(event)
        async with self._news:
            self._news.notify_all()
        return event

    async def change(self, task_id: str, **fields: Any) -> None:
        self.tasks[task_id] = self.tasks[task_id].model_copy(update=fields)
        async with self._news:
            self._news.notify_all()

    async def end(
        self,
        task_id: str,
        status: TaskStatus = TaskStatus.COMPLETED,
        *,
        result: TaskResult | None = None,
        **fields: Any,
    ) -> None:
        await self.change(
            task_id,
            status=status,
            result=result,
            completed_at=time.time(),
            progress=Progress(fraction=1.0),
            **fields,
        )
        await self.emit(task_id, EventType(f"task.{status.value}"))

    async def get(self, task_id: str, *, owner: str, wait_s: float = 0) -> Task:
        self._fail()
        task = self.tasks.get(task_id)
        if task is None or task.owner != owner:
            raise NotFound(f"there is no task {task_id}")
        try:
            async with asyncio.timeout(wait_s), self._news:
                await self._news.wait_for(lambda: self.tasks[task_id].status.ended)
        except TimeoutError:
            pass
        return self.tasks[task_id]

    async def list(
        self,
        *,
        owner: str,
        limit: int = 50,
        after: str | None = None,
        status: TaskStatus | None = None,
    ) -> TaskPage:
        self._fail()
        found = [
            task
            for key, task in sorted(self.tasks.items(), reverse=True)
            if task.owner == owner
            and (after is None or key < after)
            and (status is None or task.status is status)
        ]
        return TaskPage(data=tuple(found[:limit]), has_more=len(found) > limit)

    async def cancel(self, task_id: str, *, owner: str) -> None:
        await self.get(task_id, owner=owner)
        self.cancelled.append(task_id)
        await self.end(task_id, TaskStatus.CANCELLED)

    async def feedback(self, task_id: str, feedback: Feedback, *, owner: str) -> None:
        await self.get(task_id, owner=owner)
        self.answers.append(feedback)
        await self.change(task_id, waiting_for=None, status=TaskStatus.IN_PROGRESS)
        await self.emit(
            task_id,
            EventType.FEEDBACK_RECEIVED,
            request_id=feedback.request_id,
            action=feedback.action.value,
        )

    async def events(
        self, task_id: str, *, owner: str, after: int | None = None
    ) -> AsyncIterator[Event]:
        await self.get(task_id, owner=owner)
        place = 0 if after is None else after + 1
        log = self.log[task_id]
        while True:
            while place < len(log):
                event = log[place]
                place += 1
                yield event
                if event.type in TERMINAL:
                    return
            async with self._news:
                while place >= len(log) and not self.tasks[task_id].status.ended:
                    await self._news.wait()
            if place >= len(log) and self.tasks[task_id].status.ended:
                return

    async def check(self, task_id: str, *, owner: str) -> None:
        await self.get(task_id, owner=owner)

    async def events_now(
        self, task_id: str, *, owner: str, after: int | None = None
    ) -> Sequence[Event]:
        await self.get(task_id, owner=owner)
        return self.log[task_id][0 if after is None else after + 1 :]

    async def active(self) -> int:
        self._fail()
        if self.active_tasks is not None:
            return self.active_tasks
        return sum(not task.status.ended for task in self.tasks.values())

    async def close(self) -> None:
        for running in self._running:
            running.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


class FakeModels:
    """Tells its digest, or fails as told, and how busy it is."""

    label = "fake"

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.busy = Work()

    async def digest(self, role: Any) -> str:
        if self.failure is not None:
            raise self.failure
        return "0" * 64

    async def work(self) -> Work:
        return self.busy

    async def close(self) -> None: ...


TOKEN = "a-token-for-tests"
BASE = "http://127.0.0.1:8420"


@dataclass
class Bench:
    """The app and everything a test may want to reach into."""

    app: Any
    settings: Settings
    gateway: FakeGateway
    store: MemoryArtifactStore
    models: FakeModels
    http: httpx2.AsyncClient


def settings_for(tmp_path: Path, overrides: dict[str, Any]) -> Settings:
    return load_settings(
        "test",
        overrides={
            "data_dir": str(tmp_path),
            "api.token": TOKEN,
            "api.port": 8420,
            "serve.placement": "colocated",
        }
        | overrides,
    )


def build(tmp_path: Path, **overrides: Any) -> tuple[Any, Settings, FakeGateway, Any, FakeModels]:
    settings = settings_for(tmp_path, overrides)
    gateway, store, models = FakeGateway(), MemoryArtifactStore(), FakeModels()
    app = create_app(settings, gateway, store, load_registry(entries=()), models)
    return app, settings, gateway, store, models
