"""The model servers as a Ray Serve application.

``colocated``: one deployment with one replica that holds every role and the front door.
``per_role``: a deployment for each role with its own replicas, autoscaling and GPU share, and a
front door that holds no model.

A replica that dies is started again by Ray Serve; requests in flight on it fail with
ModelUnavailable, and its generation sessions are gone (NotFound at their next step).
"""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

from ray import serve
from ray.exceptions import RayError
from ray.serve.config import RequestRouterConfig
from ray.serve.handle import DeploymentHandle
from ray.serve.schema import LoggingConfig
from starlette.requests import Request
from starlette.responses import Response

from maquette.infra.observe.logging import log_ours_to_stderr
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.store.factory import open_store
from maquette.model_servers.client.contract import AFFINITY, RoleName
from maquette.model_servers.client.envelope import Answer, Readiness, ServedRole, encode_error
from maquette.model_servers.client.work import CallBook, RoleWork, Work
from maquette.model_servers.loading.options import PlacementOptions, placement_options
from maquette.model_servers.serving.front import respond
from maquette.model_servers.serving.host import build_host
from maquette.model_servers.serving.ray_local import listen_on_loopback_only
from maquette.records.base import Record
from maquette.records.errors import MaquetteError, ModelUnavailable

APPLICATION = "maquette"
_ROUTER = "ray.serve.experimental.consistent_hash_router:ConsistentHashRouter"
_MAX_ONGOING_REQUESTS = 256
_QUIET = LoggingConfig(enable_access_log=False)

_READY_S = 5.0
"""A role that does not tell its digest for so long is told as not ready."""
_WORK_S = 1.0
"""Likewise for what it is busy with, which a person at a terminal waits for."""

WireAnswer = tuple[bool, bytes]


class _Replica:
    """Holds roles in a replica process; answers over handles."""

    async def __init__(  # type: ignore[misc]  # Serve awaits it.
        self, settings: Settings, only: str | None = None
    ) -> None:
        _prepare_process(settings)
        self._token = _token(settings)
        self._host = build_host(
            settings, open_store(settings), None if only is None else RoleName(only)
        )
        await self._host.start()

    async def answer(
        self, role: str, method: str, body: bytes, affinity: str | None = None
    ) -> WireAnswer:
        AFFINITY.set(affinity)
        answer = await self._host.answer(role, method, body)
        return answer.ok, answer.body

    async def readiness(self) -> str:
        return (await self._host.readiness()).model_dump_json()

    async def work(self) -> str:
        return (await self._host.work()).model_dump_json()


@serve.deployment
class Colocated(_Replica):
    """Every role and the front door in one process."""

    async def __call__(self, request: Request) -> Response:
        return await respond(request, self._host, self._token)


@serve.deployment
class RoleReplica(_Replica):
    """One role in a process of its own."""


@serve.deployment
class FrontDoor:
    """Passes requests to the deployment of their role; holds no model."""

    def __init__(self, settings: Settings, roles: dict[str, DeploymentHandle]) -> None:
        _prepare_process(settings)
        self._token = _token(settings)
        self._answerer = _Handles(roles, _single(settings))

    async def __call__(self, request: Request) -> Response:
        return await respond(request, self._answerer, self._token)

    async def answer(self, role: str, method: str, body: bytes) -> WireAnswer:
        answer = await self._answerer.answer(role, method, body)
        return answer.ok, answer.body

    async def readiness(self) -> str:
        return (await self._answerer.readiness()).model_dump_json()

    async def work(self) -> str:
        return (await self._answerer.work()).model_dump_json()


class _Handles:
    """An Answerer over deployment handles. Requests of one session go to one replica."""

    def __init__(self, roles: dict[str, DeploymentHandle], single: frozenset[str]) -> None:
        self._roles = roles
        self._single = single
        """Roles of one replica: any of many could answer only for itself."""
        self._books = {role: CallBook() for role in roles}

    async def answer(self, role: str, method: str, body: bytes) -> Answer:
        label = f"{role}.{method}"
        if role not in self._roles:
            return encode_error(label, _not_served(role, self._roles))
        affinity = _session_in(body) or uuid.uuid4().hex
        handle = self._roles[role].options(session_id=affinity)
        try:
            with self._books[role].call():
                ok, reply = await handle.answer.remote(role, method, body, affinity)
        except RayError as cause:
            return encode_error(label, _lost(role, cause))
        return Answer(ok=ok, body=reply)

    async def readiness(self) -> Readiness:
        found = dict(
            zip(self._roles, await asyncio.gather(*map(self._served, self._roles)), strict=True)
        )
        return Readiness(ready=all(served.digest for served in found.values()), roles=found)

    async def work(self) -> Work:
        found = dict(
            zip(self._roles, await asyncio.gather(*map(self._busy_with, self._roles)), strict=True)
        )
        return Work(roles=found)

    async def _served(self, role: str) -> ServedRole:
        try:
            async with asyncio.timeout(_READY_S):
                readiness = await self._roles[role].readiness.remote()
            return Readiness.model_validate_json(readiness).roles[role]
        except (RayError, TimeoutError) as cause:
            return ServedRole(problem=_lost(role, cause).message)

    async def _busy_with(self, role: str) -> RoleWork:
        """As the role's only replica tells it; else, or if it is silent, as seen from here."""
        if role not in self._single:
            return self._books[role].work()
        try:
            async with asyncio.timeout(_WORK_S):
                told = Work.model_validate_json(await self._roles[role].work.remote()).roles[role]
        except (RayError, TimeoutError):
            return self._books[role].work()
        return told


def build_application(settings: Settings) -> serve.Application:
    """The application for these settings.

    Raises: ConfigError: a role or one of its options is not known.
    """
    if settings.serve.placement != "per_role":
        return (
            _deployment(Colocated)
            .options(
                ray_actor_options=_actor(num_gpus=_colocated_gpus(settings)),
                max_ongoing_requests=_MAX_ONGOING_REQUESTS,
                health_check_timeout_s=60,
                graceful_shutdown_timeout_s=2,
                logging_config=_QUIET,
            )
            .bind(settings)
        )
    roles = {
        role: _role_deployment(role, placement_options(role, model.options)).bind(settings, role)
        for role, model in settings.models.items()
    }
    return (
        _deployment(FrontDoor)
        .options(
            ray_actor_options=_actor(),
            max_ongoing_requests=_MAX_ONGOING_REQUESTS,
            graceful_shutdown_timeout_s=2,
            logging_config=_QUIET,
        )
        .bind(settings, roles)
    )


class ServeArgs(Record):
    """Arguments of the builder in a Ray Serve config file."""

    profile: str | None = None


def application(args: ServeArgs) -> serve.Application:
    """Builder for ``serve deploy``, as ``maquette.model_servers.serving.serve_app:application``."""
    return build_application(load_settings(args.profile))


def _prepare_process(settings: Settings) -> None:
    log_ours_to_stderr()
    if settings.serve.ray_address is None:
        listen_on_loopback_only()


def _role_deployment(role: str, options: PlacementOptions) -> serve.Deployment:
    scaling: dict[str, Any] = (
        {"autoscaling_config": options.autoscaling}
        if options.autoscaling is not None
        else {"num_replicas": options.replicas}
    )
    if options.many:
        router: Any = _ROUTER
        scaling["request_router_config"] = RequestRouterConfig(request_router_class=router)
    return _deployment(RoleReplica).options(
        name=role,
        ray_actor_options=_actor(options.num_cpus, options.num_gpus),
        max_ongoing_requests=options.max_ongoing_requests,
        health_check_timeout_s=60,
        graceful_shutdown_timeout_s=2,
        logging_config=_QUIET,
        **scaling,
    )


def _deployment(decorated: Any) -> serve.Deployment:
    """What ``serve.deployment`` made of a class, which its annotations do not tell."""
    deployment: serve.Deployment = decorated
    return deployment


def _actor(num_cpus: float = 0.0, num_gpus: float = 0.0) -> dict[str, float]:
    return {"num_cpus": num_cpus, "num_gpus": num_gpus}


def _colocated_gpus(settings: Settings) -> float:
    return sum(
        placement_options(role, model.options).num_gpus for role, model in settings.models.items()
    )


def _single(settings: Settings) -> frozenset[str]:
    """The roles that have one replica and keep it."""
    models = settings.models.items()
    return frozenset(
        role for role, model in models if not placement_options(role, model.options).many
    )


def _token(settings: Settings) -> str:
    token = settings.serve.token
    return token.get_secret_value() if token else ""


def _session_in(body: bytes) -> str | None:
    """The session a request continues, if it names one."""
    try:
        value = json.loads(body)
    except ValueError:
        return None
    session = value.get("session") if isinstance(value, dict) else None
    return session if isinstance(session, str) else None


def _not_served(role: str, served: dict[str, DeploymentHandle]) -> MaquetteError:
    return ModelUnavailable(
        f"no model serves the role {role!r} here; served: {', '.join(sorted(served)) or 'none'}",
        hint="name a model for the role in the settings and restart",
    )


def _lost(role: str, cause: RayError | TimeoutError) -> MaquetteError:
    return ModelUnavailable(
        f"the replica serving {role!r} was lost ({type(cause).__name__})",
        hint="it is being started again; retry in a few seconds",
    )
