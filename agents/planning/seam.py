"""The planner's seam: from the words of a request to a plan that the validator has passed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from maquette.records.plan import Plan
from maquette.records.task import TaskRequest
from maquette.tools.art.scene import Scene

Scenes = Sequence[Scene | None]


class Planner(Protocol):
    """Turns a request into a plan. Only the words of the request choose it: of attached
    pictures it knows how many there are and their size, never what they show; of those that
    were composed here, their documents."""

    label: str

    async def plan(self, request: TaskRequest, *, scenes: Scenes = ()) -> Plan:
        """A valid plan.

        Args:
            scenes: for each attached picture the document it was composed from here, of the
                person's own words; None: it was not. Empty: none was.

        Raises: PlanRejected: no valid plan was found; says why. FixInput: the request asks for
            something that cannot be done here; says what can. NeedsAnswer: a guess would be wrong
            too often; it is called again with the answer as a last line of the request's words.
            TryAgain: a model is away.
        """
        ...
