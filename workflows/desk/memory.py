"""Tasks in memory: deterministic, for tests of front doors and for trying them out."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from maquette.infra.store.contract import ArtifactStore
from maquette.records.errors import Conflict, NotFound, Overloaded
from maquette.records.event import TERMINAL, Event, EventType
from maquette.records.ids import TASK_ID, new_task_id
from maquette.records.planning.question import Question
from maquette.records.task import Feedback, Progress, Task, TaskPage, TaskRequest, TaskStatus
from maquette.workflows.desk.submission import attached, check_task_id

log = logging.getLogger(__name__)

Script = Callable[["MemoryGateway", str], Awaitable[None]]

RETRY_AFTER_S = 15.0


class MemoryGateway:
    """A ``TaskGateway`` over dictionaries. ``script`` plays what happens to each new task, by
    ``emit``, ``change``, ``ask`` and ``end``; without one, tasks stay queued. A task whose script
    raises has failed.

    ``failure``, while it is set, is raised by every call. The clock counts its readings, unless
    another one is given.
    """

    def __init__(
        self,
        store: ArtifactStore,
        script: Script | None = None,
        *,
        max_concurrent_tasks: int = 64,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.script = script
        self.tasks: dict[str, Task] = {}
        self.log: dict[str, list[Event]] = {}
        self.failure: Exception | None = None
        self.limit = max_concurrent_tasks
        self.retry_after_s = RETRY_AFTER_S
        self.clock = clock or map(float, itertools.count()).__next__
        self._store = store
        self._asked: dict[str, TaskRequest] = {}
        self._scripts: dict[str, asyncio.Future[None]] = {}
        self._answers: dict[str, Feedback] = {}
        self._news = asyncio.Condition()

    async def submit(
        self, request: TaskRequest, *, owner: str, task_id: str | None = None, fresh: bool = False
    ) -> Task:
        self._fail()
        name = new_task_id() if task_id is None else check_task_id(task_id)
        request = await attached(request, owner=owner, store=self._store)
        known = self.tasks.get(name)
        if known is not None:
            if (known.owner, self._asked[name]) != (owner, request):
                raise Conflict(
                    f"the task id {name} is taken by another request",
                    hint="Choose another id, or leave it out to get one.",
                )
            return known
        busy = await self.active()
        if busy >= self.limit:
            raise Overloaded(
                f"{busy} tasks are in flight; at most {self.limit} are taken at once",
                hint="Send the request again after the time named, or cancel a task.",
                retry_after_s=self.retry_after_s,
            )
        self._asked[name] = request
        self.tasks[name] = Task(
            id=name,
            owner=owner,
            status=TaskStatus.QUEUED,
            request=request,
            created_at=self.clock(),
        )
        self.log[name] = []
        await self.emit(name, EventType.TASK_CREATED)
        if self.script is not None:
            self._scripts[name] = asyncio.ensure_future(self._play(self.script, name))
        return self.tasks[name]

    async def get(self, task_id: str, *, owner: str, wait_s: float = 0) -> Task:
        await self.check(task_id, owner=owner)
        if wait_s > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._until(lambda: self.tasks[task_id].status.ended)
        return self.tasks[task_id]

    async def check(self, task_id: str, *, owner: str) -> None:
        self._fail()
        task = self.tasks.get(task_id) if TASK_ID.match(task_id) else None
        if task is None or task.owner != owner:
            raise NotFound(
                f"there is no task {task_id[:80]!r}",
                hint="`maquette task ls` shows the tasks there are.",
            )

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
            for name, task in sorted(self.tasks.items(), reverse=True)
            if task.owner == owner
            and (after is None or name < after)
            and (status is None or task.status is status)
        ]
        return TaskPage(data=tuple(found[:limit]), has_more=len(found) > limit)

    async def active(self) -> int:
        self._fail()
        return sum(not task.status.ended for task in self.tasks.values())

    async def events(
        self, task_id: str, *, owner: str, after: int | None = None
    ) -> AsyncGenerator[Event]:
        await self.check(task_id, owner=owner)
        place, log = _behind(after), self.log[task_id]
        while True:
            while place < len(log):
                event = log[place]
                place += 1
                yield event
                if event.type in TERMINAL:
                    return
            if log[-1].type in TERMINAL:
                return
            await self._until(partial(_is_longer, log, place))

    async def events_now(
        self, task_id: str, *, owner: str, after: int | None = None
    ) -> Sequence[Event]:
        await self.check(task_id, owner=owner)
        return self.log[task_id][_behind(after) :]

    async def cancel(self, task_id: str, *, owner: str) -> None:
        task = await self.get(task_id, owner=owner)
        if not task.status.ended:
            if task_id in self._scripts:
                self._scripts[task_id].cancel()
            await self.end(task_id, TaskStatus.CANCELLED)

    async def feedback(self, task_id: str, feedback: Feedback, *, owner: str) -> None:
        task = await self.get(task_id, owner=owner)
        if task.status.ended:
            raise Conflict(f"{task_id} has ended; it asks nothing any more")
        if task.waiting_for != feedback.request_id:
            raise Conflict(
                "nothing is being asked right now"
                if task.waiting_for is None
                else f"the open question is {task.waiting_for!r}, not {feedback.request_id!r}",
                hint="Read the task: waiting_for names the open question.",
            )
        self._answers[task_id] = feedback
        await self.change(task_id, waiting_for=None, question=None, status=TaskStatus.IN_PROGRESS)
        await self.emit(
            task_id,
            EventType.FEEDBACK_RECEIVED,
            request_id=feedback.request_id,
            action=feedback.action.value,
        )

    async def close(self) -> None:
        for script in self._scripts.values():
            script.cancel()
        await asyncio.gather(*self._scripts.values(), return_exceptions=True)

    # -- what scripts do -------------------------------------------------------------------

    async def emit(self, task_id: str, type_: EventType, **data: Any) -> Event:
        """Tell an event of a task."""
        log = self.log[task_id]
        event = Event(
            type=type_, task_id=task_id, created_at=self.clock(), data=data, offset=len(log)
        )
        log.append(event)
        await self._tell()
        return event

    async def change(self, task_id: str, **fields: Any) -> None:
        """Change fields of a task's record."""
        self.tasks[task_id] = self.tasks[task_id].model_copy(update=fields)
        await self._tell()

    async def end(
        self, task_id: str, status: TaskStatus = TaskStatus.COMPLETED, **fields: Any
    ) -> None:
        """End a task: its record is final, and its last event told."""
        await self.change(
            task_id,
            status=status,
            completed_at=self.clock(),
            progress=Progress(fraction=1.0),
            waiting_for=None,
            question=None,
            **fields,
        )
        await self.emit(task_id, EventType(f"task.{status.value}"))

    async def ask(
        self, task_id: str, request_id: str, /, asked: Question | None = None, **data: Any
    ) -> Feedback:
        """Ask the person something, such as a planner's question, and wait for the answer."""
        waiting = {"waiting_for": request_id, "question": asked}
        await self.change(task_id, status=TaskStatus.INPUT_REQUIRED, **waiting)
        told = {"request_id": request_id, "kind": request_id} | data
        if asked is not None:
            told |= {"kind": "question"} | asked.model_dump(mode="json")
        await self.emit(task_id, EventType.FEEDBACK_REQUESTED, **told)
        await self._until(lambda: self.tasks[task_id].waiting_for != request_id)
        return self._answers[task_id]

    async def _play(self, script: Script, task_id: str) -> None:
        try:
            await script(self, task_id)
        except Exception:
            log.exception("the script of %s broke off", task_id)
            await self.end(task_id, TaskStatus.FAILED)

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def _until(self, what: Callable[[], bool]) -> None:
        async with self._news:
            await self._news.wait_for(what)


def _is_longer(log: Sequence[Event], place: int) -> bool:
    return len(log) > place


def _behind(after: int | None) -> int:
    return 0 if after is None else after + 1
