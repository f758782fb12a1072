"""The finished record: a task as it ended, and all its events, kept in the store.

It is read once Temporal has forgotten the run, and it makes the list of old tasks. The events
are an artifact of their own, so that a list reads only the small part. A document has no name made
of its bytes, as artifacts have: so it carries their SHA-256, and is read only if they still fit.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from maquette.infra.store.contract import ArtifactStore, DocumentKind
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Document
from maquette.records.errors import IntegrityError, NotFound, RecordDamaged
from maquette.records.event import Event
from maquette.records.task import Task, TaskRequest, TaskStatus

_EVENTS: TypeAdapter[list[Event]] = TypeAdapter(list[Event])
_STAMP, _BODY = b'{"sha256":"', b'","record":'
_HINT = "It was written by another version, or damaged; run the task again."


class FinishedTask(Document):
    """A task that has ended, and the reference of its events."""

    task: Task
    events: ArtifactRef


async def write_finished(store: ArtifactStore, task: Task, events: list[Event]) -> None:
    """Store the record under the task's id, events first. Writing it again changes nothing."""
    ref = await store.put(_EVENTS.dump_json(events), owner=task.owner)
    record = FinishedTask(task=task, events=ref)
    data = stamped(record.model_dump_json().encode())
    await store.put_document(DocumentKind.TASK, task.id, data, owner=task.owner)


async def read_finished(store: ArtifactStore, task_id: str, *, owner: str) -> FinishedTask | None:
    """The record of a finished task of this owner, or None.

    Raises: StoreUnavailable. RecordDamaged: it is there and cannot be read.
    """
    data = await store.get_document(DocumentKind.TASK, task_id, owner=owner)
    if data is None:
        return None
    try:
        return FinishedTask.model_validate_json(unstamped(data))
    except ValueError as error:
        raise damaged(task_id) from error


def task_of(data: bytes) -> Task | None:
    """The task of a stored record's bytes, or None where they are none."""
    try:
        return FinishedTask.model_validate_json(unstamped(data)).task
    except ValueError:
        return None


def stamped(body: bytes) -> bytes:
    """A JSON document around another one and its SHA-256."""
    return _STAMP + hashlib.sha256(body).hexdigest().encode() + _BODY + body + b"}"


def unstamped(data: bytes) -> bytes:
    """The document that was stamped; one from before there were stamps, as it is.

    Raises: ValueError: the bytes are not those that were stamped.
    """
    if b'"sha256"' not in data[: len(_STAMP) + 2]:
        return data
    body = data[len(_STAMP) + 64 + len(_BODY) : -1]
    if stamped(body) != data:
        raise ValueError("the bytes do not fit their SHA-256")
    return body


async def read_finished_events(store: ArtifactStore, record: FinishedTask) -> list[Event]:
    """All events of a finished task, in order. Raises as ``read_finished``."""
    try:
        data = await store.get(record.events.sha256, owner=record.task.owner)
        return _EVENTS.validate_json(data)
    except (ValidationError, IntegrityError, NotFound) as error:
        raise damaged(record.task.id, "events") from error


def damaged(task_id: str, what: str = "record") -> RecordDamaged:
    return RecordDamaged(f"the stored {what} of {task_id} cannot be read", hint=_HINT)


def damaged_task(task_id: str, owner: str, error: RecordDamaged) -> Task:
    """What a list shows in place of a task that cannot be read: its id tells when it was made."""
    return Task(
        id=task_id,
        owner=owner,
        status=TaskStatus.FAILED,
        request=TaskRequest(text="(damaged: what was asked cannot be read)"),
        created_at=(UUID(task_id.removeprefix("task_")).int >> 80) / 1_000,
        problem=error.problem(),
    )
