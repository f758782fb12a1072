"""Plans that a request brings along: checked as any other, then run as they are."""

from __future__ import annotations

from maquette.agents.planning.seam import Look, Planner, Scenes, SeeingPlanner
from maquette.agents.validation.validator import PlanLimits, check_plan, parse_plan
from maquette.records.plan import Plan
from maquette.records.planning.carried_plan import plan_in
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry

LABEL = "given"
"""What a plan that was submitted names as its planner."""


class CarriedPlans:
    """A planner for requests with a plan of their own; all others go to the one behind it."""

    def __init__(self, behind: Planner, registry: Registry, *, strategies: frozenset[str]) -> None:
        self.label = behind.label
        self.behind = behind
        self._registry = registry
        self._strategies = strategies

    async def plan(self, request: TaskRequest, *, scenes: Scenes = ()) -> Plan:
        """See ``Planner.plan``. A plan that was brought is never changed: it runs or is refused."""
        return self._brought(request) or await self.behind.plan(request, scenes=scenes)

    async def plan_seeing(self, request: TaskRequest, *, look: Look, scenes: Scenes = ()) -> Plan:
        """See ``SeeingPlanner.plan_seeing``; a planner behind it that does not look plans blind."""
        brought = self._brought(request)
        if brought is not None:
            return brought
        if isinstance(self.behind, SeeingPlanner):
            return await self.behind.plan_seeing(request, look=look, scenes=scenes)
        return await self.behind.plan(request, scenes=scenes)

    def _brought(self, request: TaskRequest) -> Plan | None:
        """The plan that a request brings, checked; None: it brings none."""
        written = plan_in(request.text)
        if written is None:
            return None
        return check_plan(
            parse_plan(written),
            self._registry,
            inputs=len(request.inputs),
            limits=PlanLimits(budget_s=request.options.budget_s, strategies=self._strategies),
        )
