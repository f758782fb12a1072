"""What crosses a process border: one answer, as JSON bytes with a flag.

Errors travel as values. A raised exception would be pickled by some transports and lost by
others; a Problem record means the same on every one of them.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from pydantic import Field, ValidationError

from maquette.model_servers.client.contract import MAX_MESSAGE_BYTES, ResponseT, RoleName
from maquette.records.base import Record
from maquette.records.errors import (
    InvalidInput,
    MaquetteError,
    ModelFailed,
    ModelUnavailable,
    from_problem,
)
from maquette.records.task import Problem

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """``body`` is the response record's JSON when ``ok``, else a Problem record's JSON."""

    ok: bool
    body: bytes


class ServedRole(Record):
    """A role as the front door reports it: its digest, or why it does not serve."""

    digest: str | None = None
    problem: str | None = None


class Readiness(Record):
    """Which roles serve. ``ready`` when every one does."""

    ready: bool
    roles: dict[str, ServedRole] = Field(default_factory=dict)


def served_digest(readiness: Readiness, role: RoleName) -> str:
    """The digest of a role that serves. Raises: ModelUnavailable: it does not, and why."""
    served = readiness.roles.get(str(role))
    if served is None or served.digest is None:
        known = ", ".join(sorted(readiness.roles)) or "none"
        reason = f"served: {known}" if served is None else served.problem
        raise ModelUnavailable(
            f"no model serves the role {str(role)!r} here; {reason}",
            hint="see `maquette doctor`; name a model for the role in the settings",
        )
    return served.digest


def encode_request(label: str, request: Record) -> bytes:
    """The JSON of a request. Raises: InvalidInput: it is larger than a message may be."""
    body = request.model_dump_json().encode()
    if len(body) > MAX_MESSAGE_BYTES:
        raise InvalidInput(
            f"the request to {label} is {len(body)} bytes; at most {MAX_MESSAGE_BYTES} travel "
            "in one message",
            hint="store large values as artifacts and send their references",
        )
    return body


def decode_request(label: str, kind: type[Record], body: bytes) -> Record:
    """The request record in a message. Raises: InvalidInput naming the first wrong field."""
    if len(body) > MAX_MESSAGE_BYTES:
        raise InvalidInput(
            f"the request to {label} is {len(body)} bytes; at most {MAX_MESSAGE_BYTES} travel "
            "in one message",
            hint="store large values as artifacts and send their references",
        )
    try:
        return kind.model_validate_json(body)
    except ValidationError as cause:
        first = cause.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        raise InvalidInput(
            f"the request to {label} is not valid at {where}: {first['msg']}",
            hint=f"send the fields of {kind.__name__}",
        ) from cause


def encode_reply(label: str, reply: Record) -> Answer:
    """An answer holding the reply, or the problem that it is too large to send."""
    body = reply.model_dump_json().encode()
    if len(body) > MAX_MESSAGE_BYTES:
        return encode_error(
            label,
            ModelFailed(
                f"the reply of {label} is {len(body)} bytes; at most {MAX_MESSAGE_BYTES} travel "
                "in one message",
                hint="ask for fewer items at once",
            ),
        )
    return Answer(ok=True, body=body)


def encode_error(label: str, error: Exception) -> Answer:
    """An answer holding the problem. An unforeseen error is logged and told without internals."""
    return Answer(ok=False, body=known_error(label, error).problem().model_dump_json().encode())


def known_error(label: str, error: Exception) -> MaquetteError:
    """The error itself when it is one of ours, else a ModelFailed; the cause goes to the log."""
    if isinstance(error, MaquetteError):
        return error
    logger.error("%s failed on a request", label, exc_info=error)
    return ModelFailed(
        f"{label} failed on this request ({type(error).__name__})",
        hint="see the log of the model server; another request may work",
    )


def decode_answer(label: str, answer: Answer, kind: type[ResponseT]) -> ResponseT:
    """The reply in an answer.

    Raises: the error the server raised; ModelUnavailable: the bytes are neither a reply nor a
        problem, as when a proxy answered in the server's place.
    """
    try:
        if answer.ok:
            return kind.model_validate_json(answer.body)
        problem = Problem.model_validate_json(answer.body)
    except ValidationError as cause:
        raise ModelUnavailable(
            f"{label} gave an answer that is not a {kind.__name__}",
            hint="check that client and model server are of the same version",
        ) from cause
    raise from_problem(problem)
