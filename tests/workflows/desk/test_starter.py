"""A start is sent until it is known to be there, once for an id; and a place is never lost."""

from __future__ import annotations

import itertools

import pytest
from client_alone import ClientAlone, away
from temporalio.client import WorkflowExecutionStatus

from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.errors import (
    Conflict,
    EngineUnavailable,
    Overloaded,
    StoreUnavailable,
    Unsettled,
)
from maquette.records.ids import new_task_id
from maquette.records.task import Task, TaskRequest, TaskStatus
from maquette.workflows.desk import admission as admission_module
from maquette.workflows.desk import starter as starter_module
from maquette.workflows.desk.admission import Admission
from maquette.workflows.desk.runs import Runs
from maquette.workflows.desk.starter import Starter
from maquette.workflows.desk.submission import request_hash
from maquette.workflows.wire.finished import write_finished

OWNER = "ann"
REQUEST = TaskRequest(text="a poster")


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starts without an answer are sent again at once, and for a moment only."""
    monkeypatch.setattr(starter_module, "SETTLE_PAUSE_S", 0.01)
    monkeypatch.setattr(starter_module, "SETTLE_S", 0.2)


class Door:
    """A starter with one place, over a client and a store of its own."""

    def __init__(self, store: MemoryArtifactStore | None = None) -> None:
        self.client = ClientAlone()
        self.store = store or MemoryArtifactStore()
        runs = Runs(self.client)  # type: ignore[arg-type]
        self.admission = Admission(self.client, runs.is_open, limit=1)  # type: ignore[arg-type]
        self.starter = Starter(self.client, self.store, runs, self.admission, "queue", 3.0)  # type: ignore[arg-type]

    async def start(self, task_id: str, request: TaskRequest = REQUEST) -> Task | None:
        return await self.starter.start(request, owner=OWNER, task_id=task_id)

    async def is_full(self) -> bool:
        """Whether another task is refused for want of a place."""
        try:
            await self.admission.admit("another")
        except Overloaded:
            return True
        return False


async def test_a_start_is_answered_as_queued_and_told_to_the_engine() -> None:
    """The task has the id, owner and request that were given; the run carries whose it is and
    the identity of its request, by which a repetition is known."""
    door, name = Door(), new_task_id()
    task = await door.start(name)
    assert task is not None
    assert (task.id, task.owner, task.status) == (name, OWNER, TaskStatus.QUEUED)
    assert task.request == REQUEST
    row = door.client.rows[name]
    assert row.memo == {"owner": OWNER, "request_hash": request_hash(REQUEST, OWNER)}
    assert row.given.heartbeat_timeout_s == 3.0 and row.given.request == REQUEST
    assert await door.is_full()


async def test_a_start_that_was_not_heard_is_sent_again() -> None:
    """Two starts that never arrived and a third that did are one run, and the same message."""
    door, name = Door(), new_task_id()
    door.client.starts = iter([away(), away()])
    task = await door.start(name)
    assert task is not None and task.id == name
    assert len(door.client.sent) == 3 and set(door.client.rows) == {name}
    assert door.client.sent[0] == door.client.sent[1] == door.client.sent[2]


async def test_a_lost_answer_starts_nothing_twice() -> None:
    """A start that arrived and was not answered is found when it is sent again: the id is taken,
    by this very request, and its place is kept."""
    door, name = Door(), new_task_id()
    door.client.starts = iter([(True, away())])
    assert await door.start(name) is None
    assert len(door.client.sent) == 2 and len(door.client.rows) == 1
    assert await door.starter.holds(name, REQUEST, owner=OWNER)
    assert await door.is_full()


async def test_the_id_of_a_run_that_ended_is_not_used_again() -> None:
    """Sending a request again after its end starts nothing."""
    door, name = Door(), new_task_id()
    await door.start(name)
    first = door.client.rows[name]
    first.status = WorkflowExecutionStatus.COMPLETED
    assert await door.start(name) is None
    assert door.client.rows[name] is first


async def test_what_stays_unsettled_tells_its_id_and_keeps_its_place() -> None:
    """While the engine says nothing the task may be there: the error names it, and its place is
    not given to another."""
    door, name = Door(), new_task_id()
    door.client.starts = itertools.repeat(away())
    with pytest.raises(Unsettled, match=name) as caught:
        await door.start(name)
    assert caught.value.task_id == name
    assert await door.is_full()


async def test_the_place_of_a_task_that_ended_is_free_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A task that ended before any list showed it is asked for, and gives its place back."""
    monkeypatch.setattr(admission_module, "FRESH_S", -1.0)
    monkeypatch.setattr(admission_module, "UNSEEN_S", -1.0)
    door, name = Door(), new_task_id()
    await door.start(name)
    assert await door.is_full()
    door.client.rows[name].status = WorkflowExecutionStatus.COMPLETED
    assert not await door.is_full()


class StoreAway(MemoryArtifactStore):
    """A store that does not answer."""

    async def check(self) -> None:
        raise StoreUnavailable("the store does not answer")


async def test_without_a_store_nothing_is_sent_and_the_place_is_free_again() -> None:
    """A refusal before the start leaves no trace."""
    door = Door(StoreAway())
    with pytest.raises(StoreUnavailable):
        await door.start(new_task_id())
    assert door.client.sent == [] and not await door.is_full()


async def test_without_an_engine_nothing_is_sent_until_it_is_back() -> None:
    """The attributes that lists need are asked for first; failing that, a later start asks
    again."""
    door, name = Door(), new_task_id()
    door.client.failure = away()
    with pytest.raises(EngineUnavailable):
        await door.start(name)
    assert door.client.sent == []
    door.client.failure = None
    assert await door.start(name) is not None


async def test_a_second_task_without_a_place_is_not_sent() -> None:
    """More than are taken at once are refused with a time to wait."""
    door = Door()
    await door.start(new_task_id())
    with pytest.raises(Overloaded) as caught:
        await door.start(new_task_id())
    assert caught.value.retry_after_s > 0 and len(door.client.sent) == 1


@pytest.mark.parametrize("forgotten", [False, True])
async def test_an_id_belongs_to_one_request_of_one_owner(forgotten: bool) -> None:
    """Whether the engine still knows the run or only its record is left: the same request holds
    its id, another request or another owner clashes, and a new id is nobody's."""
    door, name = Door(), new_task_id()
    task = await door.start(name)
    assert task is not None
    if forgotten:
        ended = task.model_copy(update={"status": TaskStatus.COMPLETED})
        await write_finished(door.store, ended, [])
        del door.client.rows[name]
    holds = door.starter.holds
    assert await holds(name, REQUEST, owner=OWNER)
    with pytest.raises(Conflict):
        await holds(name, TaskRequest(text="another"), owner=OWNER)
    if forgotten:  # To another owner a record does not exist.
        assert not await holds(name, REQUEST, owner="bob")
    else:
        with pytest.raises(Conflict):
            await holds(name, REQUEST, owner="bob")
    assert not await holds(new_task_id(), REQUEST, owner=OWNER)
