"""The direct transport: awaits the role in the caller's own process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maquette.model_servers.client.contract import ResponseT, RoleName
from maquette.model_servers.client.envelope import encode_request
from maquette.records.base import Record
from maquette.records.errors import ModelFailed, ModelUnavailable

if TYPE_CHECKING:
    from maquette.model_servers.client.work import Work
    from maquette.model_servers.serving.host import RoleHost


class DirectClient:
    """A ModelClient over a host in this process. Roles start at their first request.

    Size limits hold here as on the other transports, so that what works in a test also works
    on a cluster.
    """

    label = "direct"

    def __init__(self, host: RoleHost) -> None:
        self._host = host
        self._closed = False

    async def call(
        self, role: RoleName, method: str, request: Record, response: type[ResponseT]
    ) -> ResponseT:
        self._refuse_if_closed()
        encode_request(f"{role}.{method}", request)
        reply = await self._host.call(role, method, request)
        if not isinstance(reply, response):
            raise ModelFailed(
                f"{role}.{method} answered with a {type(reply).__name__}; "
                f"expected a {response.__name__}",
                hint="check that client and model server are of the same version",
            )
        return reply

    async def digest(self, role: RoleName) -> str:
        self._refuse_if_closed()
        return await self._host.digest(role)

    async def work(self) -> Work:
        self._refuse_if_closed()
        return await self._host.work()

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await self._host.stop()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise ModelUnavailable("the model client is closed", hint="connect again")
