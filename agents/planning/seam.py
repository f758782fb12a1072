"""The planner's seam: from the words of a request to a plan that the validator has passed."""

from __future__ import annotations

from typing import Protocol

from maquette.records.plan import Plan
from maquette.records.task import TaskRequest


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
