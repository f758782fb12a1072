"""Names for new things, and canonical bytes for content keys."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

_UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z"
TASK_ID = re.compile(rf"^task_{_UUID7}")
SESSION_ID = re.compile(rf"^session_{_UUID7}")


def new_task_id() -> str:
    """``task_`` and a UUIDv7 (RFC 9562), so that ids sort by time of creation."""
    import uuid_utils

    return f"task_{uuid_utils.uuid7()}"


def new_session_id() -> str:
    """``session_`` and a UUIDv7."""
    import uuid_utils

    return f"session_{uuid_utils.uuid7()}"


def canonical_json(value: Any) -> bytes:
    """One byte string per JSON value: sorted keys, no spaces, UTF-8, no NaN."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def content_key(*parts: Any) -> str:
    """SHA-256 of the canonical JSON of the parts, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(list(parts))).hexdigest()


def candidate_seed(task_seed: int, round_number: int, candidate: int) -> int:
    """The seed of one candidate, below 2**31: the task's seed for the first candidate of all.

    Others are hashed from (seed, round, candidate), so neighbouring tasks share none.
    """
    if (round_number, candidate) == (1, 0):
        return task_seed
    digest = hashlib.sha256(f"{task_seed}/{round_number}/{candidate}".encode()).digest()
    return int.from_bytes(digest[:4], "big") & 0x7FFFFFFF


def variation_seed(seed: int, number: int) -> int:
    """The seed of the ``number``-th variation of what has this one, below 2**31; of 0 the same."""
    if number == 0:
        return seed
    digest = hashlib.sha256(f"{seed}/variation/{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big") & 0x7FFFFFFF
