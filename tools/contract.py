"""The tool contract: a typed function with a name, modalities, a cost and a version.

::

    from maquette.tools.spec import tool

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

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from maquette.model_servers.schemas.origin import Origin
from maquette.records.artifact import SVG, ArtifactRef, Lineage

if TYPE_CHECKING:
    from maquette.infra.store.contract import ArtifactStore
    from maquette.model_servers.client.contract import ModelClient
    from maquette.model_servers.schemas.guard import GuardVerdict
    from maquette.tools.drawing.steering import DrawRow


class Modality(StrEnum):
    IMAGE = "image"
    MASK = "mask"
    TEXT = "text"
    JSON = "json"
    DOCUMENT = "document"


PICTURES = frozenset({Modality.IMAGE, Modality.MASK})
"""Modalities that travel as artifact references to a picture."""
DOCUMENTS = ("application/json", SVG, "text/")
"""Media types of documents: scenes, and vector pictures as text."""


@dataclass(frozen=True)
class Port:
    """Marks a parameter or a result field with its modality.

    A reference whose media type does not fit is refused wherever the port is validated, and
    the JSON schema carries the word under ``modality``.
    """

    modality: Modality

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler(source)
        if self.modality not in (*PICTURES, Modality.DOCUMENT):
            return schema
        return core_schema.no_info_after_validator_function(self._fits, schema)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "modality": self.modality.value}

    def _fits(self, value: Any) -> Any:
        if not isinstance(value, ArtifactRef):
            return value
        document = self.modality is Modality.DOCUMENT
        fits = value.media_type.startswith(DOCUMENTS) if document else value.is_picture
        if not fits:
            kind = f"a document ({', '.join(DOCUMENTS)})" if document else "an image (image/...)"
            raise ValueError(
                f"the artifact is of media type {value.media_type!r}; this port takes {kind}"
            )
        return value


Image = Annotated[ArtifactRef, Port(Modality.IMAGE)]
Mask = Annotated[ArtifactRef, Port(Modality.MASK)]
DocumentRef = Annotated[ArtifactRef, Port(Modality.DOCUMENT)]
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
    """SHA-256 of the artifacts among the arguments; filled when the tool is run."""
    tool: str = ""
    tool_version: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    """The validated arguments as JSON; with the tool's name, what lineage records."""
    warnings: list[str] = field(default_factory=list)
    """Sentences that the person must see beside the result."""
    drawing: DrawRow | None = None
    """Draws this call's first row beside those of other calls, in one session with theirs."""

    async def keep(self, data: bytes, *, model_digest: str | None = None) -> ArtifactRef:
        """Store bytes that the tool made, with the lineage of this very call."""
        lineage = Lineage(
            tool=self.tool,
            tool_version=self.tool_version,
            task_id=self.task_id,
            node=self.node,
            model_digest=model_digest,
            parameters=self.arguments,
            seed=self.seed,
            parents=tuple(self.parents),
        )
        return await self.store.put(data, owner=self.owner, lineage=lineage)

    @property
    def origin(self) -> Origin:
        """What a model server is told of this call, for the lineage of what it makes."""
        return Origin(task_id=self.task_id, node=self.node)

    def spent(self, forward_s: float) -> None:
        """Count one model call and its seconds of model time."""
        self.model_s += forward_s
        self.model_calls += 1

    def warn(self, sentence: str) -> None:
        """Say something that the person must see beside the result, once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def heed(self, verdict: GuardVerdict) -> None:
        """Warn when the domain guard says that a model was asked beyond what it knows."""
        if verdict.in_world is False:
            self.warn(verdict.reason)
