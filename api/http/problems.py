"""Problem details (RFC 9457): the one place where an error becomes an answer.

Every error body has ``type, title, status, detail, instance, errors, request_id, hint``; one
that may have started a task has ``task_id``, too.
Nothing of an unexpected exception is ever shown; its stack goes to the log under the
request id.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from starlette.responses import Response

from maquette.api.http import errors as door
from maquette.records import errors as base
from maquette.workflows.desk.contract import InputRefused

MEDIA_TYPE = "application/problem+json"

STATUS: tuple[tuple[type[base.MaquetteError], int], ...] = (
    (door.Unauthorized, 401),
    (door.ForbiddenOrigin, 403),
    (door.MethodNotAllowed, 405),
    (door.BodyTooLarge, 413),
    (door.UnsupportedMedia, 415),
    (door.RangeUnsatisfiable, 416),
    (base.NotFound, 404),
    (base.Conflict, 409),
    (base.InvalidInput, 422),
    (base.MediaRejected, 422),
    (base.PlanRejected, 422),
    (base.FixInput, 400),
    (base.Overloaded, 429),
    (base.TryAgain, 503),
    (base.MaquetteError, 500),
)
"""First match wins, so a class stands before its parents."""

DEFAULT_HINT = {
    401: "send the token that 'maquette token' prints on the server's machine, as in: curl -H "
    '"Authorization: Bearer $(maquette token)" http://127.0.0.1:8420/api/v1/tasks',
    404: "check the name; GET /api/v1/tasks, or 'maquette task ls', lists the tasks",
    429: "wait for a running task to end, then send the same request again",
    500: "try once more; if it stays, look for the request_id in the server's log",
    503: "wait a moment and send the same request again; GET /api/v1/system names the part",
}

_INTERNAL = re.compile(
    r"""(?<![\w.])/(?:home|root|tmp|usr|var|etc|opt|work|proc|mnt|srv|private|Users)/\S*  # a path
      | \b0x[0-9a-fA-F]{6,}\b                                        # an address in memory
      | Traceback\ \(most\ recent                                    # a stack
      | \bFile\ "[^"]+",\ line\ \d+
      | <[\w.]+\ object\ at\b
      | [A-Za-z]:\\\S+""",
    re.VERBOSE,
)


def holds_internals(text: str) -> bool:
    """Whether a text shows a path, an address, a stack or a bare object of the server."""
    return _INTERNAL.search(text) is not None


def status_of(error: base.MaquetteError) -> int:
    """The HTTP status that says what the error's class says."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def problem_body(
    error: base.MaquetteError, *, instance: str = "", request_id: str = ""
) -> dict[str, Any]:
    """The members of the problem document of one error."""
    status = status_of(error)
    shown = isinstance(error, door.InvalidFields) or not holds_internals(error.message)
    detail = error.message if shown else f"{error.title}."
    hint = error.hint if not holds_internals(error.hint) else ""
    return {
        "type": f"/problems/{error.code}",
        "title": error.title,
        "status": status,
        "detail": detail,
        "instance": instance,
        "errors": _entries(error) if shown else [],
        "request_id": request_id,
        "hint": hint or DEFAULT_HINT.get(status, "correct the request and send it again"),
        "code": error.code,
    } | ({"task_id": error.task_id} if isinstance(error, base.Unsettled) else {})


def _entries(error: base.MaquetteError) -> list[dict[str, Any]]:
    if isinstance(error, door.InvalidFields):
        return list(error.errors)
    if isinstance(error, InputRefused):
        pointer = f"/inputs/{error.place}"
        return [{"pointer": pointer, "detail": error.message, "value": error.sha256}]
    if isinstance(error, base.PlanRejected):
        return [{"pointer": "/plan", "code": code, "detail": text} for code, text in error.reasons]
    return []


def problem_response(
    error: base.MaquetteError, *, instance: str = "", request_id: str = ""
) -> Response:
    """The whole answer, with the headers that belong to its status."""
    body = problem_body(error, instance=instance, request_id=request_id)
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, base.TryAgain):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
    if isinstance(error, base.Unsettled):
        headers["Location"] = f"/api/v1/tasks/{error.task_id}"
    if isinstance(error, door.Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, door.RangeUnsatisfiable):
        headers["Content-Range"] = f"bytes */{error.size_bytes}"
    data = json.dumps(body, ensure_ascii=True).encode()
    return Response(data, status_code=body["status"], media_type=MEDIA_TYPE, headers=headers)


class InternalError(base.GiveUp):
    """What is shown in place of an exception nobody foresaw."""

    code = "internal"
    title = "Something went wrong on the server"

    def __init__(
        self,
        message: str = "the server met an error it did not expect; its log has more",
        *,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
