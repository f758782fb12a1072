"""Temporal's client as the desk uses it, without a server: runs are rows of a table, and every
kind of call can be made to fail or to lose its answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from temporalio.client import WorkflowExecutionStatus
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from maquette.workflows.desk.runs import STATUS_KEY


def away() -> RPCError:
    """What the client raises while the engine does not answer."""
    return RPCError("no answer", RPCStatusCode.UNAVAILABLE, b"")


@dataclass
class RunRow:
    """A run as the engine knows it. ``answers`` and ``results`` are taken in turn, the last one
    for ever; an error among them is raised."""

    given: Any
    memo: Any
    status: WorkflowExecutionStatus = WorkflowExecutionStatus.RUNNING
    stage: str | None = None
    answers: list[Any] = field(default_factory=list)
    """What its workflow says to a query."""
    results: list[Any] = field(default_factory=list)
    """What becomes of waiting for its end."""


def _next(script: list[Any]) -> Any:
    found = script.pop(0) if len(script) > 1 else script[0]
    if isinstance(found, BaseException):
        raise found
    return found


class HandleAlone:
    """The part of a workflow handle that reads."""

    def __init__(self, client: ClientAlone, task_id: str) -> None:
        self._client, self._id = client, task_id

    async def describe(self, *, rpc_timeout: Any) -> Any:
        self._client.described.append(self._id)
        await self._client.pause()
        row = self._row()

        async def memo() -> Any:
            return _next([row.memo])

        stage = [] if row.stage is None else [SearchAttributePair(STATUS_KEY, row.stage)]
        return SimpleNamespace(
            status=row.status, memo=memo, typed_search_attributes=TypedSearchAttributes(stage)
        )

    async def result(self) -> Any:
        return _next(self._row().results)

    async def query(self, name: str, **options: Any) -> Any:
        self._client.queried.append(options)
        return _next(self._row().answers)

    async def fetch_history_events(self, **options: Any) -> AsyncIterator[Any]:
        payloads = await self._client.data_converter.encode([self._row().given])
        started = SimpleNamespace(input=SimpleNamespace(payloads=payloads))
        yield SimpleNamespace(workflow_execution_started_event_attributes=started)

    def _row(self) -> RunRow:
        if self._client.failure is not None:
            raise self._client.failure
        if self._id not in self._client.rows:
            raise RPCError("unknown", RPCStatusCode.NOT_FOUND, b"")
        return self._client.rows[self._id]


class ClientAlone:
    """The part of a client that starts, lists and finds runs.

    Of ``starts`` one is taken at each start: an error raised in the start's place, or a pair of
    True and an error, raised after the start has arrived.
    """

    namespace = "default"
    data_converter = pydantic_data_converter

    def __init__(self) -> None:
        self.rows: dict[str, RunRow] = {}
        self.starts: Iterator[RPCError | tuple[bool, RPCError]] = iter(())
        self.sent: list[tuple[str, Any]] = []
        self.described: list[str] = []
        self.queried: list[dict[str, Any]] = []
        self.failure: BaseException | None = None
        """Raised by everything but a start."""
        self.operator_service = self
        self.gate: Any = None
        """An event that descriptions wait for."""

    async def pause(self) -> None:
        if self.gate is not None:
            await self.gate.wait()

    def get_workflow_handle(self, task_id: str) -> HandleAlone:
        return HandleAlone(self, task_id)

    async def start_workflow(self, name: str, given: Any, **options: Any) -> None:
        self.sent.append((options["id"], given))
        planned = next(self.starts, None)
        if isinstance(planned, RPCError):
            raise planned
        self._take(name, given, options)
        if planned is not None:
            raise planned[1]

    async def list_search_attributes(self, request: Any) -> Any:
        if self.failure is not None:
            raise self.failure
        return SimpleNamespace(custom_attributes=("MaquetteStatus", "MaquetteOwner"))

    async def list_workflows(self, query: str, **options: Any) -> AsyncIterator[Any]:
        for row in ():
            yield row

    def _take(self, name: str, given: Any, options: dict[str, Any]) -> None:
        """Start a run, by the engine's rules for an id that is taken."""
        row = self.rows.get(options["id"])
        if row is not None:
            # The two kinds of policy share their numbers, so each is compared with its own.
            if row.status is WorkflowExecutionStatus.RUNNING:
                refused = options["id_conflict_policy"] is WorkflowIDConflictPolicy.FAIL
            else:
                reuse = options["id_reuse_policy"]
                refused = reuse is WorkflowIDReusePolicy.REJECT_DUPLICATE
            if refused:
                raise WorkflowAlreadyStartedError(options["id"], name)
        self.rows[options["id"]] = RunRow(given, options["memo"])
