"""From a checked body to a running task."""

from __future__ import annotations

from contextlib import suppress

from maquette.api.desk.doors import Doors
from maquette.api.http.errors import Closing, InvalidFields
from maquette.api.schemas import TaskSubmission
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import NotFound, Unsettled
from maquette.records.ids import TASK_ID, new_task_id
from maquette.records.task import Task, TaskRequest


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


async def as_request(doors: Doors, body: TaskSubmission) -> TaskRequest:
    """The request with full references for the inputs named by hash.

    Raises: InvalidFields: an input is not there, or is not a picture.
    """
    inputs = [await _input(doors, place, sha256) for place, sha256 in enumerate(body.inputs)]
    return TaskRequest(text=body.text, inputs=tuple(inputs), options=body.options)


async def _input(doors: Doors, place: int, sha256: str) -> ArtifactRef:
    try:
        ref = await doors.store.stat(sha256, owner=doors.owner)
    except NotFound as error:
        sentence = f"input {place} names artifact {sha256[:12]}…, which is not there"
        raise InvalidFields(
            sentence,
            [{"pointer": f"/inputs/{place}", "detail": sentence, "value": sha256}],
            hint="upload the picture first: POST /api/v1/artifacts answers its sha256",
        ) from error
    if not ref.media_type.startswith("image/"):
        sentence = f"input {place} is {ref.media_type}; expected a picture"
        raise InvalidFields(
            sentence,
            [{"pointer": f"/inputs/{place}", "detail": sentence, "value": sha256}],
            hint="attach a PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF picture",
        )
    return ref


async def submit(doors: Doors, request: TaskRequest, task_id: str | None = None) -> Task:
    """Start the task, under an id of its own if none is given.

    Raises: Overloaded: as many tasks as the settings allow are in flight. Conflict: the id
        belongs to another request. EngineUnavailable, StoreUnavailable: nothing was started.
        Unsettled: it may have been, under the id that the error tells.
    """
    name = task_id or new_task_id()
    start = doors.gateway.submit(request, owner=doors.owner, task_id=name, fresh=task_id is None)
    try:
        task = await doors.unless_closing(start)
    except Closing as error:
        raise Unsettled(
            f"the server is stopping; {name} may have been started",
            hint="ask the next server for this id, or send the same request under it again",
            task_id=name,
        ) from error
    doors.activity.submitted()
    return task


async def current(doors: Doors, task_id: str, *, wait_s: float = 0) -> Task:
    """The task as it stands, after waiting so long for its end, or until the server stops."""
    if wait_s > 0:
        with suppress(Closing):
            return await doors.unless_closing(
                doors.gateway.get(task_id, owner=doors.owner, wait_s=wait_s)
            )
    return await doors.gateway.get(task_id, owner=doors.owner)
