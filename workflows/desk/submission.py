"""What is sent to start a task: a request made small enough for a history, and its identity."""

from __future__ import annotations

import time

from pydantic import ValidationError

from maquette.infra.store.contract import ArtifactStore
from maquette.records.errors import IntegrityError, InvalidInput, NotFound
from maquette.records.ids import TASK_ID, canonical_json, content_key
from maquette.records.task import TaskRequest
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
    return content_key("request/1", owner, request.model_dump(mode="json"))


async def prepare(request: TaskRequest, *, owner: str, store: ArtifactStore) -> TaskInput:
    """Check the attached artifacts and make the workflow's input.

    The references are replaced by the store's own, so a caller cannot misstate a size or type.
    A long text is stored and shortened.

    Raises: InvalidInput: an attached artifact is not there. StoreUnavailable: before anything
        was written or started.
    """
    given = request_hash(request, owner)
    known = []
    for ref in request.inputs:
        try:
            known.append(await store.stat(ref.sha256, owner=owner))
        except NotFound as error:
            raise InvalidInput(
                f"there is no artifact {ref.sha256} to attach",
                hint="Upload the picture first, then name the id that the upload answered.",
            ) from error
    if not known:
        await store.check()
    request = request.model_copy(update={"inputs": tuple(known)})
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
