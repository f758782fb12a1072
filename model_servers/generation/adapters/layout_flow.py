"""The adapter of the bundled generator: words and boxes, rectified flow, one fixed size."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from maquette.model_servers.generation.adapters.base import (
    PipelineAdapter,
    guided,
    inputs,
    timesteps,
    unguided,
)
from maquette.model_servers.generation.adapters.contract import (
    ActiveRow,
    ModelFacts,
    Prediction,
    RowSpec,
)
from maquette.model_servers.generation.layout_flow.conditioning import Conditioning
from maquette.model_servers.generation.layout_flow.layout import LayoutItem
from maquette.model_servers.generation.schedule import RowSchedule

if TYPE_CHECKING:
    from PIL.Image import Image

DEFAULT_STEPS = 20
DEFAULT_GUIDANCE = 3.0


@dataclass(frozen=True)
class _Encoded:
    """A row's conditioning, and the one that asks for nothing when the row is guided."""

    wanted: Conditioning
    nothing: Conditioning | None


class LayoutFlowAdapter(PipelineAdapter):
    """Rows of a ``LayoutFlowPipeline``."""

    def __init__(
        self,
        pipeline: Any,
        *,
        device: torch.device,
        dtype: torch.dtype,
        vocabulary: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        super().__init__(pipeline, device=device, dtype=dtype)
        side = pipeline.output_size_px
        self.facts = ModelFacts(
            default_steps=DEFAULT_STEPS,
            default_guidance=DEFAULT_GUIDANCE,
            width_px=side,
            height_px=side,
            size_multiple_px=0,
            layout=True,
            vocabulary=vocabulary or {},
        )

    def encode(self, spec: RowSpec) -> _Encoded:
        boxes = [
            LayoutItem((i.box.x0, i.box.y0, i.box.x1, i.box.y1), i.phrase) for i in spec.layout
        ]
        wanted = self.pipeline.encode([spec.prompt], [boxes])
        if not _is_guided(spec):
            return _Encoded(wanted, None)
        return _Encoded(wanted, self.pipeline.encode([spec.negative_prompt], [[]]))

    def schedule(self, spec: RowSpec) -> RowSchedule:
        even = [1 - i / spec.steps for i in range(spec.steps)]
        return RowSchedule(self.pipeline.scheduler, sigmas=even, device=self.device)

    def noise(self, spec: RowSpec, generator: torch.Generator) -> Tensor:
        return self.draw((1, *self.pipeline.latent_shape), generator)

    def batch_key(self, row: ActiveRow) -> Hashable:
        return _is_guided(row.spec)

    def predict(self, rows: Sequence[ActiveRow]) -> list[Prediction]:
        latents = inputs(rows)  # (B, C, h, w)
        times = timesteps(rows) / rows[0].schedule.config.num_train_timesteps  # (B,), 1 is noise
        wanted = Conditioning.cat([row.conditioning.wanted for row in rows])
        if not _is_guided(rows[0].spec):
            return unguided(self.pipeline.velocity(latents, times, wanted))
        nothing = Conditioning.cat([row.conditioning.nothing for row in rows])
        both = self.pipeline.velocity(
            torch.cat([latents, latents]),
            torch.cat([times, times]),
            Conditioning.cat([wanted, nothing]),
        )
        conditional, unconditional = both.chunk(2)
        return guided(unconditional, conditional, [row.spec for row in rows])

    def decode(self, latent: Tensor, spec: RowSpec) -> Image:
        from diffusers.image_processor import VaeImageProcessor

        pixels = self.pipeline.decode(latent)  # (1, 3, H, W) in [0, 1]
        processor = VaeImageProcessor(do_normalize=False)
        return processor.postprocess(pixels, output_type="pil", do_denormalize=[False])[0]


def _is_guided(spec: RowSpec) -> bool:
    return spec.guidance != 1.0
