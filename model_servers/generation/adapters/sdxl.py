"""The adapter of Stable Diffusion XL: two text encoders, and the picture's size as a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from maquette.model_servers.generation.adapters.contract import RowSpec
from maquette.model_servers.generation.adapters.stable_diffusion import (
    Encoded,
    StableDiffusionAdapter,
)

if TYPE_CHECKING:
    from PIL.Image import Image


class StableDiffusionXLAdapter(StableDiffusionAdapter):
    """Rows of a ``StableDiffusionXLPipeline``."""

    default_guidance = 5.0

    def __init__(self, pipeline: Any, *, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__(pipeline, device=device, dtype=dtype)
        if dtype == torch.float16 and pipeline.vae.config.force_upcast:
            pipeline.vae.to(torch.float32)  # It overflows in half precision.

    def encode(self, spec: RowSpec) -> Encoded:
        is_guided = self._is_guided(spec)
        positive, negative, pooled, negative_pooled = self.pipeline.encode_prompt(
            prompt=spec.prompt,
            device=self.device,
            num_images_per_prompt=1,
            do_classifier_free_guidance=is_guided,
            negative_prompt=spec.negative_prompt or None,
        )
        size = self._size_condition(spec, pooled)
        extra = {"text_embeds": pooled, "time_ids": size}
        negative_extra = {"text_embeds": negative_pooled, "time_ids": size} if is_guided else {}
        return Encoded(positive, negative, extra, negative_extra, self._kept(spec))

    def _to_latent(self, encoded: Any) -> Tensor:
        config = self.pipeline.vae.config
        latent = encoded.latent_dist.mode()
        mean, std = (getattr(config, name, None) for name in ("latents_mean", "latents_std"))
        if mean is not None and std is not None:
            mean, std = (latent.new_tensor(v).view(1, -1, 1, 1) for v in (mean, std))
            latent = (latent - mean) / std
        return latent * config.scaling_factor

    def _drawn(self, latent: Tensor, spec: RowSpec) -> Image:
        vae = self.pipeline.vae
        latent = latent.to(vae.dtype)
        mean, std = (getattr(vae.config, name, None) for name in ("latents_mean", "latents_std"))
        if mean is not None and std is not None:
            mean, std = (latent.new_tensor(v).view(1, -1, 1, 1) for v in (mean, std))
            scaled = latent * std / vae.config.scaling_factor + mean
        else:
            scaled = latent / vae.config.scaling_factor
        pixels = vae.decode(scaled, return_dict=False)[0]
        if self.pipeline.watermark is not None:
            pixels = self.pipeline.watermark.apply_watermark(pixels)
        return self.pipeline.image_processor.postprocess(pixels, output_type="pil")[0]

    def _size_condition(self, spec: RowSpec, pooled: Tensor) -> Tensor:
        """Original size, crop corner and target size, as the model was trained with: (1, 6)."""
        size = (spec.height_px, spec.width_px)
        second = self.pipeline.text_encoder_2
        width = int(pooled.shape[-1]) if second is None else second.config.projection_dim
        return self.pipeline._get_add_time_ids(
            size, (0, 0), size, dtype=pooled.dtype, text_encoder_projection_dim=width
        ).to(self.device)
