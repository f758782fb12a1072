"""Idempotency-Key (IETF draft): the same key and body give the same task, on any replica.

No table of keys is kept: the key is hashed into the task id itself, and the workflow engine
refuses the second start. The id's time is the start of the day, and yesterday's id is looked
up too, so a key is remembered for at least 24 hours and ids still sort by day.
"""

from __future__ import annotations

import hashlib
import time
import uuid

from maquette.api.desk.doors import Doors
from maquette.api.desk.submit import submit
from maquette.api.http.errors import InvalidFields
from maquette.records.errors import Conflict
from maquette.records.task import Task, TaskRequest

MAX_KEY_CHARACTERS = 255
DAY_S = 86_400


def keyed_task_id(owner: str, key: str, day: int) -> str:
    """The task id of a key on one day (days since 1970): a UUIDv7 whose rest is a hash."""
    digest = hashlib.sha256(f"{owner}\n{day}\n{key}".encode()).digest()
    bits = (day * DAY_S * 1_000) << 80 | int.from_bytes(digest[:10], "big")
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    return f"task_{uuid.UUID(int=bits)}"


async def submit_keyed(doors: Doors, request: TaskRequest, key: str) -> Task:
    """Submit once for a key. Raises: InvalidFields: the key was used for another request."""
    if not 1 <= len(key) <= MAX_KEY_CHARACTERS or not key.isprintable():
        raise _bad_key("expected 1 to 255 printable characters")
    today = int(time.time()) // DAY_S
    for day in (today, today - 1):
        task_id = keyed_task_id(doors.owner, key, day)
        if await doors.exists(task_id):
            break
    else:
        task_id = keyed_task_id(doors.owner, key, today)
    try:
        return await submit(doors, request, task_id)
    except Conflict as error:
        raise _bad_key("it was used for another request; expected a fresh key") from error


def _bad_key(reason: str) -> InvalidFields:
    sentence = f"the Idempotency-Key header is not usable: {reason}"
    return InvalidFields(
        sentence,
        [{"parameter": "Idempotency-Key", "detail": sentence}],
        hint="make a new key, such as a UUID, for each new request",
    )
