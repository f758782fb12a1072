"""Finished records: whatever changes in their bytes is noticed."""

from __future__ import annotations

import asyncio
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.infra.store.contract import DocumentKind
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.errors import RecordDamaged
from maquette.records.ids import new_task_id
from maquette.records.task import Task, TaskRequest, TaskStatus
from maquette.workflows.wire.finished import read_finished, task_of, write_finished

OWNER = "ann"


def ended() -> Task:
    return Task(
        id=new_task_id(),
        owner=OWNER,
        status=TaskStatus.COMPLETED,
        request=TaskRequest(text="a red circle"),
        created_at=1.0,
    )


def stored(task: Task) -> tuple[MemoryArtifactStore, bytes]:
    """A store with the record of the task, and the record's bytes."""
    store = MemoryArtifactStore()

    async def write() -> bytes | None:
        await write_finished(store, task, [])
        return await store.get_document(DocumentKind.TASK, task.id, owner=OWNER)

    data = asyncio.run(write())
    assert data is not None
    return store, data


TASK = ended()
STORE, DATA = stored(TASK)


def read(data: bytes) -> Task | None:
    async def put_and_read() -> Task | None:
        await STORE.put_document(DocumentKind.TASK, TASK.id, data, owner=OWNER)
        record = await read_finished(STORE, TASK.id, owner=OWNER)
        return None if record is None else record.task

    return asyncio.run(put_and_read())


def test_a_record_is_read_as_it_was_written() -> None:
    """The document is JSON that names the SHA-256 of the record inside."""
    outer = json.loads(DATA)
    inside = DATA[DATA.index(b'"record":') + len(b'"record":') : -1]
    assert outer["sha256"] == hashlib.sha256(inside).hexdigest()
    assert read(DATA) == TASK == task_of(DATA)


@given(place=st.integers(0, len(DATA) - 1), bit=st.integers(0, 7))
def test_no_flipped_bit_is_read_over(place: int, bit: int) -> None:
    """A single flipped bit anywhere, in a word of the request as in a bracket, damages it."""
    rotten = bytearray(DATA)
    rotten[place] ^= 1 << bit
    with pytest.raises(RecordDamaged):
        read(bytes(rotten))
    assert task_of(bytes(rotten)) is None


def test_records_of_earlier_versions_are_read() -> None:
    """A record without a stamp is read as it is."""
    inside = json.dumps(json.loads(DATA)["record"]).encode()
    assert read(inside) == TASK
