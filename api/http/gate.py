"""The gate every request passes: who asks, from where, how much, and a name for the answer.

Refuses foreign hosts (DNS rebinding), foreign origins (cross-site requests), missing tokens,
bodies that are too large, and content types a web form can send. Whatever goes wrong inside is
told by the face of the door that was asked.
"""

from __future__ import annotations

import hmac
import logging
import time
import uuid
from collections.abc import Collection, Sequence
from typing import Protocol
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maquette.api.http.errors import (
    BodyTooLarge,
    ForbiddenOrigin,
    MalformedBody,
    Unauthorized,
    UnsupportedMedia,
)
from maquette.api.http.front_doors import FrontDoor, FrontDoors, Intake
from maquette.api.http.problems import InternalError
from maquette.infra.address import Address
from maquette.records.errors import MaquetteError, Overloaded

LOG = logging.getLogger("maquette.api")

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
"""The only paths answered without a token; they tell no one's data."""

PROBES = OPEN_PATHS | {"/api/v1/system"}
"""Asking these does not keep a stack alive."""

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}


class Meter(Protocol):
    """Told of every request that is let in, and of every answer."""

    def used(self) -> None:
        """Somebody asked for something."""
        ...

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """An answer began, so many seconds after its request."""
        ...


class Gate:
    """Pure ASGI middleware around the whole app."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        meter: Meter,
        hosts: Collection[str] | None,
        token: str | None,
        doors: Sequence[FrontDoor],
    ) -> None:
        self._app = app
        self._meter = meter
        self._hosts = hosts
        self._token = token
        self._doors = FrontDoors(doors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = f"req_{uuid.uuid4().hex}"
        scope.setdefault("state", {})["request_id"] = request_id
        path: str = scope["path"]
        door = self._doors.enter(scope)
        intake = door.intake_of(path)
        status = 0

        async def named_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                self._meter.answered(
                    _verb(scope), _route(scope), status, time.perf_counter() - began
                )
            await send(message)

        try:
            headers = Headers(scope=scope)
            _check_room(scope)
            self._check_source(headers)
            self._check_token(scope, headers)
            _check_type(scope["method"], headers, intake)
            _check_length(headers, intake.max_bytes)
            if path not in PROBES:
                self._meter.used()
            await self._app(scope, _counted(receive, intake.max_bytes), named_send)
        except ClientDisconnect:
            LOG.info("request %s was broken off by its caller", request_id)
        except Exception as error:
            if not isinstance(error, MaquetteError):
                LOG.exception("request %s failed", request_id)
                error = InternalError()
            if status:
                LOG.warning("request %s broke off while it was answered: %s", request_id, error)
                raise
            answer = door.face(error, instance=instance_of(path), request_id=request_id)
            await answer(scope, receive, named_send)

    def _check_source(self, headers: Headers) -> None:
        host = _hostname(headers.get("host", ""))
        if not host or (self._hosts is not None and host not in self._hosts):
            raise ForbiddenOrigin(
                "the Host header names a host this server does not answer for",
                hint="use the address that 'maquette status' shows",
            )
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != headers.get("host"):
            raise ForbiddenOrigin(
                "the Origin header names another site",
                hint="call the API from a program, or from a page of this very server",
            )
        if headers.get("sec-fetch-site") == "cross-site":
            raise ForbiddenOrigin(
                "a page of another site made this request",
                hint="open the address in a tab of its own, or call it from a program",
            )

    def _check_token(self, scope: Scope, headers: Headers) -> None:
        if self._token is None or scope["path"] in OPEN_PATHS:
            return
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(
            given.strip().encode(), self._token.encode()
        ):
            raise Unauthorized(
                "this server wants an access token, and none that fits was sent",
                hint="send the one that 'maquette token' prints on the server's machine, as in: "
                f'curl -H "Authorization: Bearer $(maquette token)" {_own_url(scope)}/api/v1/tasks',
            )


def _check_type(method: str, headers: Headers, intake: Intake) -> None:
    if method not in ("POST", "PUT", "PATCH", "DELETE"):
        return
    sent = headers.get("content-type")
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    if sent is None and not has_body:
        return
    media_type = (sent or "").partition(";")[0].strip().lower()
    if media_type not in intake.content_types:
        wanted = " or ".join(intake.content_types)
        raise UnsupportedMedia(
            f"the content type is {media_type[:80] or 'missing'}; expected {wanted}",
            hint=f"send the header 'Content-Type: {wanted}' and a body of that kind",
        )


def _check_room(scope: Scope) -> None:
    if scope["state"].get("full"):
        raise Overloaded(
            "all connections this server takes are in use",
            hint="close a watcher or a waiting request, or try again a little later",
            retry_after_s=5,
        )


def _check_length(headers: Headers, limit: int) -> None:
    declared = headers.get("content-length")
    if declared is None:
        return
    if not declared.isascii() or not declared.isdigit():
        raise MalformedBody("the Content-Length header is not a number", hint="send bytes, counted")
    if len(declared) > 15 or int(declared) > limit:
        raise _too_large(limit)


def _counted(receive: Receive, limit: int) -> Receive:
    """The same stream of messages, broken off once more than ``limit`` bytes came."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _too_large(limit)
        return message

    return counted


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(
        f"the body is larger than the {limit:,} bytes this route takes",
        hint="send a smaller picture or a shorter text",
    )


def _hostname(host: str) -> str:
    """The name in a Host header without its port; empty when it is not a plain host."""
    try:
        parts = urlsplit(f"//{host}")
        plain = parts.username is None and not parts.path and not parts.query
        _ = parts.port
    except ValueError:
        return ""
    return (parts.hostname or "").lower().rstrip(".") if plain else ""


def _own_url(scope: Scope) -> str:
    """Where this request came in."""
    host, port = scope.get("server") or ("127.0.0.1", None)
    return f"{scope['scheme']}://{Address(host, port)}"


def _verb(scope: Scope) -> str:
    known = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
    return scope["method"] if scope["method"] in known else "other"


def _route(scope: Scope) -> str:
    """The pattern of the route, so that ids never become label values."""
    return str(getattr(scope.get("route"), "path", "unmatched"))


def instance_of(path: str) -> str:
    """The path of a request as a problem shows it."""
    return quote(path[:200], safe="/")
