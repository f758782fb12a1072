"""The role host: starts roles and passes each request to the verb that serves it.

The same host answers in every placement: in the caller's process, in one Ray Serve replica
holding all roles, or in a replica of its own for each role.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from maquette.model_servers.client.contract import HoldsRows, Method, RoleName, RoleServer
from maquette.model_servers.client.envelope import (
    Answer,
    Readiness,
    ServedRole,
    decode_request,
    encode_error,
    encode_reply,
    known_error,
)
from maquette.model_servers.client.work import CallBook, Work
from maquette.model_servers.serving.roles import role_builders
from maquette.records.base import Record
from maquette.records.errors import MaquetteError, ModelUnavailable, NotFound, TryAgain

if TYPE_CHECKING:
    from maquette.infra.settings.schema import Settings
    from maquette.infra.store.contract import ArtifactStore

logger = logging.getLogger(__name__)

RoleBuilder = Callable[[], RoleServer]


class RoleHost:
    """Holds roles, each started once, on ``start`` or at its first request.

    A role that cannot start keeps its own error and answers with it; the others serve.
    """

    def __init__(self, builders: Mapping[RoleName, RoleBuilder]) -> None:
        self._builders = dict(builders)
        self._roles: dict[RoleName, RoleServer] = {}
        self._problems: dict[RoleName, MaquetteError] = {}
        self._locks = {role: asyncio.Lock() for role in builders}
        self._books = {role: CallBook() for role in builders}

    @property
    def roles(self) -> tuple[RoleName, ...]:
        return tuple(sorted(self._builders))

    async def readiness(self) -> Readiness:
        """Which roles serve, with their digests; a role not yet started is not ready."""
        roles = {}
        for role in self.roles:
            if role in self._roles:
                roles[str(role)] = ServedRole(digest=self._roles[role].digest())
            else:
                problem = self._problems.get(role)
                reason = problem.message if problem else "it has not started yet"
                roles[str(role)] = ServedRole(problem=reason)
        return Readiness(ready=all(served.digest for served in roles.values()), roles=roles)

    async def work(self) -> Work:
        """What each role is busy with."""
        roles = {}
        for role in self.roles:
            server = self._roles.get(role)
            held = server.held() if isinstance(server, HoldsRows) else None
            roles[str(role)] = self._books[role].work(held)
        return Work(roles=roles)

    async def start(self) -> None:
        """Start every role; a failure is logged and told by ``readiness``."""
        for role in self.roles:
            try:
                await self.ready(role)
            except MaquetteError as error:
                logger.error("role %s did not start: %s %s", role, error.message, error.hint)

    async def stop(self) -> None:
        """Stop the roles that run, last started first."""
        while self._roles:
            _, server = self._roles.popitem()
            await server.stop()

    async def ready(self, role: RoleName) -> RoleServer:
        """The started role.

        Raises: ModelUnavailable: this host does not hold the role.
            MaquetteError: the role could not start; kept and raised each time, unless the
                error says to try again.
        """
        if role not in self._builders:
            raise ModelUnavailable(
                f"no model serves the role {str(role)!r} here; served: {_listed(self.roles)}",
                hint="name a model for the role in the settings and restart",
            )
        async with self._locks[role]:
            if role in self._problems:
                raise self._problems[role]
            if role not in self._roles:
                try:
                    server = self._builders[role]()
                    await server.start()
                except Exception as error:
                    problem = known_error(f"starting {role}", error)
                    if not isinstance(problem, TryAgain):
                        self._problems[role] = problem
                    raise problem from error
                self._roles[role] = server
            return self._roles[role]

    async def digest(self, role: RoleName) -> str:
        """The digest of the model that answers. Raises: as ``ready``."""
        return (await self.ready(role)).digest()

    async def call(self, role: RoleName, method: str, request: Record) -> Record:
        """Serve a typed request. Raises: as ``ready``; NotFound: no such verb; the verb's own."""
        verb = await self._verb(role, method)
        try:
            with self._books[role].call():
                return await verb.handler(request)
        except MaquetteError:
            raise
        except Exception as error:
            raise known_error(f"{role}.{method}", error) from error

    async def answer(self, role: str, method: str, body: bytes) -> Answer:
        """Serve a request in JSON. Never raises but for cancellation."""
        label = f"{role}.{method}"
        try:
            named = _role_named(role)
            verb = await self._verb(named, method)
            with self._books[named].call():
                reply = await verb.handler(decode_request(label, verb.request, body))
            return encode_reply(label, reply)
        except Exception as error:
            return encode_error(label, error)

    async def _verb(self, role: RoleName, method: str) -> Method:
        methods = (await self.ready(role)).methods()
        if method not in methods:
            raise NotFound(
                f"the role {str(role)!r} has no verb {method!r}; it has {_listed(methods)}",
                hint="call one of these",
            )
        return methods[method]


def build_host(settings: Settings, store: ArtifactStore, only: RoleName | None = None) -> RoleHost:
    """The host of the roles named in the settings, or of one of them. Nothing is loaded yet."""
    builders = role_builders(settings, store)
    return RoleHost(builders if only is None else {only: builders[only]})


def _role_named(name: str) -> RoleName:
    try:
        return RoleName(name)
    except ValueError as cause:
        raise NotFound(
            f"no role is named {name!r}; roles: {_listed(RoleName)}", hint="call one of these"
        ) from cause


def _listed(names: object) -> str:
    return ", ".join(sorted(str(name) for name in names)) or "none"  # type: ignore[attr-defined]
