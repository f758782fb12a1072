"""A tool whose role is dead is not among those to plan with."""

from __future__ import annotations

from typing import Any

import pytest

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.envelope import Readiness, ServedRole
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.errors import ModelUnavailable
from maquette.tools.availability import Health, available, look, roles_of, unavailable
from maquette.tools.registry import Registry, load_registry


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(entries=())


class Front:
    """A client that knows all roles at once, or none while the server is away."""

    def __init__(self, readiness: Readiness | None) -> None:
        self._readiness = readiness

    async def readiness(self) -> Readiness:
        if self._readiness is None:
            raise ModelUnavailable("nothing answers")
        return self._readiness


async def test_tools_of_served_roles_and_of_none_are_available(registry: Registry) -> None:
    """Exactly those whose every role is served; the others are named with the reason."""
    served = {"understanding", "text_rendering"}
    models = ScriptedModelClient({}, digests=dict.fromkeys(served, "d"))
    health = await look(models, roles_of(registry))
    view, dead = available(registry, health), unavailable(registry, health)
    for spec in registry:
        assert (spec.name in view) is ({str(role) for role in spec.roles} <= served)
        assert (spec.name in dead) is (spec.name not in view)
    assert "draw" in dead and "no model serves the role 'generation'" in dead["draw"]
    assert {"mirror", "describe", "compose"} <= set(view.names())
    assert view.origin("mirror") == registry.origin("mirror")


async def test_a_role_that_did_not_start_is_dead_and_a_silent_server_is_not(
    registry: Registry,
) -> None:
    """One question for all roles; while the whole server is away, tasks wait for it."""
    roles: dict[str, Any] = {str(role): ServedRole(digest="d") for role in RoleName}
    roles["reward"] = ServedRole(problem="its files are damaged")
    health = await look(Front(Readiness(ready=False, roles=roles)), roles_of(registry))  # type: ignore[arg-type]
    assert set(unavailable(registry, health)) == {"score", "match"}
    assert "its files are damaged" in health.dead[RoleName.REWARD]
    away = await look(Front(None), roles_of(registry))  # type: ignore[arg-type]
    assert away == Health() and available(registry, away).names() == registry.names()
