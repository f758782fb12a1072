"""The tool contract: a typed function with a name, modalities, a cost and a version.

::

    @tool("ocr", version="1", cost_s=0.5)
    async def ocr(ctx: ToolContext, *, image: Image) -> OcrResult:
        \"\"\"Read the words in a picture.\"\"\"

Parameters become the input schema (``ctx`` is injected and hidden); the returned record's
fields become the output ports. ``Image``, ``Mask``, ``Text`` ... mark modalities.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from maquette.records.artifact import ArtifactRef

if TYPE_CHECKING:
    from maquette.infra.store.contract import ArtifactStore
    from maquette.model_servers.contract import ModelClient


class Modality(StrEnum):
    IMAGE = "image"
    MASK = "mask"
    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True)
class Port:
    """Marks a parameter or a result field with its modality."""

    modality: Modality


Image = Annotated[ArtifactRef, Port(Modality.IMAGE)]
Mask = Annotated[ArtifactRef, Port(Modality.MASK)]
Text = Annotated[str, Port(Modality.TEXT)]


class ToolReporter(Protocol):
    """Where a running tool reports to. The workflow layer supplies the durable one."""

    async def progress(
        self, fraction: float, message: str, preview: ArtifactRef | None = None
    ) -> None:
        """Say how far the work is: ``fraction`` 0 to 1. Cheap; may be dropped or merged."""
        ...

    async def checkpoint(self, state: dict[str, Any]) -> None:
        """Remember a small JSON state (references, never bytes): a retry starts from it."""
        ...


@dataclass
class ToolContext:
    """What a tool may use. ``resume`` is the last checkpoint of an interrupted attempt."""

    owner: str
    seed: int
    store: ArtifactStore
    models: ModelClient
    reporter: ToolReporter
    task_id: str | None = None
    node: str | None = None
    resume: dict[str, Any] | None = None
    model_s: float = 0.0
    model_calls: int = 0
    parents: list[str] = field(default_factory=list)

    def spent(self, forward_s: float) -> None:
        """Count one model call and its seconds of model time."""
        self.model_s += forward_s
        self.model_calls += 1
