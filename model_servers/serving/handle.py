"""The Ray handle transport: calls the application's deployment directly, without HTTP.

For programs on the same Ray cluster. Several times less latency than HTTP for small requests.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from maquette.model_servers.client.contract import ResponseT, RoleName
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


class HandleClient:
    """A ModelClient over a Ray Serve application handle. Connects at its first call."""

    label = "handle"

    def __init__(self, address: str, *, token: str = "", application: str = "maquette") -> None:
        self._address = address
        self._token = token
        self._application = application
        self._handle: Any = None
        self._closed = False
        self._lock = asyncio.Lock()

    @classmethod
    def of(cls, settings: Settings) -> HandleClient:
        """A client of the cluster at ``serve.ray_address``, or of the local stack's own Ray."""
        from maquette.model_servers.serving.ray_local import read_local_ray

        if settings.serve.ray_address:
            return cls(settings.serve.ray_address)
        local = read_local_ray(settings.data_dir)
        return cls(local.address, token=local.token)

    async def call(
        self, role: RoleName, method: str, request: Record, response: type[ResponseT]
    ) -> ResponseT:
        label = f"{role}.{method}"
        body = encode_request(label, request)
        ok, reply = await self._remote("answer", str(role), method, body)
        return decode_answer(label, Answer(ok=ok, body=reply), response)

    async def digest(self, role: RoleName) -> str:
        reply = await self._remote("readiness")
        return served_digest(Readiness.model_validate_json(reply), role)

    async def work(self) -> Work:
        return Work.model_validate_json(await self._remote("work"))

    async def close(self) -> None:
        """Forget the handle. The process stays connected to Ray, which others may be using."""
        self._closed = True
        self._handle = None

    async def _remote(self, method: str, *args: object) -> Any:
        from ray.exceptions import RayError
        from ray.serve.exceptions import RayServeException

        response = None
        try:
            handle = await self._connected()
            response = getattr(handle, method).remote(*args)
            return await response
        except asyncio.CancelledError:
            if response is not None:
                response.cancel()
            raise
        except (RayError, RayServeException, ConnectionError) as cause:
            raise ModelUnavailable(
                f"the model servers at {self._address} did not answer ({type(cause).__name__})",
                hint="check that the stack is up: `maquette status`",
            ) from cause

    async def _connected(self) -> Any:
        if self._closed:
            raise ModelUnavailable("the model client is closed", hint="connect again")
        async with self._lock:
            if self._handle is None:
                self._handle = await asyncio.to_thread(self._connect)
        return self._handle

    def _connect(self) -> Any:
        from maquette.model_servers.serving.ray_local import use_local_ray

        if self._token:
            use_local_ray(self._token)
        import ray
        from ray import serve

        if not ray.is_initialized():
            ray.init(
                address=self._address,
                namespace="maquette",
                log_to_driver=False,
                configure_logging=False,
            )
        return serve.get_app_handle(self._application)
