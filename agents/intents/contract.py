"""The seam to intents: how one kind of request is told from others, planned, or refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.plans.served import Served
from maquette.agents.reading.request import Reading
from maquette.records.errors import FixInput, InvalidInput
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest
from maquette.tools.art.scene import Scene


@dataclass(frozen=True)
class Sign:
    """Words by which an intent of an installed package is known, whatever kind the reader sees."""

    rank: int
    """Signs of all intents are tried by ascending rank, the plainest first; no two share one."""
    holds: Callable[[Reading], bool]


@dataclass(frozen=True)
class Asked:
    """A request, what was read of it, and what it can be planned for."""

    request: TaskRequest
    reading: Reading
    served: Served
    can_do: str
    """What can be done here, in one sentence: the hint of every refusal."""
    gallery: Gallery | None = None
    """The things of the art packs; None: there are none."""
    scenes: Sequence[Scene | None] = ()
    """For each attached picture the document it was composed from; None: it was not."""

    def refused(self, reason: str) -> FixInput:
        """The error that says why it cannot be done here, and what can."""
        return FixInput(reason, hint=self.can_do)

    def need_picture(self, verb: str) -> None:
        """Raises: InvalidInput: nothing is attached to do this to."""
        if not self.reading.attached:
            raise InvalidInput(
                f"there is no attached picture to {verb}", hint="Attach one (--image FILE)."
            )


class Intent(Protocol):
    """One kind of request. To add one, write it in a file and name it in the table."""

    @property
    def name(self) -> str:
        """One word, unique among intents."""
        ...

    @property
    def offer(self) -> str:
        """What it does, as a verb phrase of "It can ...": told where something is refused.
        Empty: it is refused itself, or another intent's offer speaks for it."""
        ...

    @property
    def signs(self) -> tuple[Sign, ...]:
        """Its sure signs; none of the intents that are built in: those the reader tells apart."""
        ...

    async def plan(self, asked: Asked) -> Plan:
        """The plan, from what was read; the words are not read again for what is there.

        Raises: FixInput: it cannot be done here, or something is left open; says what can be said
            instead. InvalidInput: a picture is missing. TryAgain, GiveUp: as the models do.
        """
        ...
