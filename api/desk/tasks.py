"""What every door does with tasks: submit, look, wait, list, cancel, answer."""

from __future__ import annotations

from contextlib import suppress

from maquette.api.desk.desk import Desk
from maquette.api.desk.idempotency import bad_key, keyed_id
from maquette.api.desk.planning.ready import carried
from maquette.api.http.errors import Closing, InvalidFields
from maquette.api.schemas import FeedbackBody, ListQuery, TaskSubmission
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import Conflict, NotFound, Unsettled
from maquette.records.ids import TASK_ID, new_task_id
from maquette.records.task import Feedback, Task, TaskPage, TaskRequest


def known_id(task_id: str, *, missing: bool = True) -> str:
    """The id, if it has the form of one.

    Raises: NotFound, or InvalidFields for an id the caller wants to give (``missing=False``).
    """
    if TASK_ID.fullmatch(task_id):
        return task_id
    if missing:
        raise NotFound(
            f"there is no task {task_id[:80]!r}",
            hint="GET /api/v1/tasks, or 'maquette task ls', lists the tasks",
        )
    sentence = f"{task_id[:80]!r} is not a task id; expected task_ and a UUIDv7"
    raise InvalidFields(
        sentence,
        [{"parameter": "task_id", "detail": sentence, "value": task_id[:80]}],
        hint="POST /api/v1/tasks gives an id by itself",
    )


async def submit(desk: Desk, asked: TaskSubmission, *, key: str | None = None) -> Task:
    """Start a task under a new id; with ``key``, once for the key.

    Raises: InvalidFields: the key cannot be used, or was used for another request.
        PlanRejected: it brings a plan that breaks a rule.
        InputRefused: an input is not there, or is no picture. Overloaded: as many tasks as the
        settings allow are in flight. EngineUnavailable, StoreUnavailable: nothing was started.
        Unsettled: it may have been, under the id that the error tells.
    """
    if key is None:
        return await _start(desk, asked, new_task_id(), fresh=True)
    try:
        return await _start(desk, asked, await keyed_id(desk, key))
    except Conflict as error:
        raise bad_key("it was used for another request; expected a fresh key") from error


async def submit_under(desk: Desk, task_id: str, asked: TaskSubmission) -> tuple[Task, bool]:
    """Start a task under an id of the caller's choice, and whether it was there already.

    Raises: InvalidFields: it is no id. Conflict: it belongs to another request. As ``submit``.
    """
    known_id(task_id, missing=False)
    existed = await desk.exists(task_id)
    return await _start(desk, asked, task_id), existed


async def _start(desk: Desk, asked: TaskSubmission, name: str, *, fresh: bool = False) -> Task:
    text = asked.text if asked.plan is None else carried(desk, asked, asked.plan)
    request = request_of(asked.model_copy(update={"text": text}))
    start = desk.gateway.submit(request, owner=desk.owner, task_id=name, fresh=fresh)
    try:
        task = await desk.unless_closing(start)
    except Closing as error:
        raise Unsettled(
            f"the server is stopping; {name} may have been started",
            hint="ask the next server for this id, or send the same request under it again",
            task_id=name,
        ) from error
    desk.activity.submitted()
    return task


def request_of(asked: TaskSubmission) -> TaskRequest:
    """What was sent, as the request of a task; inputs are named, not looked up."""
    return TaskRequest(
        text=asked.text,
        inputs=tuple(_named(sha256) for sha256 in asked.inputs),
        options=asked.options,
    )


def _named(sha256: str) -> ArtifactRef:
    """An artifact by its hash alone; the gateway looks up the rest."""
    return ArtifactRef(sha256=sha256, media_type="application/octet-stream", size_bytes=0)


async def current(desk: Desk, task_id: str, *, wait_s: float = 0) -> Task:
    """The task as it stands, after waiting so long for its end, or until the server stops.

    Raises: NotFound. EngineUnavailable. RecordDamaged.
    """
    task_id = known_id(task_id)
    if wait_s > 0:
        with suppress(Closing):
            return await desk.unless_closing(
                desk.gateway.get(task_id, owner=desk.owner, wait_s=wait_s)
            )
    return await desk.gateway.get(task_id, owner=desk.owner)


async def listed(desk: Desk, query: ListQuery) -> TaskPage:
    """A page of tasks, newest first. Raises: EngineUnavailable."""
    return await desk.gateway.list(
        owner=desk.owner, limit=query.limit, after=query.after, status=query.status
    )


async def cancel(desk: Desk, task_id: str) -> Task:
    """Stop a task, and how it stands then; stopping one that ended changes nothing.

    Raises: as ``current``.
    """
    task = await current(desk, task_id)
    if task.status.ended:
        return task
    await desk.gateway.cancel(task_id, owner=desk.owner)
    return await current(desk, task_id)


async def answer(desk: Desk, task_id: str, given: FeedbackBody) -> Task:
    """Answer the open question of a task, and how it stands then.

    Raises: Conflict: nothing is asked, or something else. As ``current``.
    """
    task = await current(desk, task_id)
    asked = task.waiting_for
    if asked is None or (given.request_id is not None and given.request_id != asked):
        raise Conflict(
            f"task {task_id} is {task.status.value} and does not ask this question"
            if asked is not None
            else f"task {task_id} is {task.status.value}; it is not asking anything",
            hint=f"look at it with GET /api/v1/tasks/{task_id}: waiting_for names the question",
        )
    feedback = Feedback(request_id=asked, action=given.action, text=given.text)
    await desk.gateway.feedback(task_id, feedback, owner=desk.owner)
    return await current(desk, task_id)
