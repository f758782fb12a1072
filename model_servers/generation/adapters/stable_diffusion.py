"""The adapter of Stable Diffusion 1.x and 2.x: a UNet over latents, noise or v-prediction."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

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
from maquette.model_servers.generation.adapters.pictures import (
    gray_tensor,
    paste_over,
    rgb_tensor,
)
from maquette.model_servers.generation.adapters.schedule import RowSchedule
from maquette.model_servers.schemas.options.few_step import FEW_STEP
from maquette.model_servers.schemas.options.inpaint import INPAINT
from maquette.model_servers.schemas.options.sampler import SAMPLER

if TYPE_CHECKING:
    from PIL.Image import Image

DEFAULT_STEPS = 25
DEFAULT_GUIDANCE = 7.5
LCM_STEPS = 4
"""Steps of a model that was distilled to few."""
SAMPLERS = {
    "euler": "EulerDiscreteScheduler",
    "heun": "HeunDiscreteScheduler",
    "stochastic": "EulerAncestralDiscreteScheduler",
}
"""Our name of a sampler to the diffusers class."""


@dataclass(frozen=True)
class Kept:
    """What an inpainted row must not change. Source: RePaint, without its repetitions."""

    latent: Tensor
    """(1, C, h, w) of the source."""
    noise: Tensor
    """(1, C, h, w), the same at every step."""
    share: Tensor
    """(1, 1, h, w), 1 where to keep."""


@dataclass(frozen=True)
class Encoded:
    """A row's words as the UNet takes them; ``negative`` is None when the row is unguided.

    ``extra`` and ``negative_extra`` are added conditions by name, as SDXL has them.
    """

    positive: Tensor
    negative: Tensor | None
    extra: dict[str, Tensor]
    negative_extra: dict[str, Tensor]
    kept: Kept | None = None


class StableDiffusionAdapter(PipelineAdapter):
    """Rows of a ``StableDiffusionPipeline``."""

    default_guidance = DEFAULT_GUIDANCE

    def __init__(self, pipeline: Any, *, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__(pipeline, device=device, dtype=dtype)
        height, width = _sample_size(pipeline.unet.config.sample_size)
        cell = pipeline.vae_scale_factor
        self.facts = ModelFacts(
            default_steps=DEFAULT_STEPS,
            default_guidance=self.default_guidance,
            width_px=width * cell,
            height_px=height * cell,
            size_multiple_px=cell,
            capabilities=self._capabilities(),
            few_steps=LCM_STEPS,
        )

    def encode(self, spec: RowSpec) -> Encoded:
        positive, negative = self.pipeline.encode_prompt(
            spec.prompt, self.device, 1, self._is_guided(spec), spec.negative_prompt or None
        )
        return Encoded(positive, negative, {}, {}, self._kept(spec))

    def schedule(self, spec: RowSpec) -> RowSchedule:
        scheduler = self.pipeline.scheduler
        sampler = spec.value(SAMPLER)
        if sampler != "default":
            import diffusers

            scheduler = getattr(diffusers, SAMPLERS[sampler]).from_config(scheduler.config)
        return RowSchedule(scheduler, num_inference_steps=spec.steps, device=self.device)

    def noise(self, spec: RowSpec, generator: torch.Generator) -> Tensor:
        cell = self.pipeline.vae_scale_factor
        channels = self.pipeline.unet.config.in_channels
        return self.draw((1, channels, spec.height_px // cell, spec.width_px // cell), generator)

    def batch_key(self, row: ActiveRow) -> Hashable:
        words = row.conditioning.positive.shape
        return self._is_guided(row.spec), row.latent.shape, words

    def predict(self, rows: Sequence[ActiveRow]) -> list[Prediction]:
        latents, times = inputs(rows), timesteps(rows)  # (B, C, h, w), (B,)
        words = [row.conditioning for row in rows]
        positive = torch.cat([word.positive for word in words])
        extra = _stacked([word.extra for word in words])
        if not self._is_guided(rows[0].spec):
            return unguided(self._unet(rows, latents, times, positive, extra))
        # Unconditional rows first, as the pipeline does it: the same order, the same bytes.
        negative = torch.cat([word.negative for word in words])
        both = self._unet(
            rows,
            torch.cat([latents, latents]),
            torch.cat([times, times]),
            torch.cat([negative, positive]),
            _joined(_stacked([word.negative_extra for word in words]), extra),
        )
        unconditional, conditional = both.chunk(2)
        return guided(unconditional, conditional, [row.spec for row in rows])

    def hold(self, row: ActiveRow) -> Tensor:
        """Put the source back outside the hole, at the noise level the row now stands at."""
        kept: Kept | None = row.conditioning.kept
        if kept is None:
            return row.latent
        known = kept.latent
        if not row.finished:
            known = row.schedule.noised(kept.latent, row.step, kept.noise)
        return kept.share * known.to(row.latent.dtype) + (1 - kept.share) * row.latent

    def decode(self, latent: Tensor, spec: RowSpec) -> Image:
        return paste_over(self._drawn(latent, spec), spec.pictures)

    def _drawn(self, latent: Tensor, spec: RowSpec) -> Image:
        vae = self.pipeline.vae
        scaled = (latent / vae.config.scaling_factor).to(vae.dtype)
        pixels = vae.decode(scaled, return_dict=False)[0]
        pixels, unsafe = self._checked(pixels)
        return self.pipeline.image_processor.postprocess(
            pixels, output_type="pil", do_denormalize=[not flag for flag in unsafe]
        )[0]

    def _capabilities(self) -> frozenset[str]:
        """Inpainting by holding the source in place, the samplers, and few steps if distilled.

        A UNet with more input channels than latent ones, made for inpainting only, cannot.
        """
        config = self.pipeline.unet.config
        found = set(SAMPLER.abilities)
        if config.in_channels == self.pipeline.vae.config.latent_channels:
            found.update(INPAINT.abilities)
        if config.time_cond_proj_dim is not None:
            found.update(FEW_STEP.abilities)
        return frozenset(found)

    def _kept(self, spec: RowSpec) -> Kept | None:
        shown = spec.pictures
        if shown.mask is None or shown.source is None:
            return None
        vae = self.pipeline.vae
        pixels = rgb_tensor(shown.source, spec.width_px, spec.height_px)[None] * 2 - 1
        with torch.no_grad():
            latent = self._to_latent(vae.encode(pixels.to(self.device, vae.dtype)))
        generator = torch.Generator("cpu").manual_seed(spec.seed ^ 0x5EED)
        hole = gray_tensor(shown.mask, spec.width_px, spec.height_px)[None, None]
        share = 1 - functional.adaptive_max_pool2d(hole, latent.shape[2:])
        noise = self.draw(tuple(latent.shape), generator)
        return Kept(latent.to(self.dtype), noise, share.to(self.device, self.dtype))

    def _to_latent(self, encoded: Any) -> Tensor:
        return encoded.latent_dist.mode() * self.pipeline.vae.config.scaling_factor

    def _checked(self, pixels: Tensor) -> tuple[Tensor, list[bool]]:
        """Pass the pixels through the pipeline's own safety checker, if it has one."""
        if getattr(self.pipeline, "safety_checker", None) is None:
            return pixels, [False] * len(pixels)
        pixels, unsafe = self.pipeline.run_safety_checker(pixels, self.device, self.dtype)
        return pixels, [bool(flag) for flag in unsafe]

    def _unet(
        self,
        rows: Sequence[ActiveRow],
        latents: Tensor,
        times: Tensor,
        words: Tensor,
        extra: dict[str, Tensor],
    ) -> Tensor:
        return self.pipeline.unet(
            latents,
            times,
            encoder_hidden_states=words,
            timestep_cond=self._guidance_embedding(rows),
            added_cond_kwargs=extra or None,
            return_dict=False,
        )[0]

    def _guidance_embedding(self, rows: Sequence[ActiveRow]) -> Tensor | None:
        """Guidance as an input, for models distilled to take it so (LCM)."""
        width = self.pipeline.unet.config.time_cond_proj_dim
        if width is None:
            return None
        scales = torch.tensor([row.spec.guidance - 1 for row in rows])
        embedding = self.pipeline.get_guidance_scale_embedding(scales, embedding_dim=width)
        return embedding.to(self.device, self.dtype)

    def _is_guided(self, spec: RowSpec) -> bool:
        return spec.guidance > 1 and self.pipeline.unet.config.time_cond_proj_dim is None


def _sample_size(size: int | Sequence[int]) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def _stacked(parts: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


def _joined(first: dict[str, Tensor], second: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: torch.cat([first[name], second[name]]) for name in first}
