"""A planner that follows a script: for tests, and for running a plan that was written by hand."""

from __future__ import annotations

from collections.abc import Callable

from maquette.agents.planning.seam import Scenes
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest


class ScriptedPlanner:
    """Plans by a function of the request, and asks no model.

    The plan is not checked: a script can also hand out what a validator would refuse.
    """

    label = "scripted"

    def __init__(self, script: Callable[[TaskRequest], Plan]) -> None:
        """
        Args:
            script: gives the plan of a request, the same for the same words, or raises why there
                is none.
        """
        self._script = script

    async def plan(self, request: TaskRequest, *, scenes: Scenes = ()) -> Plan:
        """See ``Planner.plan``. Raises: as the script does."""
        return self._script(request)
