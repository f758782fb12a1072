"""The seam to tasks. Implementations: Temporal (real) and memory (deterministic fake)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from maquette.records.errors import InvalidInput
from maquette.records.event import Event
from maquette.records.task import Feedback, Task, TaskPage, TaskRequest, TaskStatus


class InputRefused(InvalidInput):
    """An attached artifact is not there, or is no picture.

    ``place`` is its index in the request, from 0; ``sha256`` is what it was named by.
    """

    def __init__(self, message: str, *, hint: str = "", place: int, sha256: str) -> None:
        super().__init__(message, hint=hint)
        self.place = place
        self.sha256 = sha256


class TaskGateway(Protocol):
    """Tasks of all owners, one owner at a time: a task of another owner does not exist.

    All methods raise EngineUnavailable when what runs the tasks does not answer, and
    StoreUnavailable when the store is needed and does not.
    """

    async def submit(
        self, request: TaskRequest, *, owner: str, task_id: str | None = None, fresh: bool = False
    ) -> Task:
        """Start a task. The same id with the same request answers the task already there.

        The inputs need only name their artifacts by hash: the store's own references, looked
        up here and nowhere else, take their place.

        Args:
            fresh: nobody else can know the id, so it is not looked up first.

        Raises: InputRefused: an input is not in the owner's store, or is no picture.
            InvalidInput: the id has not our form. Conflict: it is taken by another request, or
            by another owner. Overloaded: as many tasks as are taken are in flight.
            EngineUnavailable, StoreUnavailable: nothing was started. Unsettled: it may have
            been, under the id that the error tells.
        """
        ...

    async def get(self, task_id: str, *, owner: str, wait_s: float = 0) -> Task:
        """The task as it stands; with ``wait_s``, wait that long for its end first.

        Raises: NotFound. RecordDamaged: it has ended, and what was kept of it cannot be read.
        """
        ...

    async def check(self, task_id: str, *, owner: str) -> None:
        """Make sure that the owner has this task, and no more. Raises: as ``get``."""
        ...

    async def list(
        self,
        *,
        owner: str,
        limit: int = 50,
        after: str | None = None,
        status: TaskStatus | None = None,
    ) -> TaskPage:
        """A page of the owner's tasks below ``after``, newest first, of one status if given."""
        ...

    async def active(self) -> int:
        """Tasks in flight, of all owners."""
        ...

    def events(
        self, task_id: str, *, owner: str, after: int | None = None
    ) -> AsyncGenerator[Event]:
        """Events behind offset ``after``, live, up to the terminal one. Raises: as ``get``."""
        ...

    async def events_now(
        self, task_id: str, *, owner: str, after: int | None = None
    ) -> Sequence[Event]:
        """The events behind offset ``after`` that are there by now, without waiting for more.

        Raises: as ``get``.
        """
        ...

    async def cancel(self, task_id: str, *, owner: str) -> None:
        """Ask a task to stop; harmless if it has ended. Raises: NotFound."""
        ...

    async def feedback(self, task_id: str, feedback: Feedback, *, owner: str) -> None:
        """Answer the open question of a task.

        Raises: Conflict: nothing is asked, or something else. NotFound.
        """
        ...

    async def close(self) -> None:
        """End the subscriptions; running tasks go on."""
        ...
