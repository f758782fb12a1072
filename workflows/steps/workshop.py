"""What activities work with: one object built at the worker's edge and passed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from maquette.infra.store.contract import ArtifactStore
    from maquette.model_servers.client.contract import ModelClient
    from maquette.model_servers.schemas.text_rendering import PlacedBlock
    from maquette.records.artifact import ArtifactRef
    from maquette.records.criterion import Criterion
    from maquette.records.draft import Revision
    from maquette.records.plan import Call, Plan
    from maquette.records.task import TaskRequest
    from maquette.records.verdict import Verdict
    from maquette.tools.contract import ToolContext


class ToolInfo(Protocol):
    """The part of a ToolSpec that the engine needs."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def seeded(self) -> bool: ...
    @property
    def deterministic(self) -> bool: ...
    @property
    def light(self) -> bool: ...
    @property
    def cost_s(self) -> float: ...
    @property
    def timeout_s(self) -> float: ...
    @property
    def roles(self) -> Sequence[Any]: ...


class Tools(Protocol):
    """Where tools are found by name. Real: ``maquette.tools.registry.Registry``."""

    def get(self, name: str) -> Any: ...


class Planning(Protocol):
    """Turns a request into a valid plan. Real: ``maquette.agents.planning.make``."""

    async def plan(self, request: TaskRequest) -> Plan: ...


class Judged(Protocol):
    """A verdict, and what it cost to reach it."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def forward_s(self) -> float: ...
    @property
    def model_calls(self) -> int: ...


class Judging(Protocol):
    """Judges pictures. Real: ``maquette.agents.judging.critic.Critic``."""

    async def judge(
        self,
        criteria: Sequence[Criterion],
        image: ArtifactRef,
        *,
        owner: str,
        placed: Sequence[PlacedBlock] | None,
    ) -> Judged: ...


class Proposing(Protocol):
    """Repairs that may mend a verdict, best first; pure. Real: ``agents.critic.propose``."""

    def __call__(
        self, verdict: Verdict, body: tuple[Call, ...], tried: frozenset[str]
    ) -> tuple[Revision, ...]: ...


RunTool = Callable[[Any, dict[str, Any], "ToolContext"], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Engine:
    """The parts that do the work."""

    store: ArtifactStore
    models: ModelClient
    tools: Tools
    planner: Planning
    critic: Judging
    propose: Proposing
    run_tool: RunTool
