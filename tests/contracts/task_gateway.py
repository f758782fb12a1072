"""The promises of every task gateway. A new one inherits the class and supplies fixtures."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from maquette.contracts.store import png
from maquette.infra.store.contract import ArtifactStore
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import Conflict, InvalidInput, NotFound, Overloaded
from maquette.records.event import TERMINAL, Event
from maquette.records.ids import new_task_id
from maquette.records.task import (
    Feedback,
    FeedbackAction,
    Task,
    TaskOptions,
    TaskRequest,
    TaskStatus,
)
from maquette.workflows.desk.contract import InputRefused, TaskGateway

WAIT_S = 40.0


def ask(text: str = "a poster") -> TaskRequest:
    """A request that is done without a question."""
    return TaskRequest(text=text)


def ask_first(text: str = "a poster") -> TaskRequest:
    """A request whose plan waits for approval, so its task stays open until it is answered."""
    return TaskRequest(text=text, options=TaskOptions(approve="plan"))


def answer(question: str, action: FeedbackAction = FeedbackAction.APPROVE) -> Feedback:
    return Feedback(request_id=question, action=action)


class TaskGatewayContract:
    """Inherit, and give the fixtures ``gateway``, ``store`` and ``narrow``.

    The gateway must run tasks by itself: one of ``ask`` completes, one of ``ask_first`` asks
    the question ``plan`` and completes when that is approved.
    """

    @pytest.fixture
    async def gateway(self) -> TaskGateway:
        raise NotImplementedError

    @pytest.fixture
    def store(self) -> ArtifactStore:
        """The store that the gateway looks inputs up in."""
        raise NotImplementedError

    @pytest.fixture
    async def narrow(self) -> TaskGateway:
        """A gateway that has room for one task more than are in flight."""
        raise NotImplementedError

    @pytest.fixture
    def owner(self) -> str:
        return f"owner-{uuid.uuid4().hex[:12]}"

    async def waiting(self, gateway: TaskGateway, task_id: str, owner: str) -> Task:
        """The task, once it asks."""
        async with asyncio.timeout(WAIT_S):
            while (task := await gateway.get(task_id, owner=owner)).waiting_for is None:
                await asyncio.sleep(0.02)
        return task

    async def followed(self, gateway: TaskGateway, task_id: str, owner: str) -> list[Event]:
        async with asyncio.timeout(WAIT_S):
            return [event async for event in gateway.events(task_id, owner=owner)]

    async def test_equal_submissions_are_one_task(self, gateway: TaskGateway, owner: str) -> None:
        """The same id and request, sent five times at once and once more later, is one task."""
        name = new_task_id()
        many = (gateway.submit(ask_first(), owner=owner, task_id=name) for _ in range(5))
        assert {task.id for task in await asyncio.gather(*many)} == {name}
        await gateway.cancel(name, owner=owner)
        await gateway.get(name, owner=owner, wait_s=WAIT_S)
        again = await gateway.submit(ask_first(), owner=owner, task_id=name)
        assert (again.id, again.status) == (name, TaskStatus.CANCELLED)
        assert [task.id for task in (await gateway.list(owner=owner)).data] == [name]

    async def test_an_id_names_one_request(self, gateway: TaskGateway, owner: str) -> None:
        """Another request, or another owner, under a taken id is a Conflict; no id is refused."""
        task = await gateway.submit(ask("one"), owner=owner)
        with pytest.raises(Conflict):
            await gateway.submit(ask("two"), owner=owner, task_id=task.id)
        with pytest.raises(Conflict):
            await gateway.submit(ask("one"), owner="someone", task_id=task.id)
        with pytest.raises(InvalidInput, match="not a task id"):
            await gateway.submit(ask("one"), owner=owner, task_id="task_1")

    async def test_a_task_starts_queued_and_ends(self, gateway: TaskGateway, owner: str) -> None:
        """A task is answered at once, and who waits for its end is told it."""
        task = await gateway.submit(ask("three boats"), owner=owner)
        assert (task.owner, task.request, task.status) == (
            owner,
            ask("three boats"),
            TaskStatus.QUEUED,
        )
        done = await gateway.get(task.id, owner=owner, wait_s=WAIT_S)
        assert (done.status, done.request) == (TaskStatus.COMPLETED, task.request)
        assert done.completed_at is not None
        assert done.created_at == task.created_at

    async def test_unknown_tasks_are_not_found(self, gateway: TaskGateway, owner: str) -> None:
        """An id that was never given, or that is none, is NotFound with a next step, in each
        call; so is the task of another owner."""
        other = await gateway.submit(ask(), owner=owner)
        for name in (new_task_id(), "nonsense", "", other.id):
            for call in (gateway.get, gateway.check, gateway.events_now, gateway.cancel):
                with pytest.raises(NotFound) as caught:
                    await call(name, owner="someone")
                assert caught.value.hint
            with pytest.raises(NotFound):
                await gateway.feedback(name, answer("plan"), owner="someone")
            with pytest.raises(NotFound):
                await anext(gateway.events(name, owner="someone"))
        await gateway.check(other.id, owner=owner)
        assert (await gateway.list(owner="someone-else")).data == ()

    async def test_events_are_read_from_anywhere(self, gateway: TaskGateway, owner: str) -> None:
        """Events are numbered from 0 up to one terminal event, the same live, later, and from
        behind any of them."""
        task = await gateway.submit(ask(), owner=owner)
        live = await self.followed(gateway, task.id, owner)
        assert [event.offset for event in live] == list(range(len(live)))
        assert [event.type in TERMINAL for event in live] == [False] * (len(live) - 1) + [True]
        assert {event.task_id for event in live} == {task.id}
        await gateway.get(task.id, owner=owner, wait_s=WAIT_S)
        for after in (None, 0, len(live) - 2, len(live) - 1):
            rest = live[0 if after is None else after + 1 :]
            assert list(await gateway.events_now(task.id, owner=owner, after=after)) == rest
            reading = gateway.events(task.id, owner=owner, after=after)
            assert [event async for event in reading] == rest

    async def test_lists_are_paged_and_filtered(self, gateway: TaskGateway, owner: str) -> None:
        """Tasks come newest first, page by page, without gap or repetition; one status alone
        if asked for."""
        names = [(await gateway.submit(ask_first(str(n)), owner=owner)).id for n in range(3)]
        await gateway.cancel(names[1], owner=owner)
        await gateway.get(names[1], owner=owner, wait_s=WAIT_S)
        first = await gateway.list(owner=owner, limit=2)
        assert [task.id for task in first.data] == sorted(names, reverse=True)[:2]
        assert first.has_more
        rest = await gateway.list(owner=owner, limit=2, after=first.data[-1].id)
        assert [task.id for task in rest.data] == sorted(names, reverse=True)[2:]
        assert not rest.has_more
        gone = await gateway.list(owner=owner, status=TaskStatus.CANCELLED)
        assert [task.id for task in gone.data] == [names[1]]
        for name in (names[0], names[2]):
            await gateway.cancel(name, owner=owner)

    async def test_the_open_question_takes_its_answer(
        self, gateway: TaskGateway, owner: str
    ) -> None:
        """A task that asks waits for the answer to this very question, once, and goes on."""
        task = await gateway.submit(ask_first(), owner=owner)
        asked = await self.waiting(gateway, task.id, owner)
        assert (asked.waiting_for, asked.status) == ("plan", TaskStatus.INPUT_REQUIRED)
        with pytest.raises(Conflict):
            await gateway.feedback(task.id, answer("another"), owner=owner)
        await gateway.feedback(task.id, answer("plan"), owner=owner)
        done = await gateway.get(task.id, owner=owner, wait_s=WAIT_S)
        assert (done.status, done.waiting_for) == (TaskStatus.COMPLETED, None)
        with pytest.raises(Conflict):
            await gateway.feedback(task.id, answer("plan"), owner=owner)

    async def test_cancel_stops_and_harms_nothing(self, gateway: TaskGateway, owner: str) -> None:
        """A cancelled task ends as cancelled; cancelling what has ended changes nothing."""
        task = await gateway.submit(ask_first(), owner=owner)
        await self.waiting(gateway, task.id, owner)
        await gateway.cancel(task.id, owner=owner)
        gone = await gateway.get(task.id, owner=owner, wait_s=WAIT_S)
        assert gone.status is TaskStatus.CANCELLED
        await gateway.cancel(task.id, owner=owner)
        assert (await gateway.get(task.id, owner=owner)).status is TaskStatus.CANCELLED
        events = await self.followed(gateway, task.id, owner)
        assert events[-1].type.value == "task.cancelled"

    async def test_inputs_are_looked_up(
        self, gateway: TaskGateway, store: ArtifactStore, owner: str
    ) -> None:
        """An input that is missing, of somebody else, or no picture is refused by its place;
        one that is there is told by the store, not by the caller."""
        good = await store.put(png(), owner=owner)
        words = await store.put(b"some words", owner=owner)
        missing = ArtifactRef(sha256="0" * 64, media_type="image/png", size_bytes=1)
        for bad in (missing, words):
            with pytest.raises(InputRefused) as caught:
                await gateway.submit(TaskRequest(text="x", inputs=(good, bad)), owner=owner)
            assert (caught.value.place, caught.value.sha256) == (1, bad.sha256)
        with pytest.raises(InputRefused):
            await gateway.submit(TaskRequest(text="x", inputs=(good,)), owner="someone")
        assert (await gateway.list(owner=owner)).data == ()
        lie = good.model_copy(update={"size_bytes": 7, "media_type": "text/html"})
        task = await gateway.submit(TaskRequest(text="x", inputs=(lie,)), owner=owner)
        assert task.request.inputs == (good,)
        same = TaskRequest(text="x", inputs=(good,))
        assert (await gateway.submit(same, owner=owner, task_id=task.id)).id == task.id

    async def test_a_full_house_names_a_time(self, narrow: TaskGateway, owner: str) -> None:
        """Above the limit a task is refused with a time to come back; a place that becomes free
        is given again."""
        first = await narrow.submit(ask_first(), owner=owner)
        assert await narrow.active() >= 1
        with pytest.raises(Overloaded) as caught:
            await narrow.submit(ask("2"), owner=owner)
        assert caught.value.retry_after_s > 0
        await narrow.submit(ask_first(), owner=owner, task_id=first.id)
        await narrow.cancel(first.id, owner=owner)
        await narrow.get(first.id, owner=owner, wait_s=WAIT_S)
        async with asyncio.timeout(WAIT_S):
            while True:
                try:
                    second = await narrow.submit(ask_first("2"), owner=owner)
                    break
                except Overloaded:
                    await asyncio.sleep(0.1)
        await narrow.cancel(second.id, owner=owner)
