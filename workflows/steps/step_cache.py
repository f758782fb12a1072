"""The step cache: a step that was ever finished for an owner is looked up, not run again.

Key: owner, tool, version, digests of the models it calls, arguments in one canonical form
(defaults filled in, artifacts by their content), and the seed if the tool is seeded. The
result is written before the step counts as done, so a retry after a kill is a look-up.

Equal steps in flight share one execution within a worker process; this is exact. Across
workers it is best effort: two may run the same step at once, and both write the same result
(keys are content hashes). A lease in the store would not help, since S3 stores without
conditional writes cannot hold one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field, ValidationError

from maquette.infra.store.contract import ArtifactStore, DocumentKind
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Document
from maquette.records.errors import IntegrityError, NotFound
from maquette.records.ids import content_key


class StepResult(Document):
    """A finished step as it is stored."""

    tool: str
    tool_version: str
    output: dict[str, Any]
    model_s: float = 0.0
    model_calls: int = 0
    warnings: tuple[str, ...] = ()
    task_id: str | None = Field(default=None, description="the task that paid for it")


@dataclass(frozen=True)
class Looked:
    """A step's result, and whether it was there already (stored or in flight)."""

    result: StepResult
    cached: bool


def step_key(
    *,
    owner: str,
    tool: str,
    tool_version: str,
    digests: Mapping[str, str],
    arguments: Any,
    seed: int | None,
) -> str:
    """The content key of a step."""
    return content_key(
        "step/1", owner, tool, tool_version, dict(digests), by_content(arguments), seed
    )


def by_content(value: Any) -> Any:
    """A JSON value with every artifact reference reduced to the hash of its bytes."""
    if isinstance(value, dict):
        if "sha256" in value and "media_type" in value:
            return {"$artifact": value["sha256"]}
        return {key: by_content(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [by_content(item) for item in value]
    return value


Execute = Callable[[], Awaitable[StepResult]]


@dataclass
class _Flight:
    """One execution, and how many wait for it."""

    task: asyncio.Task[StepResult]
    waiting: int = field(default=0)


class StepCache:
    """Look-up, single flight and store of step results."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._flights: dict[tuple[str, str], _Flight] = {}

    async def run(self, key: str, execute: Execute, *, owner: str) -> Looked:
        """The stored result of the key; else that of the execution in flight; else execute.

        A waiter that is cancelled leaves; the execution is cancelled with its last waiter.
        """
        flight = self._flights.get((owner, key))
        joined = flight is not None
        if flight is None:
            found = await self.find(key, owner=owner)
            if found is not None:
                return Looked(found, cached=True)
            flight = self._flights.get((owner, key))  # begun by another while we looked
            joined = flight is not None
        if flight is None:
            flight = _Flight(asyncio.create_task(self._execute(key, execute, owner)))
            self._flights[owner, key] = flight
        try:
            return Looked(await self._wait((owner, key), flight), cached=joined)
        finally:
            if flight.task.done():
                self._land((owner, key), flight)

    async def find(self, key: str, *, owner: str) -> StepResult | None:
        """A stored result whose artifacts can still be read, or None.

        Read, not only looked up: a damaged artifact is made again, and that mends it.
        """
        data = await self._store.get_document(DocumentKind.STEP, key, owner=owner)
        if data is None:
            return None
        try:
            result = StepResult.model_validate_json(data)
        except ValidationError:
            return None
        for ref in artifacts_in(result.output):
            try:
                await self._store.get(ref.sha256, owner=owner)
            except (NotFound, IntegrityError):
                return None
        return result

    async def _execute(self, key: str, execute: Execute, owner: str) -> StepResult:
        result = await execute()
        data = result.model_dump_json().encode()
        await self._store.put_document(DocumentKind.STEP, key, data, owner=owner)
        return result

    def _land(self, key: tuple[str, str], flight: _Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]

    async def _wait(self, key: tuple[str, str], flight: _Flight) -> StepResult:
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            if flight.waiting == 1 and not flight.task.done():
                self._land(key, flight)  # nobody may join an execution that is being cancelled
                flight.task.cancel()
                await asyncio.gather(flight.task, return_exceptions=True)
            raise
        finally:
            flight.waiting -= 1


def artifacts_in(value: Any) -> list[ArtifactRef]:
    """Every artifact reference inside a JSON value, in order."""
    if isinstance(value, dict):
        if "sha256" in value and "media_type" in value:
            return [ArtifactRef.model_validate(value)]
        return [ref for item in value.values() for ref in artifacts_in(item)]
    if isinstance(value, (list, tuple)):
        return [ref for item in value for ref in artifacts_in(item)]
    return []
