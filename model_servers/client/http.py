"""The HTTP transport: one POST per call to a model server's front door."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

import httpx2
from pydantic import ValidationError

from maquette.infra.http_client import open_client
from maquette.model_servers.client.contract import MAX_MESSAGE_BYTES, ResponseT, RoleName
from maquette.model_servers.client.envelope import (
    Answer,
    Readiness,
    decode_answer,
    encode_request,
    served_digest,
)
from maquette.model_servers.client.work import Work
from maquette.records.base import Record
from maquette.records.errors import ModelUnavailable

if TYPE_CHECKING:
    from maquette.infra.settings.schema import Settings

CALL_TIMEOUT_S = 900.0
"""The longest a call may take: many denoising steps of a large model on a CPU."""


class HttpClient:
    """A ModelClient over HTTP. One connection pool; safe to share between tasks of one loop."""

    label = "http"

    def __init__(
        self, url: str, *, token: str = "", transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._url = url
        self._http = open_client(
            url, token, timeout_s=CALL_TIMEOUT_S, connections=256, transport=transport
        )

    @classmethod
    def of(cls, settings: Settings) -> HttpClient:
        """A client of the model servers at ``serve.url``."""
        token = settings.serve.token
        return cls(settings.serve.url, token=token.get_secret_value() if token else "")

    async def __aenter__(self) -> HttpClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def call(
        self, role: RoleName, method: str, request: Record, response: type[ResponseT]
    ) -> ResponseT:
        label = f"{role}.{method}"
        body = encode_request(label, request)
        reply = await self._send("POST", f"/v1/{role}/{method}", body)
        return decode_answer(label, Answer(ok=reply.is_success, body=reply.content), response)

    async def digest(self, role: RoleName) -> str:
        return served_digest(await self.readiness(), role)

    async def readiness(self) -> Readiness:
        """Which roles serve, with their digests. Raises: ModelUnavailable: no answer."""
        return await self._told("/readyz", Readiness)

    async def work(self) -> Work:
        return await self._told("/workz", Work)

    async def close(self) -> None:
        await self._http.aclose()

    async def _told(self, path: str, kind: type[ResponseT]) -> ResponseT:
        """The record at a path. Raises: ModelUnavailable."""
        reply = await self._send("GET", path)
        try:
            return kind.model_validate_json(reply.content)
        except ValidationError as cause:
            raise self._unavailable(f"answered {reply.status_code} to {path}") from cause

    async def _send(self, verb: str, path: str, body: bytes | None = None) -> httpx2.Response:
        headers = {"content-type": "application/json"} if body is not None else {}
        try:
            reply = await self._http.request(verb, path, content=body, headers=headers)
        except (httpx2.TransportError, RuntimeError) as cause:
            # A closed client raises RuntimeError; everything else is the network's.
            raise self._unavailable(f"did not answer ({type(cause).__name__})") from cause
        if len(reply.content) > MAX_MESSAGE_BYTES:
            raise self._unavailable(f"sent {len(reply.content)} bytes in one message")
        return reply

    def _unavailable(self, what: str) -> ModelUnavailable:
        return ModelUnavailable(
            f"the model server at {self._url} {what}",
            hint="check that the stack is up: `maquette status`",
        )
