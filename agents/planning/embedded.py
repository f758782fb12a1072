"""The embedded planner: routing by signs and sentence embedding, extraction by rules, layout by
search."""

from __future__ import annotations

from maquette.agents.intents.contract import Asked
from maquette.agents.intents.router import Router
from maquette.agents.intents.table import Table, all_intents, can_do
from maquette.agents.planning.budget import within_budget
from maquette.agents.planning.seam import Scenes
from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.plans.served import Served
from maquette.agents.reading.request import read_request
from maquette.agents.validation.validator import PlanLimits, check_plan
from maquette.model_servers.client.contract import ModelClient
from maquette.records.loop import STRATEGIES
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry


class EmbeddedPlanner:
    """Plans with what is in the box: no language model, no network.

    A request is read once; its intent plans from that reading.
    """

    label = "embedded"

    def __init__(
        self,
        models: ModelClient,
        registry: Registry,
        intents: Table | None = None,
        gallery: Gallery | None = None,
        *,
        strategies: frozenset[str] = STRATEGIES,
    ) -> None:
        """
        Args:
            gallery: the things of the art packs; None: pictures are only drawn.
        """
        self._registry = registry
        self._strategies = strategies
        self._served = Served(models)
        table = all_intents() if intents is None else intents
        self._gallery = gallery
        self._router = Router(models, table, gallery)
        self._can_do = can_do(table)

    async def plan(self, request: TaskRequest, *, scenes: Scenes = ()) -> Plan:
        """See ``Planner.plan``."""
        reading = read_request(request.text, len(request.inputs))
        intent = await self._router.route(reading)
        plan = await intent.plan(
            Asked(request, reading, self._served, self._can_do, self._gallery, tuple(scenes))
        )
        plan = within_budget(plan, self._registry, request.options)
        return check_plan(
            plan,
            self._registry,
            inputs=len(request.inputs),
            limits=PlanLimits(budget_s=request.options.budget_s, strategies=self._strategies),
        )
