"""The adapter of FLUX-class models: flow matching over packed 2 x 2 latent patches.

Notation: ``C h w`` unpacked latent, ``N = h w / 4`` patches, ``T`` text tokens.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from maquette.model_servers.generation.adapters.base import (
    PipelineAdapter,
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
from maquette.model_servers.generation.adapters.schedule import RowSchedule
from maquette.model_servers.schemas.options.sampler import SAMPLER

if TYPE_CHECKING:
    from PIL.Image import Image

DEFAULT_STEPS = 28
DEFAULT_GUIDANCE = 3.5
MAX_TEXT_TOKENS = 512
"""Every prompt is padded to it, or to what the tokenizer allows."""


@dataclass(frozen=True)
class _Encoded:
    words: Tensor
    """(1, T, width) states of the second text encoder."""
    pooled: Tensor
    """(1, width) of the first."""
    text_ids: Tensor
    """(T, 3) position of each token."""
    image_ids: Tensor
    """(N, 3) position of each patch."""


class FluxAdapter(PipelineAdapter):
    """Rows of a ``FluxPipeline``.

    Guidance is an input of the model, or without effect in models distilled without it; the
    negative prompt has no place in either and is ignored.
    """

    def __init__(self, pipeline: Any, *, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__(pipeline, device=device, dtype=dtype)
        side = pipeline.default_sample_size * pipeline.vae_scale_factor
        self.facts = ModelFacts(
            default_steps=DEFAULT_STEPS,
            default_guidance=DEFAULT_GUIDANCE,
            width_px=side,
            height_px=side,
            size_multiple_px=2 * pipeline.vae_scale_factor,
            capabilities=frozenset({*SAMPLER.needs("euler"), *SAMPLER.needs("stochastic")}),
        )
        self._text_tokens = min(MAX_TEXT_TOKENS, pipeline.tokenizer_2.model_max_length)

    def encode(self, spec: RowSpec) -> _Encoded:
        words, pooled, text_ids = self.pipeline.encode_prompt(
            prompt=spec.prompt,
            prompt_2=None,
            device=self.device,
            num_images_per_prompt=1,
            max_sequence_length=self._text_tokens,
        )
        _, height, width = self._shape(spec)
        image_ids = self.pipeline._prepare_latent_image_ids(
            1, height // 2, width // 2, self.device, words.dtype
        )
        return _Encoded(words, pooled, text_ids, image_ids)

    def schedule(self, spec: RowSpec) -> RowSchedule:
        from diffusers.pipelines.flux.pipeline_flux import calculate_shift

        scheduler = self.pipeline.scheduler
        if spec.value(SAMPLER) == "stochastic":
            scheduler = type(scheduler).from_config(scheduler.config, stochastic_sampling=True)
        _, height, width = self._shape(spec)
        config = scheduler.config
        shift = calculate_shift(
            (height // 2) * (width // 2),
            config.get("base_image_seq_len", 256),
            config.get("max_image_seq_len", 4096),
            config.get("base_shift", 0.5),
            config.get("max_shift", 1.15),
        )
        if config.get("use_flow_sigmas"):
            times: dict[str, Any] = {"num_inference_steps": spec.steps}
        else:
            times = {"sigmas": np.linspace(1.0, 1 / spec.steps, spec.steps)}
        return RowSchedule(scheduler, **times, mu=shift, device=self.device)

    def noise(self, spec: RowSpec, generator: torch.Generator) -> Tensor:
        channels, height, width = self._shape(spec)
        noise = self.draw((1, channels, height, width), generator)
        return self.pipeline._pack_latents(noise, 1, channels, height, width)  # (1, N, 4C)

    def batch_key(self, row: ActiveRow) -> Hashable:
        return row.latent.shape, row.conditioning.words.shape, row.conditioning.image_ids.shape

    def predict(self, rows: Sequence[ActiveRow]) -> list[Prediction]:
        words = [row.conditioning for row in rows]
        latents = inputs(rows)  # (B, N, 4C)
        output = self.pipeline.transformer(
            hidden_states=latents,
            timestep=timesteps(rows).to(latents.dtype) / 1000,
            guidance=self._guidance(rows),
            pooled_projections=torch.cat([word.pooled for word in words]),
            encoder_hidden_states=torch.cat([word.words for word in words]),
            txt_ids=words[0].text_ids,
            img_ids=words[0].image_ids,
            joint_attention_kwargs={},
            return_dict=False,
        )[0]
        return unguided(output)

    def decode(self, latent: Tensor, spec: RowSpec) -> Image:
        pipeline = self.pipeline
        unpacked = pipeline._unpack_latents(
            latent, spec.height_px, spec.width_px, pipeline.vae_scale_factor
        )
        config = pipeline.vae.config
        scaled = (unpacked / config.scaling_factor) + config.shift_factor
        pixels = pipeline.vae.decode(scaled.to(pipeline.vae.dtype), return_dict=False)[0]
        return pipeline.image_processor.postprocess(pixels, output_type="pil")[0]

    def _guidance(self, rows: Sequence[ActiveRow]) -> Tensor | None:
        if not self.pipeline.transformer.config.guidance_embeds:
            return None
        scales = [row.spec.guidance for row in rows]
        return torch.tensor(scales, device=self.device, dtype=torch.float32)

    def _shape(self, spec: RowSpec) -> tuple[int, int, int]:
        """Channels, height and width of the unpacked latent."""
        cell = self.pipeline.vae_scale_factor
        channels = self.pipeline.transformer.config.in_channels // 4
        return channels, spec.height_px // cell, spec.width_px // cell
