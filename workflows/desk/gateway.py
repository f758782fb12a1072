"""The door to tasks for every front end: submit, get, list, cancel, answer, follow.

Running tasks are asked of Temporal; ended ones are read from their stored record. Every call
names the owner, and a task of another owner does not exist.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from temporalio.client import Client, WorkflowQueryFailedError, WorkflowUpdateFailedError

from maquette.infra.store.contract import ArtifactStore
from maquette.records.errors import (
    Conflict,
    EngineUnavailable,
    IntegrityError,
    NotFound,
    RecordDamaged,
    TryAgain,
)
from maquette.records.event import TERMINAL, Event, EventType
from maquette.records.ids import TASK_ID, new_task_id
from maquette.records.task import RECORD_DAMAGED, Feedback, Task, TaskPage, TaskRequest, TaskStatus
from maquette.workflows.desk.admission import Admission
from maquette.workflows.desk.runs import RPC_TIMEOUT, Run, RunClosed, Runs
from maquette.workflows.desk.starter import Starter, unsettled
from maquette.workflows.desk.submission import attached, check_task_id, whole_request
from maquette.workflows.desk.task_list import TaskList
from maquette.workflows.events.fan_out import FanOut
from maquette.workflows.events.stream import StreamEventLog, read_events_now
from maquette.workflows.wire.connect import temporal_client
from maquette.workflows.wire.finished import (
    FinishedTask,
    damaged,
    read_finished,
    read_finished_events,
)
from maquette.workflows.wire.names import FEEDBACK_UPDATE
from maquette.workflows.wire.rpc import engine_unavailable, rpc_errors

if TYPE_CHECKING:
    from maquette.infra.settings.schema import Settings

FEEDBACK_TIMEOUT = timedelta(seconds=15)
EVENTS_TIMEOUT_S = 5.0

_ENDING = {
    TaskStatus.COMPLETED: EventType.TASK_COMPLETED,
    TaskStatus.INCOMPLETE: EventType.TASK_INCOMPLETE,
    TaskStatus.UNVERIFIED: EventType.TASK_UNVERIFIED,
    TaskStatus.UNJUDGED: EventType.TASK_UNJUDGED,
    TaskStatus.CANCELLED: EventType.TASK_CANCELLED,
}


class TemporalGateway:
    """A ``TaskGateway`` over Temporal and the store. ``fan_out`` holds its live subscriptions."""

    def __init__(
        self,
        client: Client,
        store: ArtifactStore,
        *,
        task_queue: str = "maquette",
        max_concurrent_tasks: int = 64,
        heartbeat_timeout_s: float = 10.0,
    ) -> None:
        self.client, self.task_queue = client, task_queue
        self.store = self._store = store
        self.heartbeat_timeout_s = heartbeat_timeout_s
        self._runs = Runs(client)
        self._admission = Admission(client, self._runs.is_open, limit=max_concurrent_tasks)
        self._starter = Starter(
            client, store, self._runs, self._admission, task_queue, heartbeat_timeout_s
        )
        self._list = TaskList(client, store)
        self.fan_out = FanOut(StreamEventLog(client))

    @classmethod
    async def connect(cls, settings: Settings, store: ArtifactStore) -> Self:
        """A gateway by the settings. Temporal may still be starting: it is met when needed."""
        return cls(
            await temporal_client(settings.temporal),
            store,
            task_queue=settings.temporal.task_queue,
            max_concurrent_tasks=settings.limits.max_concurrent_tasks,
        )

    async def close(self) -> None:
        """End the subscriptions; running tasks go on."""
        await self.fan_out.close()

    async def submit(
        self, request: TaskRequest, *, owner: str, task_id: str | None = None, fresh: bool = False
    ) -> Task:
        name = new_task_id() if task_id is None else check_task_id(task_id)
        request = await attached(request, owner=owner, store=self._store)
        known = task_id is not None and not fresh
        if known and await self._starter.holds(name, request, owner=owner):
            return await self._submitted(name, owner)
        task = await self._starter.start(request, owner=owner, task_id=name)
        self._list.started(name, owner)
        if task is None:
            # Another request of this id was faster, or a try whose answer was lost.
            try:
                await self._starter.holds(name, request, owner=owner)
            except TryAgain as error:
                raise unsettled(name) from error
        return task or await self._submitted(name, owner)

    @asynccontextmanager
    async def place_for(self, task_id: str) -> AsyncGenerator[None]:
        """A place for a task that is started by another way, while that is tried.

        Raises: Overloaded: all places are taken. EngineUnavailable.
        """
        await self._admission.admit(task_id)
        try:
            yield
        finally:
            self._admission.started(task_id)

    async def _submitted(self, task_id: str, owner: str) -> Task:
        """A task that is there. Raises: Unsettled: it cannot be read just now."""
        try:
            return await self._get(task_id, owner)
        except TryAgain as error:
            raise unsettled(task_id) from error

    # -- read -----------------------------------------------------------------------------

    async def get(self, task_id: str, *, owner: str, wait_s: float = 0) -> Task:
        """The task as it stands; with ``wait_s``, wait that long for its end first.

        Raises: NotFound. EngineUnavailable: it may be running and cannot be asked.
            RecordDamaged: it has ended, and what was kept of it cannot be read.
        """
        if wait_s > 0:
            run, _ = await self._find(task_id, owner)
            if run is not None and run.open:
                await self._runs.closed(task_id, within_s=wait_s)
        return await self._get(task_id, owner)

    async def list(
        self,
        *,
        owner: str,
        limit: int = 50,
        after: str | None = None,
        status: TaskStatus | None = None,
    ) -> TaskPage:
        """A page of the owner's tasks, newest first. Raises: EngineUnavailable."""

        async def read(task_id: str) -> Task:
            return await self._get(task_id, owner)

        return await self._list.page(read, owner=owner, limit=limit, after=after, status=status)

    async def active(self) -> int:
        """Tasks in flight, of all owners. Raises: EngineUnavailable."""
        return await self._admission.running()

    async def events(
        self, task_id: str, *, owner: str, after: int | None = None
    ) -> AsyncGenerator[Event]:
        """Events behind offset ``after``, live, up to the terminal one. Raises as ``get``."""
        _, record = await self._find(task_id, owner, crowd=True)
        if record is not None:
            for event in await read_finished_events(self._store, record):
                if after is None or (event.offset or 0) > after:
                    yield event
            return
        last = after
        async with aclosing(self.fan_out.watch(task_id, after=after)) as events:
            async for event in events:
                last = event.offset
                yield event
                if event.type in TERMINAL:
                    return
        yield _last_event(await self._get(task_id, owner), last)

    async def check(self, task_id: str, *, owner: str) -> None:
        """Make sure that the owner has this task, and no more. Raises as ``get``."""
        await self._find(task_id, owner, crowd=True)

    async def events_now(
        self, task_id: str, *, owner: str, after: int | None = None
    ) -> Sequence[Event]:
        """The events behind offset ``after`` that are there by now, without waiting for more.

        Raises: as ``get``. EngineUnavailable: it is under way, and no worker answers.
        """
        run, record = await self._find(task_id, owner)
        start = 0 if after is None else after + 1
        if record is not None:
            return (await read_finished_events(self._store, record))[start:]
        try:
            with rpc_errors(f"task {task_id}"):
                events = await read_events_now(
                    self._runs.handle(task_id), start=start, timeout_s=EVENTS_TIMEOUT_S
                )
        except WorkflowQueryFailedError as error:
            raise engine_unavailable() from error
        if run is not None and not run.open and not (events and events[-1].type in TERMINAL):
            last = events[-1].offset if events else after
            events.append(_last_event(await self._get(task_id, owner), last))
        return events

    async def _get(self, task_id: str, owner: str) -> Task:
        for _ in range(2):
            run, record = await self._find(task_id, owner)
            if record is not None:
                return await self._whole(record.task)
            if run is None:
                break
            with suppress(RunClosed):
                task = await self._whole(await self._runs.snapshot(run))
                if run.record_damaged:
                    task = task.model_copy(
                        update={"metadata": task.metadata | {RECORD_DAMAGED: True}}
                    )
                return task
        raise _not_found(task_id)

    async def _find(
        self, task_id: str, owner: str, *, crowd: bool = False
    ) -> tuple[Run | None, FinishedTask | None]:
        """The open run of a task, or its finished record, or a closed run without a record.

        Raises: NotFound. EngineUnavailable: no record, and Temporal cannot be asked.
        """
        if not TASK_ID.match(task_id):
            raise _not_found(task_id)
        try:
            ask = self._runs.described if crowd else self._runs.describe
            run = await ask(task_id)
        except EngineUnavailable:
            record = await read_finished(self._store, task_id, owner=owner)
            if record is None:
                raise
            return None, record
        if run is not None and run.owner != owner:
            raise _not_found(task_id)
        if run is not None and run.open:
            return run, None
        try:
            record = await read_finished(self._store, task_id, owner=owner)
        except RecordDamaged:
            if run is None:
                raise
            # The engine still knows how it ended.
            return replace(run, record_damaged=True), None
        if record is None and run is None:
            raise _not_found(task_id)
        return run, record

    async def _whole(self, task: Task) -> Task:
        """The task with its request in full. Raises: RecordDamaged."""
        try:
            request = await whole_request(
                task.request, task.metadata.get("request"), owner=task.owner, store=self._store
            )
        except IntegrityError as error:
            raise damaged(task.id, "request") from error
        return task.model_copy(update={"request": request})

    # -- act ------------------------------------------------------------------------------

    async def cancel(self, task_id: str, *, owner: str) -> None:
        """Ask a task to stop; harmless if it has ended. Raises: NotFound, EngineUnavailable."""
        run, _ = await self._find(task_id, owner)
        if run is not None and run.open:
            with rpc_errors(f"task {task_id}"):
                await self._runs.handle(task_id).cancel(rpc_timeout=RPC_TIMEOUT)

    async def feedback(self, task_id: str, feedback: Feedback, *, owner: str) -> None:
        """Answer the open question of a task.

        Raises: Conflict: nothing is asked, or something else. NotFound, EngineUnavailable.
        """
        run, _ = await self._find(task_id, owner)
        if run is None or not run.open:
            raise _ended(task_id)
        try:
            with rpc_errors(f"task {task_id}"):
                await self._runs.handle(task_id).execute_update(
                    FEEDBACK_UPDATE, feedback, rpc_timeout=FEEDBACK_TIMEOUT
                )
        except NotFound as error:  # it ended while we asked
            raise _ended(task_id) from error
        except WorkflowUpdateFailedError as error:
            raise Conflict(
                str(getattr(error.cause, "message", "nothing is being asked right now")),
                hint="Read the task: waiting_for names the open question.",
            ) from error


def _not_found(task_id: str) -> NotFound:
    return NotFound(
        f"there is no task {task_id[:80]!r}", hint="`maquette task ls` shows the tasks there are."
    )


def _ended(task_id: str) -> Conflict:
    return Conflict(f"{task_id} has ended; it asks nothing any more")


def _last_event(task: Task, after: int | None) -> Event:
    """The end of a run that could not say it itself (it was stopped from outside)."""
    return Event(
        type=_ENDING.get(task.status, EventType.TASK_FAILED),
        task_id=task.id,
        created_at=task.completed_at or time.time(),
        data={"status": task.status.value, "reason": "the run was stopped from outside"},
        offset=0 if after is None else after + 1,
    )
