"""The verbs of the desk, called as a door that is no HTTP at all would call them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from api_fakes import FakeModels, settings_for

from maquette.agents.planning.fake import ScriptedPlanner
from maquette.api.desk import tasks
from maquette.api.desk.activity import Activity
from maquette.api.desk.desk import Desk
from maquette.api.desk.following import followed, recorded
from maquette.api.desk.idempotency import DAY_S
from maquette.api.desk.thumbnails import Thumbnails
from maquette.api.http.errors import InvalidFields
from maquette.api.schemas import FeedbackBody, ListQuery, TaskSubmission
from maquette.infra.index.stored import StoredIndex
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.errors import Conflict, NotFound
from maquette.records.event import TERMINAL
from maquette.records.ids import new_task_id
from maquette.records.plan import Plan
from maquette.records.task import FeedbackAction, TaskOptions, TaskStatus
from maquette.tools.library.library import PictureLibrary
from maquette.tools.registry import load_registry
from maquette.workflows.desk.contract import InputRefused
from maquette.workflows.desk.memory import MemoryGateway

ASK = TaskSubmission(text="a red circle")
ASK_FIRST = TaskSubmission(text="a red circle", options=TaskOptions(approve="plan"))
YES = FeedbackBody(action=FeedbackAction.APPROVE)


async def approved(gateway: MemoryGateway, task_id: str) -> None:
    if gateway.tasks[task_id].request.options.approve == "plan":
        await gateway.ask(task_id, "plan")
    await gateway.end(task_id)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    store = MemoryArtifactStore()
    models: Any = FakeModels()
    return Desk(
        settings=settings_for(tmp_path, {}),
        gateway=MemoryGateway(store, approved),
        store=store,
        registry=load_registry(entries=()),
        models=models,
        activity=Activity(),
        thumbnails=Thumbnails(),
        library=PictureLibrary(StoredIndex(store), models),
        planner=lambda: ScriptedPlanner(lambda request: Plan(nodes=(), outputs=())),
    )


async def test_a_task_from_words_to_its_end(desk: Desk) -> None:
    """A task is submitted, asks, is answered, and is followed to its end."""
    task = await tasks.submit(desk, ASK_FIRST)
    async for event in followed(desk, task.id, after=None):
        if event is not None and event.type.value == "feedback.requested":
            assert (await tasks.answer(desk, task.id, YES)).waiting_for is None
    done = await tasks.current(desk, task.id, wait_s=5)
    assert done.status is TaskStatus.COMPLETED
    events, ended = await recorded(desk, task.id, after=None)
    assert ended
    assert events[-1].type in TERMINAL
    assert [one.id for one in (await tasks.listed(desk, ListQuery())).data] == [task.id]


async def test_a_key_is_one_task_for_a_day(desk: Desk) -> None:
    """The same key gives the same task today and tomorrow, and another the day after; a key
    that was used for something else, or is none, is refused by its name."""
    now = 20_000.5 * DAY_S
    desk.clock = lambda: now
    first = await tasks.submit(desk, ASK, key="k")
    desk.clock = lambda: now + DAY_S
    assert (await tasks.submit(desk, ASK, key="k")).id == first.id
    with pytest.raises(InvalidFields, match="Idempotency-Key"):
        await tasks.submit(desk, ASK_FIRST, key="k")
    desk.clock = lambda: now + 2 * DAY_S
    assert (await tasks.submit(desk, ASK, key="k")).id != first.id
    for bad in ("", "x" * 256, "a\nb"):
        with pytest.raises(InvalidFields, match="Idempotency-Key"):
            await tasks.submit(desk, ASK, key=bad)


async def test_a_chosen_id_tells_whether_it_was_there(desk: Desk) -> None:
    """The first submission under an id makes it; an equal one finds it; no other takes it."""
    name = new_task_id()
    assert (await tasks.submit_under(desk, name, ASK))[1] is False
    assert (await tasks.submit_under(desk, name, ASK))[1] is True
    with pytest.raises(Conflict):
        await tasks.submit_under(desk, name, ASK_FIRST)
    with pytest.raises(InvalidFields):
        await tasks.submit_under(desk, "mine", ASK)


async def test_what_is_not_there_is_said(desk: Desk) -> None:
    """An unknown task is not found by any verb; an unknown input is refused by its place."""
    for name in (new_task_id(), "nonsense"):
        for verb in (
            tasks.current(desk, name),
            tasks.cancel(desk, name),
            tasks.answer(desk, name, YES),
        ):
            with pytest.raises(NotFound):
                await verb
    with pytest.raises(InputRefused) as caught:
        await tasks.submit(desk, TaskSubmission(text="x", inputs=("0" * 64,)))
    assert caught.value.place == 0


async def test_only_what_is_asked_is_answered(desk: Desk) -> None:
    """An answer to another question, or to none, is a Conflict; cancel works twice."""
    task = await tasks.submit(desk, ASK_FIRST)
    async for event in followed(desk, task.id, after=None):
        if event is not None and event.type.value == "feedback.requested":
            break
    other = FeedbackBody(action=FeedbackAction.APPROVE, request_id="other")
    with pytest.raises(Conflict):
        await tasks.answer(desk, task.id, other)
    for _ in range(2):
        assert (await tasks.cancel(desk, task.id)).status is TaskStatus.CANCELLED
    with pytest.raises(Conflict):
        await tasks.answer(desk, task.id, YES)
