"""The planner's seam: from the words of a request to a plan that the validator has passed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from maquette.records.plan import Plan
from maquette.records.task import TaskRequest

if TYPE_CHECKING:
    from maquette.infra.settings import Settings
    from maquette.model_servers.contract import ModelClient
    from maquette.tools.registry import Registry


class Planner(Protocol):
    """Turns a request into a plan. Only the words of the request choose it: of attached
    pictures it knows how many there are and their size, never what they show."""

    label: str

    async def plan(self, request: TaskRequest) -> Plan:
        """A valid plan.

        Raises: PlanRejected: no valid plan was found; says why. FixInput: the request asks for
            something that cannot be done here; says what can. TryAgain: a model is away.
        """
        ...


def make_planner(settings: Settings, models: ModelClient, registry: Registry) -> Planner:
    """The planner these settings ask for: a language model's when an endpoint is named
    (``planner.base_url``), with the embedded one behind it; else the embedded one alone."""
    from maquette.agents.planner_embedded import EmbeddedPlanner

    embedded = EmbeddedPlanner(models, registry)
    if settings.planner.base_url is None:
        return embedded
    from maquette.agents.planner_llm import LanguagePlanner

    return LanguagePlanner.of(settings.planner, registry, fallback=embedded)
