"""Train the autoencoder on rendered scenes.

Notation: ``B`` batch, ``H W`` pixels of a crop, ``C h w`` latents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from maquette.model_servers.generation.layout_flow.autoencoder import LayoutAutoencoder
from maquette.training.data.shards import Shard


@dataclass(frozen=True)
class AutoencoderRecipe:
    """Everything that decides how the autoencoder is trained."""

    batch: int = 32
    """Crops a step."""
    crop_px: int = 128
    """Side of a crop; a multiple of 16."""
    peak_rate: float = 8e-4
    """Learning rate after warm-up."""
    seed: int = 11
    """Decides crops, flips and noise, together with the step index."""
    edge_weight: float = 3.0
    """Extra weight of pixels at an edge."""
    noise: float = 0.08
    """Standard deviation of noise added to latents, so that small flow errors do not show."""
    latent_penalty: float = 5e-4
    """Weight of the mean squared latent, which keeps the noise from being outgrown."""
    anchor_weight: float = 0.02
    """Weight of the mean squared change of latents that an earlier model already had."""
    permuted: float = 0.15
    """Share of crops whose colour channels are permuted, so that unnamed colours work too."""


def crop_batch(shard: Shard, recipe: AutoencoderRecipe, step: int) -> Tensor:
    """Cut the crops of one step, three in four around a thing.

    Returns: float (B, 3, crop_px, crop_px) in [0, 1].
    """
    rng = np.random.default_rng((recipe.seed, step))
    size, side = shard.pixels.shape[1], recipe.crop_px
    crops = np.empty((recipe.batch, side, side, 3), dtype=np.uint8)
    for i, index in enumerate(rng.integers(len(shard.scenes), size=recipe.batch)):
        scene = shard.scenes[index]
        boxes = [p.box for p in scene.things] + [w.box for w in scene.words]
        x, y = rng.integers(0, size - side + 1, size=2)
        if boxes and rng.random() < 0.75:
            x0, y0, x1, y1 = boxes[rng.integers(len(boxes))]
            cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
            jitter = rng.uniform(-0.5, 0.5, size=2) * side
            x, y = (
                int(np.clip(c * size - side / 2 + j, 0, size - side))
                for c, j in zip((cx, cy), jitter, strict=True)
            )
        crop = shard.pixels[index, y : y + side, x : x + side]
        crop = crop[:, ::-1] if rng.random() < 0.5 else crop
        crop = crop[..., rng.permutation(3)] if rng.random() < recipe.permuted else crop
        crops[i] = crop
    return torch.from_numpy(crops).permute(0, 3, 1, 2).float() / 255


def reconstruction_losses(output: Tensor, target: Tensor, edge_weight: float) -> dict[str, Tensor]:
    """Compare pictures by pixels, by steps between pixels, and by the means of blocks.

    Args:
        output, target: float (B, 3, H, W), target in [0, 1].
        edge_weight: extra weight of pixels whose neighbour differs.
    """
    error = output - target
    dx, dy = error.diff(dim=-1), error.diff(dim=-2)
    with torch.no_grad():
        strength = functional.pad(target.diff(dim=-1).abs().amax(1, True), (0, 1))
        strength = torch.maximum(
            strength, functional.pad(target.diff(dim=-2).abs().amax(1, True), (0, 0, 0, 1))
        )
        edges = (functional.max_pool2d(strength, 3, 1, 1) > 0.06).float()
    blocks = functional.avg_pool2d(error, 4)
    return {
        "pixel": ((1 + edge_weight * edges) * error.abs()).mean(),
        "gradient": dx.abs().mean() + dy.abs().mean(),
        "block": blocks.abs().mean() + functional.avg_pool2d(blocks, 4).abs().mean(),
    }


def autoencoder_losses(
    model: LayoutAutoencoder,
    pixels: Tensor,
    recipe: AutoencoderRecipe,
    step: int,
    anchor: LayoutAutoencoder | None = None,
) -> dict[str, Tensor]:
    """Compute the losses of one step; noise is drawn from the recipe's seed and the step.

    Args:
        anchor: an earlier autoencoder whose normalised latents the first channels stay near.
    """
    noise_source = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
    latents = model.encode(pixels)
    noise = torch.randn(latents.shape, generator=noise_source).to(latents)
    output = model.decode(latents + recipe.noise * noise)
    losses = reconstruction_losses(output, pixels, recipe.edge_weight)
    losses["latent"] = recipe.latent_penalty * latents.float().square().mean()
    if anchor is not None:
        with torch.no_grad():
            before = anchor.encode(pixels) * anchor.scale + anchor.shift
        moved = (latents[:, : before.shape[1]] - before) / anchor.scale
        losses["anchor"] = recipe.anchor_weight * moved.float().square().mean()
    return losses
