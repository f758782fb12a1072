"""A tool whose model died is not planned by the next request, and is again once it lives."""

from __future__ import annotations

from typing import Any

from plugged_tools import OneText, plugged_registry

from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.planning.llm.served import offer
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.envelope import Readiness, ServedRole
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.errors import MaquetteError
from maquette.records.plan import calls_of
from maquette.records.task import TaskRequest
from maquette.tools.contract import ToolContext
from maquette.tools.registry import Registry
from maquette.tools.spec import tool


@tool("qr_code", version="1", cost_s=1, roles=(RoleName.REWARD,))
async def qr_code(ctx: ToolContext, *, text: str) -> OneText:
    """Make a QR code of a text or a web address."""
    ...


class Front:
    """Models behind a front that tells at once which roles are served."""

    def __init__(self, models: ScriptedModelClient, dead: set[str]) -> None:
        self.models, self.dead = models, dead

    def __getattr__(self, name: str) -> Any:
        return getattr(self.models, name)

    async def readiness(self) -> Readiness:
        well, ill = ServedRole(digest="d"), ServedRole(problem="it died")
        roles = {str(role): ill if role in self.dead else well for role in RoleName}
        return Readiness(ready=not self.dead, roles=roles)


def registry() -> Registry:
    return plugged_registry((qr_code,))


async def test_cards_of_dead_tools_are_not_planned(models: ScriptedModelClient) -> None:
    """The same planner, three requests: the role lives, dies, lives again."""
    front = Front(models, set())
    planner = EmbeddedPlanner(front, registry())  # type: ignore[arg-type]
    request, planned = TaskRequest(text="qr code with the text 'HELLO you'"), []
    for dead in (set(), {"reward"}, set()):
        front.dead = dead
        planned.append(await _tools_of(planner, request))
    assert "qr_code" in planned[0] and "qr_code" not in planned[1]
    assert planned[2] == planned[0]


async def _tools_of(planner: EmbeddedPlanner, request: TaskRequest) -> set[str]:
    """The tools that are planned; none where the request is refused."""
    try:
        plan = await planner.plan(request)
    except MaquetteError:
        return set()
    return {call.tool for node in plan.nodes for call in calls_of(node)}


async def test_a_language_model_is_not_offered_dead_tools(models: ScriptedModelClient) -> None:
    """Also where the role still answers what it is, and only its readiness tells."""
    front = Front(models, {"generation"})
    there = await offer(registry(), front, None)  # type: ignore[arg-type]
    assert "draw" not in there.tools and "draw" in there.missing
    front.dead = set()
    assert "draw" in (await offer(registry(), front, None)).tools  # type: ignore[arg-type]
