"""The planner's seam: from the words of a request to a plan that the validator has passed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, runtime_checkable

from maquette.records.artifact import ArtifactRef
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest
from maquette.tools.art.scene import Scene

Scenes = Sequence[Scene | None]
Look = Callable[[ArtifactRef], Awaitable[bytes]]
"""Gives the bytes of an attached picture. Raises: MaquetteError."""


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


@runtime_checkable
class SeeingPlanner(Planner, Protocol):
    """A planner that may look at attached pictures, once the words have chosen the plan."""

    async def plan_seeing(self, request: TaskRequest, *, look: Look, scenes: Scenes = ()) -> Plan:
        """The plan of the words; places and colours in it may follow what is seen, nothing else.

        Args:
            look: gives the bytes of an attached picture.

        Raises: as ``plan``. What ``look`` raises leaves the plan as the words made it.
        """
        ...
