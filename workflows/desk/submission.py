"""What is sent to start a task: a request made small enough for a history, and its identity."""

from __future__ import annotations

import time

from pydantic import ValidationError

from maquette.infra.store.contract import ArtifactStore
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import IntegrityError, InvalidInput, NotFound
from maquette.records.ids import TASK_ID, canonical_json, content_key
from maquette.records.task import TaskRequest
from maquette.workflows.desk.contract import InputRefused
from maquette.workflows.wire.messages import TaskInput

INLINE_TEXT_BYTES = 4_096
EXCERPT_CHARACTERS = 1_000


def check_task_id(task_id: str) -> str:
    """The id, if it has our form. Raises: InvalidInput."""
    if not TASK_ID.match(task_id):
        raise InvalidInput(
            f"{task_id[:80]!r} is not a task id; expected task_ and a UUID version 7",
            hint="Leave the id out to get one.",
        )
    return task_id


def request_hash(request: TaskRequest, owner: str) -> str:
    """Equal for equal requests of one owner: tells a repeated submission from another one."""
    told = {**request.model_dump(mode="json"), "options": request.options.told()}
    return content_key("request/1", owner, told)


async def attached(request: TaskRequest, *, owner: str, store: ArtifactStore) -> TaskRequest:
    """The request with the store's own references, so a caller cannot misstate a size or type.

    Raises: InputRefused: an input is not in the store, or is no picture. StoreUnavailable.
    """
    if not request.inputs:
        return request
    known = [
        await _picture(place, ref.sha256, owner=owner, store=store)
        for place, ref in enumerate(request.inputs)
    ]
    return request.model_copy(update={"inputs": tuple(known)})


async def _picture(place: int, sha256: str, *, owner: str, store: ArtifactStore) -> ArtifactRef:
    try:
        ref = await store.stat(sha256, owner=owner)
    except NotFound as error:
        raise InputRefused(
            f"input {place} names artifact {sha256[:12]}…, which is not there",
            hint="upload the picture first: POST /api/v1/artifacts answers its sha256",
            place=place,
            sha256=sha256,
        ) from error
    if not ref.is_picture:
        raise InputRefused(
            f"input {place} is {ref.media_type}; expected a picture",
            hint="attach a PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF picture",
            place=place,
            sha256=sha256,
        )
    return ref


async def prepare(request: TaskRequest, *, owner: str, store: ArtifactStore) -> TaskInput:
    """Make the workflow's input of a request whose inputs were looked up. A long text is
    stored and shortened.

    Raises: StoreUnavailable: before anything was written or started.
    """
    given = request_hash(request, owner)
    if not request.inputs:
        await store.check()
    whole = None
    if len(request.text.encode()) > INLINE_TEXT_BYTES:
        whole = await store.put(canonical_json(request.model_dump(mode="json")), owner=owner)
        request = request.model_copy(update={"text": request.text[:EXCERPT_CHARACTERS]})
    return TaskInput(
        owner=owner,
        request=request,
        request_ref=whole,
        request_hash=given,
        created_at=time.time(),
        steps_told_once=True,
    )


async def whole_request(
    request: TaskRequest, sha256: str | None, *, owner: str, store: ArtifactStore
) -> TaskRequest:
    """The request as it was sent: read from the store if its text was shortened.

    Raises: IntegrityError: the store has it no more, or not as it was. StoreUnavailable.
    """
    if sha256 is None:
        return request
    try:
        return TaskRequest.model_validate_json(await store.get(sha256, owner=owner))
    except (NotFound, ValidationError) as error:
        raise IntegrityError("the stored words of a request cannot be read") from error
