"""Plans that a request brings along: checked as any other, then run as they are."""

from __future__ import annotations

from maquette.agents.planning.seam import Planner, Scenes
from maquette.agents.validation.validator import PlanLimits, check_plan, parse_plan
from maquette.records.carried_plan import plan_in
from maquette.records.plan import Plan
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
        written = plan_in(request.text)
        if written is None:
            return await self.behind.plan(request, scenes=scenes)
        return check_plan(
            parse_plan(written),
            self._registry,
            inputs=len(request.inputs),
            limits=PlanLimits(budget_s=request.options.budget_s, strategies=self._strategies),
        )
