"""Which tools can run now: those whose model roles are served. A planner plans with no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from maquette.model_servers.client.contract import ModelClient, RoleName
from maquette.model_servers.client.envelope import Readiness, served_digest
from maquette.records.errors import MaquetteError
from maquette.tools.registry import Registry


@dataclass(frozen=True)
class Health:
    """Roles that nothing serves, with the reason; a role that is not named here is well."""

    dead: Mapping[RoleName, str] = field(default_factory=dict)


@runtime_checkable
class TellsReadiness(Protocol):
    """A model client that knows of all roles at once, without asking any of them."""

    async def readiness(self) -> Readiness: ...


async def look(models: ModelClient, roles: Iterable[RoleName]) -> Health:
    """Ask which of some roles are served.

    A model server that does not answer at all may be starting: then nothing is called dead, and
    a task waits for it, as ever.
    """
    wanted = sorted(set(roles))
    if isinstance(models, TellsReadiness):
        try:
            readiness = await models.readiness()
        except MaquetteError:
            return Health()
        reasons = [_told(readiness, role) for role in wanted]
    else:
        reasons = await asyncio.gather(*(_asked(models, role) for role in wanted))
    return Health({role: why for role, why in zip(wanted, reasons, strict=True) if why})


def _told(readiness: Readiness, role: RoleName) -> str | None:
    try:
        served_digest(readiness, role)
    except MaquetteError as error:
        return error.message
    return None


async def _asked(models: ModelClient, role: RoleName) -> str | None:
    try:
        await models.digest(role)
    except MaquetteError as error:
        return error.message
    return None


def roles_of(registry: Registry) -> frozenset[RoleName]:
    """Every role that some tool calls."""
    return frozenset(role for spec in registry for role in spec.roles)


def unavailable(registry: Registry, health: Health) -> dict[str, str]:
    """Tools that cannot run, by name, with the reason."""
    found = {}
    for spec in registry:
        why = next((health.dead[role] for role in spec.roles if role in health.dead), None)
        if why is not None:
            found[spec.name] = why
    return found


def available(registry: Registry, health: Health) -> Registry:
    """A view of the registry with the tools that can run now, for a planner to choose from."""
    dead, view = unavailable(registry, health), Registry()
    for spec in registry:
        if spec.name not in dead:
            view.add(spec, origin=registry.origin(spec.name))
    for problem in registry.problems:
        view.report(problem.plugin, problem.reason)
    return view
