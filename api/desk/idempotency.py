"""Idempotency-Key (IETF draft): the same key and body give the same task, on any replica.

No table of keys is kept: the key is hashed into the task id itself, and the workflow engine
refuses the second start. The id's time is the start of the day, and yesterday's id is looked
up too, so a key is remembered for at least 24 hours and ids still sort by day.
"""

from __future__ import annotations

import hashlib
import uuid

from maquette.api.desk.desk import Desk
from maquette.api.http.errors import InvalidFields

MAX_KEY_CHARACTERS = 255
DAY_S = 86_400


def keyed_task_id(owner: str, key: str, day: int) -> str:
    """The task id of a key on one day (days since 1970): a UUIDv7 whose rest is a hash."""
    digest = hashlib.sha256(f"{owner}\n{day}\n{key}".encode()).digest()
    bits = (day * DAY_S * 1_000) << 80 | int.from_bytes(digest[:10], "big")
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    return f"task_{uuid.UUID(int=bits)}"


async def keyed_id(desk: Desk, key: str) -> str:
    """The task id of a key: yesterday's if it is in use, else today's.

    Raises: InvalidFields: it is no key. EngineUnavailable.
    """
    if not 1 <= len(key) <= MAX_KEY_CHARACTERS or not key.isprintable():
        raise bad_key("expected 1 to 255 printable characters")
    today = int(desk.clock()) // DAY_S
    for day in (today, today - 1):
        task_id = keyed_task_id(desk.owner, key, day)
        if await desk.exists(task_id):
            return task_id
    return keyed_task_id(desk.owner, key, today)


def bad_key(reason: str) -> InvalidFields:
    """What is wrong with an Idempotency-Key."""
    sentence = f"the Idempotency-Key header is not usable: {reason}"
    return InvalidFields(
        sentence,
        [{"parameter": "Idempotency-Key", "detail": sentence}],
        hint="make a new key, such as a UUID, for each new request",
    )
