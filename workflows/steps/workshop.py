"""What activities work with: one object built at the worker's edge and passed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from maquette.agents.judging.contract import Cleanness, Judgement
    from maquette.agents.planning.seam import Planner
    from maquette.infra.store.contract import ArtifactStore
    from maquette.model_servers.client.contract import ModelClient, RoleName
    from maquette.model_servers.schemas.text_rendering import PlacedBlock
    from maquette.records.artifact import ArtifactRef
    from maquette.records.criterion import Criterion
    from maquette.records.draft import Revision
    from maquette.records.geometry import Box
    from maquette.records.plan import Call
    from maquette.records.verdict import Verdict
    from maquette.tools.contract import ToolContext
    from maquette.tools.spec import ToolSpec


class Tools(Protocol):
    """Where tools are found by name. Real: ``maquette.tools.registry.Registry``."""

    def get(self, name: str) -> ToolSpec:
        """The tool of this name. Raises: NotFound: there is none."""
        ...


class Judging(Protocol):
    """Judges pictures. Real: ``maquette.agents.judging.critic.Critic``."""

    @property
    def version(self) -> str:
        """Part of the key of every stored verdict: another one judges afresh."""
        ...

    @property
    def composed_version(self) -> str:
        """The same for pictures that were composed, which others judge."""
        ...

    @property
    def roles(self) -> tuple[RoleName, ...]:
        """Model roles that judge: the digests of their models are part of that key too."""
        ...

    async def judge(
        self,
        criteria: Sequence[Criterion],
        image: ArtifactRef,
        *,
        owner: str,
        placed: Sequence[PlacedBlock] | None,
        art: Box | None,
        scene: ArtifactRef | None,
    ) -> Judgement:
        """The verdict on a picture, with one finding a criterion, and what it cost.

        Args:
            placed: where words were set on it, when that is known.
            art: where it was drawn, when it is a sheet with a drawing on it.
            scene: the document it was composed from, when it was.
        """
        ...

    async def clean(
        self,
        image: ArtifactRef,
        *,
        owner: str,
        art: Box | None,
        scene: ArtifactRef | None,
    ) -> Cleanness:
        """How cleanly a picture is made; asked where drafts come from several sources."""
        ...


class Proposing(Protocol):
    """Repairs that may mend a verdict, best first; pure.

    Real: ``maquette.agents.judging.critic.propose``.
    """

    def __call__(
        self, verdict: Verdict, body: tuple[Call, ...], tried: frozenset[str]
    ) -> tuple[Revision, ...]: ...


RunTool = Callable[["ToolSpec", dict[str, Any], "ToolContext"], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Workshop:
    """The parts that do the work."""

    store: ArtifactStore
    models: ModelClient
    tools: Tools
    planner: Planner
    critic: Judging
    propose: Proposing
    run_tool: RunTool
