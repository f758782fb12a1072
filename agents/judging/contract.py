"""The seam to judges: each answers for the kinds of criteria it can check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from maquette.agents.judging.art import cut_art
from maquette.model_servers.client.contract import ModelClient, RoleName
from maquette.model_servers.schemas.text_rendering import PlacedBlock
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Criterion, describe
from maquette.records.geometry import Box
from maquette.records.verdict import Finding, Outcome, Verdict

if TYPE_CHECKING:
    from maquette.infra.store.contract import ArtifactStore


@dataclass(frozen=True)
class Judgement:
    """A verdict, and what it cost."""

    verdict: Verdict
    forward_s: float = 0.0
    """Model time, in seconds."""
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
    forward_s: float = field(default=0.0)
    model_calls: int = field(default=0)

    def spent(self, forward_s: float) -> None:
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
    """Checks criteria of some kinds, all of one picture together."""

    name: str
    kinds: frozenset[str]
    roles: tuple[RoleName, ...]
    """Model roles it asks; their digests are part of the key of every stored verdict."""
    version: str
    """Part of that key, too: it changes whenever the same picture would be judged otherwise, so
    it holds the thresholds."""

    async def judge(self, criteria: Sequence[Criterion], sight: Sight) -> list[Finding]:
        """One finding for each criterion, in order."""
        ...


def unjudged(criterion: Criterion, why: str = "") -> Finding:
    """The finding of what nobody could check, and why: by default, for want of a judge."""
    why = why or f"no judge for {criterion.kind!r} yet"
    return Finding(
        criterion=criterion,
        outcome=Outcome.UNJUDGED,
        reason=f"{why}; not checked: {describe(criterion)}"[:400],
    )


class Absent:
    """Stands in for a judge whose model is not there: judges nothing, and says why."""

    roles: tuple[RoleName, ...] = ()
    version = "1"

    def __init__(self, judge: Judge, why: str) -> None:
        self.name = judge.name
        self.kinds = judge.kinds
        self._why = why

    async def judge(self, criteria: Sequence[Criterion], sight: Sight) -> list[Finding]:
        return [unjudged(criterion, self._why) for criterion in criteria]
