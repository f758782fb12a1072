"""The seams: what may be put in the place of what, and the suite that proves it.

A seam is whole when its protocol, a real implementation, a deterministic fake and a conformance
suite are there, and both implementations are run through the suite by a test of their own.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from maquette.benchmarks.house.source import Checkout, Module


@dataclass(frozen=True)
class Seam:
    """Dotted names below the package; a colon stands before the class."""

    name: str
    protocol: str
    real: str
    fake: str
    suite: str
    """A class in ``tests/contracts``: ``module:Class``."""


SEAMS = (
    Seam(
        "artifact store",
        "infra.store.contract:ArtifactStore",
        "infra.store.s3:S3ArtifactStore",
        "infra.store.memory:MemoryArtifactStore",
        "store:ArtifactStoreContract",
    ),
    Seam(
        "artifact index",
        "infra.index.contract:ArtifactIndex",
        "infra.index.stored:StoredIndex",
        "infra.store.memory:MemoryArtifactStore",
        "index:ArtifactIndexContract",
    ),
    Seam(
        "model client",
        "model_servers.client.contract:ModelClient",
        "model_servers.client.http:HttpClient",
        "model_servers.client.fake:ScriptedModelClient",
        "model_client:ModelClientContract",
    ),
    Seam(
        "role server",
        "model_servers.client.contract:RoleServer",
        "model_servers.text_rendering.role:TextRenderingRole",
        "model_servers.client.fake_role:ScriptedRole",
        "role_server:RoleServerContract",
    ),
    Seam(
        "row adapter",
        "model_servers.generation.adapters.contract:RowAdapter",
        "model_servers.generation.adapters.layout_flow:LayoutFlowAdapter",
        "model_servers.generation.adapters.fake:FakeAdapter",
        "row_adapter:RowAdapterContract",
    ),
    Seam(
        "backend that sees",
        "model_servers.understanding.backends.contract:UnderstandingBackend",
        "model_servers.understanding.backends.llava:Llava",
        "model_servers.understanding.backends.fake:FakeSeer",
        "understanding_backend:UnderstandingBackendContract",
    ),
    Seam(
        "backend that finds",
        "model_servers.segmentation.backends.contract:SegmentationBackend",
        "model_servers.segmentation.backends.clipseg:Segmenter",
        "model_servers.segmentation.backends.fake:FakeSegmenter",
        "segmentation_backend:SegmentationBackendContract",
    ),
    Seam(
        "backend that scores",
        "model_servers.reward.backends.contract:RewardBackend",
        "model_servers.reward.backends.perspectives:Scorer",
        "model_servers.reward.backends.fake:FakeScorer",
        "reward_backend:RewardBackendContract",
    ),
    Seam(
        "backend that embeds",
        "model_servers.embedding.backends.contract:EmbeddingBackend",
        "model_servers.embedding.backends.dual_encoder:DualEncoder",
        "model_servers.embedding.backends.fake:FakeEncoder",
        "embedding_backend:EmbeddingBackendContract",
    ),
    Seam(
        "planner",
        "agents.planning.seam:Planner",
        "agents.planning.embedded:EmbeddedPlanner",
        "agents.planning.fake:ScriptedPlanner",
        "planner:PlannerContract",
    ),
    Seam(
        "intent",
        "agents.intents.contract:Intent",
        "agents.intents.draw:Draw",
        "agents.intents.fake:ScriptedIntent",
        "intent:IntentContract",
    ),
    Seam(
        "judge",
        "agents.judging.contract:Judge",
        "agents.judging.judges.things:ThingsJudge",
        "agents.judging.judges.fake:ScriptedJudge",
        "judge:JudgeContract",
    ),
    Seam(
        "repair",
        "agents.judging.contract:Repair",
        "agents.judging.repairs.redraw:Redraw",
        "agents.judging.repairs.fake:ScriptedRepair",
        "repair:RepairContract",
    ),
    Seam(
        "strategy",
        "workflows.loops.strategy:Strategy",
        "workflows.loops.revise:Revise",
        "workflows.loops.scripted:ScriptedStrategy",
        "strategy:StrategyContract",
    ),
    Seam(
        "task gateway",
        "workflows.desk.contract:TaskGateway",
        "workflows.desk.gateway:TemporalGateway",
        "workflows.desk.memory:MemoryGateway",
        "task_gateway:TaskGatewayContract",
    ),
    Seam(
        "event log",
        "workflows.events.log:EventLog",
        "workflows.events.stream:StreamEventLog",
        "workflows.events.log:MemoryEventLog",
        "event_log:EventLogContract",
    ),
)
"""The index has no fake of its own: it keeps its documents in the store's."""


def missing(checkout: Checkout, seam: Seam) -> list[str]:
    """What a seam lacks, in words; nothing when it is whole."""
    lacks = [
        f"no {place.replace(':', '.')}"
        for place in (seam.protocol, seam.real, seam.fake)
        if not _defined(checkout.by_name.get(f"maquette.{place.partition(':')[0]}"), place)
    ]
    suites = {test.path.stem: test for test in checkout.tests if "contracts" in test.path.parts}
    if not _defined(suites.get(seam.suite.partition(":")[0]), seam.suite):
        return [*lacks, f"no suite {seam.suite}"]
    runs = _subclasses(checkout, seam.suite.partition(":")[2])
    return lacks if runs >= 2 else [*lacks, f"its suite is run {runs} times; a real one and a fake"]


def _defined(module: Module | None, place: str) -> bool:
    name = place.partition(":")[2]
    return module is not None and any(
        isinstance(node, ast.ClassDef) and node.name == name for node in module.tree.body
    )


def _subclasses(checkout: Checkout, suite: str) -> int:
    """How many classes of tests inherit a suite."""
    return sum(
        isinstance(node, ast.ClassDef) and any(_named(base) == suite for base in node.bases)
        for test in checkout.tests
        for node in ast.walk(test.tree)
    )


def _named(base: ast.expr) -> str:
    return base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
