"""Request headers that choose how an answer is given: Prefer, Accept, Last-Event-ID, ETags."""

from __future__ import annotations

import re

from maquette.api.http.errors import InvalidFields

MAX_WAIT_S = 60.0

_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,6})\"?(?:$|[,;\s])")


def preferred_wait_s(prefer: str | None) -> float:
    """Seconds of ``Prefer: wait=N`` (RFC 7240), at most MAX_WAIT_S; 0 without it."""
    found = _WAIT.search(prefer or "")
    return min(float(found.group(1)), MAX_WAIT_S) if found else 0.0


def wants(accept: str | None, media_type: str) -> bool:
    """Whether an Accept header names a media type outright, with a weight above 0."""
    for item in (accept or "").split(","):
        name, *parameters = [part.strip().lower() for part in item.split(";")]
        if name == media_type:
            return not any(re.fullmatch(r"q=0(\.0*)?", p) for p in parameters)
    return False


def event_offset(last_event_id: str | None, after: str | None) -> int | None:
    """The offset after which events are wanted: the query wins over the header.

    Raises: InvalidFields: it is not a whole number from 0.
    """
    given = after if after is not None else (last_event_id or None)
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= 12):
        name = "after" if after is not None else "Last-Event-ID"
        sentence = f"{name} is {given[:40]!r}; expected the id of an event, a whole number from 0"
        raise InvalidFields(
            sentence,
            [{"parameter": name, "detail": sentence, "value": given[:40]}],
            hint="leave it out to read the events from the start",
        )
    return int(given)


def matches(condition: str | None, etag: str) -> bool:
    """Whether an If-None-Match header lists this strong ETag (weak comparison, RFC 9110)."""
    if condition is None:
        return False
    listed = [item.strip().removeprefix("W/") for item in condition.split(",")]
    return "*" in listed or etag in listed
