"""The seams of judging: judges answer for kinds of criteria, repairs mend what failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from maquette.agents.judging.art import cut_art
from maquette.model_servers.client.contract import ModelClient, RoleName
from maquette.model_servers.schemas.text_rendering import PlacedBlock
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Criterion, describe
from maquette.records.draft import Revision
from maquette.records.geometry import Box
from maquette.records.plan import Call
from maquette.records.verdict import Finding, Outcome, Verdict

if TYPE_CHECKING:
    from maquette.infra.store.contract import ArtifactStore


Pictures = Literal["drawn", "composed", "any"]
"""Pictures that a judge looks at: drawn by a generator, composed from a scene document, or both."""


@dataclass(frozen=True)
class Judgement:
    """A verdict, and what it cost."""

    verdict: Verdict
    forward_s: float = 0.0
    """Model time, in seconds."""
    model_calls: int = 0


@dataclass(frozen=True)
class Cleanness:
    """How cleanly a picture is made, and what it cost to tell."""

    value: float | None
    """0 to 1; None: nobody can tell."""
    forward_s: float = 0.0
    model_calls: int = 0


@dataclass
class Sight:
    """The picture a judge looks at, and the meter of what looking costs."""

    image: ArtifactRef
    owner: str
    models: ModelClient
    placed: Sequence[PlacedBlock] | None = None
    """Where the text was set, when that is known."""
    art: Box | None = None
    """The part that was drawn, where the rest of the sheet holds words alone."""
    store: ArtifactStore | None = None
    scene: ArtifactRef | None = None
    """The document it was composed from, where it was: a JSON ``Scene`` in the store."""
    forward_s: float = field(default=0.0)
    model_calls: int = field(default=0)

    def spent(self, forward_s: float) -> None:
        """Count one call of a model, of so many seconds of model time."""
        self.forward_s += forward_s
        self.model_calls += 1

    async def drawn(self) -> ArtifactRef:
        """The part of the picture that was drawn, as a picture of its own.

        A model that knows pictures need not know sheets: bands of words round a picture are
        strange to it, and shrink what it looks at.
        """
        if self.art is None or self.store is None:
            return self.image
        return await cut_art(self.store, self.image, self.art, owner=self.owner)


class Judge(Protocol):
    """Checks criteria of some kinds, all of one picture together.

    A judge may say which pictures it looks at by an attribute ``pictures``; without one it looks at
    any. A kind may have a judge for drawn pictures and another for composed ones.
    """

    name: str
    """One word, told with every finding of it."""
    kinds: frozenset[str]
    """Kinds of criteria (``Criterion.kind``); no other judge answers for them."""
    roles: tuple[RoleName, ...]
    """Model roles it asks; their digests are part of the key of every stored verdict."""
    version: str
    """Part of that key, too: it changes whenever the same picture would be judged otherwise, so
    it holds the thresholds."""

    async def judge(self, criteria: Sequence[Criterion], sight: Sight) -> list[Finding]:
        """One finding for each criterion, in order; what cannot be known is unjudged.

        Args:
            criteria: all of its own kinds.
            sight: the picture, and the meter of every model call that is made.
        Raises: as the models do, but for a model that is not there.
        """
        ...


class Repair(Protocol):
    """Changes calls of one tool so that criteria of some kinds may hold. Pure: the same arguments
    give the same revisions, without clock, randomness or I/O."""

    name: str
    """One word, unique among repairs."""
    kinds: frozenset[str]
    """Kinds of criteria that it may mend."""
    tool: str
    """The tool whose arguments it changes."""

    def propose(
        self, finding: Finding, calls: Sequence[Call], tried: frozenset[str]
    ) -> Iterator[Revision]:
        """Revisions that may mend a finding, the most promising first.

        Args:
            finding: a failed one, of its own kinds.
            calls: the calls of its tool in the body, as they were made for the judged draft; at
                least one.
            tried: ids of revisions that were tried before; they are not proposed again.
        Returns: one change each, of one call; its id starts with the criterion's.
        """
        ...


def unjudged(criterion: Criterion, why: str = "") -> Finding:
    """The finding of what nobody could check, and why: by default, for want of a judge."""
    why = why or f"no judge for {criterion.kind!r} yet"
    return Finding(
        criterion=criterion,
        outcome=Outcome.UNJUDGED,
        reason=f"{why}; not checked: {describe(criterion)}"[:400],
    )


def looks_at(judge: Judge) -> Pictures:
    """What pictures a judge looks at: as its attribute ``pictures`` says, any without one."""
    pictures: Pictures = getattr(judge, "pictures", "any")
    return pictures


def claims(judge: Judge) -> frozenset[tuple[str, bool]]:
    """What it alone answers for: each kind of criterion, of composed pictures or (False) drawn."""
    sides = {"drawn": (False,), "composed": (True,), "any": (False, True)}[looks_at(judge)]
    return frozenset((kind, composed) for kind in judge.kinds for composed in sides)


class Absent:
    """Stands in for a judge whose model is not there: judges nothing, and says why."""

    roles: tuple[RoleName, ...] = ()
    version = "1"

    def __init__(self, judge: Judge, why: str) -> None:
        self.name = judge.name
        self.kinds = judge.kinds
        self.pictures = looks_at(judge)
        self._why = why

    async def judge(self, criteria: Sequence[Criterion], sight: Sight) -> list[Finding]:
        """Each criterion unjudged, and why; no model is asked."""
        return [unjudged(criterion, self._why) for criterion in criteria]
