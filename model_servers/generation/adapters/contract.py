"""The row adapter: how one family of pipelines does a single row's share of a batched step.

An adapter owns a loaded pipeline and knows its conditioning, shapes and decoder. It keeps no
state between calls: everything a row needs lies in the row. All methods run in the one thread
that belongs to the model.

Notation: ``B`` rows of a batch, ``C h w`` latent of one row.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from maquette.model_servers.schemas.guard import UNJUDGED, GuardVerdict
from maquette.model_servers.schemas.options.option import RowOption, ValueT
from maquette.records.geometry import LayoutItem

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

    from maquette.model_servers.generation.adapters.schedule import RowSchedule


@dataclass(frozen=True)
class RowPictures:
    """Decoded pictures a row shows; RGB, of any size."""

    source: Image | None = None
    mask: Image | None = None
    """Gray; white is drawn anew."""
    concepts: tuple[Image, ...] = ()
    names: tuple[str, ...] = ()
    """SHA-256 of each, for lineage: source, mask, concepts."""
    verdict: GuardVerdict = UNJUDGED
    """What the domain guard says of them together; of a mask nothing."""


@dataclass(frozen=True)
class RowSpec:
    """What one row asks for, with the model's defaults filled in."""

    prompt: str
    negative_prompt: str
    layout: tuple[LayoutItem, ...]
    seed: int
    steps: int
    guidance: float
    width_px: int
    height_px: int
    pictures: RowPictures = field(default_factory=RowPictures, compare=False)
    options: Mapping[str, object] = field(default_factory=dict, hash=False)
    """Value of each option by its name; one that is missing has its default."""

    def value(self, option: RowOption[ValueT]) -> ValueT:
        """What the row asks for of an option."""
        return cast(ValueT, self.options.get(option.name, option.default))


@dataclass(frozen=True)
class ModelFacts:
    """What a model is by nature; ``describe`` reports it."""

    default_steps: int
    default_guidance: float
    width_px: int
    height_px: int
    size_multiple_px: int
    """Sides must be multiples of it; 0: only the default size can be drawn."""
    layout: bool = False
    """Whether boxes are honoured; otherwise they are ignored."""
    vocabulary: dict[str, tuple[str, ...]] = field(default_factory=dict)
    capabilities: frozenset[str] = frozenset()
    """Abilities of the options it honours, as each option names them; a row that takes another is
    refused by its name."""
    few_steps: int = 6
    """Steps of a row in few-step mode."""


@dataclass
class ActiveRow:
    """One row on its way from noise to picture."""

    spec: RowSpec
    conditioning: Any
    """The adapter's own encoding of the prompt, for one row."""
    schedule: RowSchedule
    generator: torch.Generator
    """This row's only source of noise; on the CPU, so equal on every device."""
    latent: torch.Tensor
    """(1, ...) at ``step``."""
    step: int = 0
    """Denoising steps done."""
    clean: torch.Tensor | None = None
    """The finished latent as the last forward predicted it."""
    signals: dict[str, float] = field(default_factory=dict)

    @property
    def planned(self) -> tuple[LayoutItem, ...]:
        """Boxes the model planned itself."""
        return getattr(self.conditioning, "planned", ())

    @property
    def finished(self) -> bool:
        return self.step >= self.schedule.steps


@dataclass(frozen=True)
class Prediction:
    """What the model says about one row at its step."""

    output: torch.Tensor
    """(1, ...) noise, velocity or sample, as the row's schedule expects it; guided."""
    guidance_gap: float | None = None
    """Root mean square of conditional minus unconditional output; None when unguided."""


class RowAdapter(Protocol):
    """One loaded pipeline, seen row by row."""

    facts: ModelFacts
    device: torch.device
    """Where it computes, and where the latents of its rows lie."""

    def encode(self, spec: RowSpec) -> Any:
        """Encode a row's words and boxes."""
        ...

    def schedule(self, spec: RowSpec) -> RowSchedule:
        """A schedule of the row's own, at its first step."""
        ...

    def noise(self, spec: RowSpec, generator: torch.Generator) -> torch.Tensor:
        """Standard normal numbers in the shape of one row's latent, (1, ...)."""
        ...

    def batch_key(self, row: ActiveRow) -> Hashable:
        """Rows with equal keys can share a forward."""
        ...

    def predict(self, rows: Sequence[ActiveRow]) -> list[Prediction]:
        """One batched forward over rows of equal key, each at its own step."""
        ...

    def hold(self, row: ActiveRow) -> torch.Tensor:
        """The row's latent with what must stay put back in, where the model has no other way."""
        ...

    def decode(self, latent: torch.Tensor, spec: RowSpec) -> Image:
        """The picture of one finished latent (1, ...)."""
        ...
