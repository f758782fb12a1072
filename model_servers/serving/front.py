"""The HTTP front door: ``POST /v1/{role}/{method}``; ``GET`` of ``/healthz``, ``/readyz`` and
``/workz``, which tells what the roles are busy with.

The same function answers under Ray Serve and under any ASGI server. Errors are Problem
records as ``application/problem+json``.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Coroutine
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from maquette.model_servers.client.contract import MAX_MESSAGE_BYTES
from maquette.model_servers.client.envelope import Answer, Readiness
from maquette.model_servers.client.work import Work
from maquette.records.errors import (
    ConfigError,
    Conflict,
    FixInput,
    InvalidInput,
    MaquetteError,
    NotFound,
    Overloaded,
    TryAgain,
    from_problem,
)
from maquette.records.task import Problem

_CLIENT_GONE = 499
"""Seen by nobody but a log: the one who asked has left."""


class Answerer(Protocol):
    """Whatever serves the roles behind the door: a host, or handles to replicas."""

    async def answer(self, role: str, method: str, body: bytes) -> Answer: ...

    async def readiness(self) -> Readiness: ...

    async def work(self) -> Work: ...


async def respond(request: Request, answerer: Answerer, token: str) -> Response:
    """Answer one HTTP request. ``/healthz`` is open; everything else wants the token, if any."""
    path = [part for part in request.url.path.split("/") if part]
    if path == ["healthz"] and request.method in ("GET", "HEAD"):
        return Response('{"status":"ok"}', media_type="application/json")
    try:
        _authorise(request, token)
        if path == ["readyz"] and request.method in ("GET", "HEAD"):
            readiness = await answerer.readiness()
            status = 200 if readiness.ready else 503
            return Response(readiness.model_dump_json(), status, media_type="application/json")
        if path == ["workz"] and request.method in ("GET", "HEAD"):
            work = await answerer.work()
            return Response(work.model_dump_json(), media_type="application/json")
        if len(path) == 3 and path[0] == "v1" and request.method == "POST":
            body = await _body(request)
            answer = await _unless_gone(request, answerer.answer(path[1], path[2], body))
            return Response(status_code=_CLIENT_GONE) if answer is None else _answered(answer)
        raise NotFound(
            f"nothing is served at {request.method} {request.url.path[:200]}",
            hint="POST to /v1/<role>/<verb>",
        )
    except MaquetteError as error:
        return _refused(error)


def front_app(answerer: Answerer, token: str = "") -> Starlette:
    """The front door as an ASGI application of its own."""

    async def endpoint(request: Request) -> Response:
        return await respond(request, answerer, token)

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    return Starlette(routes=[Route("/{path:path}", endpoint, methods=methods)])


class _Unauthorised(ConfigError):
    """A ConfigError to the client: its token setting is wrong."""


def _authorise(request: Request, token: str) -> None:
    if not token:
        return
    given = request.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise _Unauthorised(
            "the model server refused the token of this request",
            hint="let client and server read the same settings (serve.token)",
        )


async def _body(request: Request) -> bytes:
    """The body, read no further than a message may be long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_MESSAGE_BYTES:
            raise InvalidInput(
                f"the request is larger than {MAX_MESSAGE_BYTES} bytes",
                hint="store large values as artifacts and send their references",
            )
    return bytes(body)


async def _unless_gone(request: Request, answering: Coroutine[Any, Any, Answer]) -> Answer | None:
    """The answer; None, and the work is cancelled, when the client goes away before it is there.

    Ray's proxy cancels the whole request by itself; a plain ASGI server only tells.
    """
    work = asyncio.create_task(answering)
    going = asyncio.ensure_future(request.receive())  # After the body nothing else can come.
    try:
        await asyncio.wait({work, going}, return_when=asyncio.FIRST_COMPLETED)
        return work.result() if work.done() else None
    finally:
        for task in (work, going):
            task.cancel()
        await asyncio.gather(work, going, return_exceptions=True)


def _answered(answer: Answer) -> Response:
    if answer.ok:
        return Response(answer.body, media_type="application/json")
    return _refused(from_problem(Problem.model_validate_json(answer.body)))


def _refused(error: MaquetteError) -> Response:
    headers = {}
    if isinstance(error, TryAgain):
        headers["retry-after"] = str(max(1, round(error.retry_after_s)))
    return Response(
        error.problem().model_dump_json(),
        _status(error),
        headers,
        media_type="application/problem+json",
    )


def _status(error: MaquetteError) -> int:
    match error:
        case _Unauthorised():
            return 401
        case NotFound():
            return 404
        case Conflict():
            return 409
        case FixInput():
            return 400
        case Overloaded():
            return 429
        case TryAgain():
            return 503
        case _:
            return 500
