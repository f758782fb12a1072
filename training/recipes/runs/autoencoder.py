"""The state of an autoencoder training: model, average, optimizer and checkpoint."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from maquette.model_servers.generation.layout_flow.autoencoder import LayoutAutoencoder
from maquette.training.data.shards import Shard
from maquette.training.recipes.autoencoder import (
    AutoencoderRecipe,
    autoencoder_losses,
    crop_batch,
)
from maquette.training.recipes.averaging import Average
from maquette.training.recipes.checkpoints import load_checkpoint
from maquette.training.recipes.growth import grow_autoencoder, open_start
from maquette.training.recipes.runs.averaged import AveragedRun
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.split import UNSEEN

_PROBES = 16


class AutoencoderRun(AveragedRun):
    """Train an autoencoder from scratch, or its decoder on a finished encoder.

    Args:
        work: folder of checkpoints; ``autoencoder`` holds the first phase, and
            ``decoder`` the second, which starts from the first's average.
        shard: rendered training scenes.
        device: where to train; bfloat16 autocast is used for the convolutions.
        decoder_only: run the second phase.
        recipe: all numbers.
        widths: features of a new autoencoder.
        channels: latent channels of a new autoencoder.
    With a pack in ``work/start`` the first phase starts from its autoencoder, and the latents
    of the channels that it had are held near to what they were.
    """

    def __init__(
        self,
        work: Path,
        shard: Shard,
        device: torch.device,
        decoder_only: bool = False,
        recipe: AutoencoderRecipe | None = None,
        widths: tuple[int, int, int] = (64, 128, 192),
        channels: int = 16,
    ) -> None:
        self.name = "decoder" if decoder_only else "autoencoder"
        self.folder = work / self.name
        self.shard, self.device = shard, device
        self.recipe = recipe or AutoencoderRecipe()
        torch.manual_seed(self.recipe.seed)
        self.model = LayoutAutoencoder(channels, widths)
        self.anchor: LayoutAutoencoder | None = None
        if decoder_only:
            self.model = finished_autoencoder(work, widths, channels)
            self.model.encoder.requires_grad_(False)
        elif (start := open_start(work)) is not None:
            grow_autoencoder(self.model, start.autoencoder)
            self.anchor = start.autoencoder.eval().requires_grad_(False).to(device)
        self.model.to(device, memory_format=torch.channels_last)
        self.average = Average(self.model)
        self.parameters = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.parameters, self.recipe.peak_rate, betas=(0.9, 0.99), weight_decay=1e-4
        )

    @torch.no_grad()
    def score(self) -> dict[str, float]:
        """Measure mean absolute error, in [0, 1] pixel units, on scenes of held-out pairs."""
        pixels = probe_pixels(_PROBES).to(self.device)
        output = self.average.module.decode(self.average.module.encode(pixels))
        return {"held_out": float((output.clamp(0, 1) - pixels).abs().mean())}

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        pixels = crop_batch(self.shard, self.recipe, step).to(
            self.device, memory_format=torch.channels_last
        )
        with torch.autocast(self.device.type, torch.bfloat16):
            return autoencoder_losses(self.model, pixels, self.recipe, step, self.anchor)


def probe_pixels(count: int, size_px: int = 256) -> Tensor:
    """Render held-out scenes: float (count, 3, size_px, size_px) in [0, 1]."""
    rng = np.random.default_rng(20_001)
    scenes = [sample_scene(rng, UNSEEN) for _ in range(count)]
    block = np.stack([render(s, size_px) for s in scenes])
    return torch.from_numpy(block).permute(0, 3, 1, 2).float() / 255


def finished_autoencoder(
    work: Path, widths: tuple[int, int, int] = (64, 128, 192), channels: int = 16
) -> LayoutAutoencoder:
    """Load the averaged weights of the first phase, with the second's decoder if it ran.

    Raises: FileNotFoundError: if the first phase left no checkpoint.
    """
    for name in ("decoder", "autoencoder"):
        model = LayoutAutoencoder(channels, widths)
        if load_checkpoint(work / name, {"average": model}) is not None:
            return model
    raise FileNotFoundError(
        f"no autoencoder checkpoint in {work}; run `python -m maquette.training.generator"
        f" autoencoder --work {work}` first"
    )
