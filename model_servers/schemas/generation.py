"""Requests and responses of the generation role: the row-and-step contract. Light.

``forward_s`` is the time spent inside the model, in seconds; loop efficiency counts it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from maquette.model_servers.schemas.guard import UNJUDGED, GuardVerdict
from maquette.model_servers.schemas.options.concept_strength import ConceptStrength
from maquette.model_servers.schemas.options.concepts import Concepts
from maquette.model_servers.schemas.options.few_step import FewStep
from maquette.model_servers.schemas.options.glyphs import Glyphs
from maquette.model_servers.schemas.options.plan_layout import PlanLayout
from maquette.model_servers.schemas.options.sampler import Sampler
from maquette.model_servers.schemas.options.source_guidance import SourceGuidance
from maquette.model_servers.schemas.options.table import RowOptions
from maquette.model_servers.schemas.origin import NO_ORIGIN, Origin
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.geometry import LayoutItem

Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Row(Record):
    """One picture wanted. ``None`` leaves a choice to the model's own default.

    With ``latent`` set, work goes on from that saved latent at ``step``. With ``source`` alone
    the prompt is an instruction that changes that picture; with ``source`` and ``mask`` the
    prompt says what to draw where the mask is white, and all other pixels stay as they are.
    A model that lacks what a row asks for refuses it by name; ``describe`` lists what it can.
    Each option is a file of ``schemas/options``; those without a field here are in ``options``.
    """

    row_id: str = Field(min_length=1, max_length=120)
    prompt: str = Field(max_length=4_000)
    negative_prompt: str = Field(default="", max_length=4_000)
    layout: tuple[LayoutItem, ...] = Field(default=(), max_length=16)
    seed: Seed
    steps: int | None = Field(default=None, ge=1, le=200)
    guidance: float | None = Field(default=None, ge=0, le=30)
    width_px: int | None = Field(default=None, ge=32, le=2048)
    height_px: int | None = Field(default=None, ge=32, le=2048)
    latent: ArtifactRef | None = None
    step: int = Field(default=0, ge=0)
    source: ArtifactRef | None = Field(default=None, description="picture to change")
    mask: ArtifactRef | None = Field(default=None, description="white: draw anew; black: keep")
    concepts: Concepts = ()
    concept_strength: ConceptStrength = 1.0
    glyphs: Glyphs = ()
    plan_layout: PlanLayout = True
    sampler: Sampler = "default"
    few_step: FewStep = False
    source_guidance: SourceGuidance = None
    options: RowOptions = Field(default_factory=dict, exclude_if=lambda options: not options)


class RowStatus(StrEnum):
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class RowState(Record):
    """Where a row stands. ``image`` is set once done; ``preview`` is the predicted picture."""

    row_id: str
    status: RowStatus
    step: int
    steps: int
    preview: ArtifactRef | None = None
    latent: ArtifactRef | None = None
    signals: dict[str, float] = Field(default_factory=dict)
    image: ArtifactRef | None = None
    forward_s: float = 0.0
    error: str = ""
    planned: tuple[LayoutItem, ...] = Field(
        default=(), description="boxes the model planned itself, for a row that had none"
    )
    verdict: GuardVerdict = Field(
        default=UNJUDGED, description="of the domain guard, on the pictures the row shows"
    )


class StartRequest(Record):
    owner: str
    origin: Origin = NO_ORIGIN
    rows: tuple[Row, ...] = Field(min_length=1, max_length=16)


class StartReply(Record):
    session: str
    rows: tuple[RowState, ...]


class Cancel(Record):
    kind: Literal["cancel"] = "cancel"
    row_id: str


class Resample(Record):
    """Continue ``row_id`` from the latent of ``source``, with fresh noise of ``seed``."""

    kind: Literal["resample"] = "resample"
    row_id: str
    source: str
    seed: Seed


RowAction = Annotated[Cancel | Resample, Field(discriminator="kind")]


class StepRequest(Record):
    """Answer the last states (rows without an action are kept), then run up to ``steps`` more."""

    session: str
    steps: int = Field(default=1, ge=1, le=200)
    actions: tuple[RowAction, ...] = ()
    preview: bool = False
    save_latent: bool = False


class StepReply(Record):
    rows: tuple[RowState, ...]


class CancelRequest(Record):
    """Drop every row of the session before its next denoising step. Unknown sessions are fine."""

    session: str


class Done(Record):
    """An empty answer."""


class GenerationDescription(Record):
    model: str
    digest: str
    pipeline: str
    default_steps: int
    default_guidance: float
    width_px: int
    height_px: int
    layout: bool = Field(description="whether boxes are honoured")
    vocabulary: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="words the model knows, by kind; empty = open"
    )
    capabilities: tuple[str, ...] = Field(
        default=(),
        description="of: layout, plan_layout, and the abilities of the options there are",
    )
    steps_run: int = Field(default=0, description="denoising steps run since start")
    pictures_made: int = 0
