"""The state of a dual encoder's training: model, hints, average, optimizer and checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from maquette.training.data.shards import Shard, as_pixels
from maquette.training.embedding.batches import contents, make_batch, tokens
from maquette.training.embedding.components import (
    BUNDLED,
    EncoderSize,
    build_dual_encoder,
    build_tokenizer,
)
from maquette.training.embedding.losses import Hints, contrastive
from maquette.training.recipes.averaged_run import AveragedRun
from maquette.training.recipes.averaging import Average
from maquette.training.world.captions import caption
from maquette.training.world.colours import COLOURS
from maquette.training.world.patterns import PATTERNS
from maquette.training.world.things import THINGS

PROBES = 100
"""Scenes kept from training, for the score."""


@dataclass(frozen=True)
class EmbeddingRecipe:
    """All numbers of the training."""

    batch: int = 48
    peak_rate: float = 1e-3
    weight_decay: float = 0.05
    seed: int = 11


class EmbeddingRun(AveragedRun):
    """Train a dual encoder on rendered scenes.

    Args:
        work: folder of checkpoints; this run's is ``embedding``.
        shard: rendered scenes; the last ``PROBES`` are kept for the score.
        device: where to train; matrix products run in bfloat16.
        compiled: compile attention and networks of each layer; needs a C++ compiler on a CPU.
            What comes out is compared with what came out before, once.
        start: a trained tower to begin with.
    """

    name = "embedding"

    def __init__(
        self,
        work: Path,
        shard: Shard,
        device: torch.device,
        size: EncoderSize = BUNDLED,
        recipe: EmbeddingRecipe | None = None,
        compiled: bool = False,
        start: nn.Module | None = None,
    ) -> None:
        self.folder = work / self.name
        self.shard, self.device, self.size = shard, device, size
        self.recipe = recipe or EmbeddingRecipe()
        self.kept = min(PROBES, len(shard.scenes) // 4)
        self.tokenizer = build_tokenizer()
        self.model = build_models(size, len(self.tokenizer), self.recipe.seed).to(device)
        if start is not None:
            self.model["encoder"].vision_model.load_state_dict(start.state_dict())
        self.average = Average(self.model, decay=0.998)
        if compiled:
            compile_layers(self.model["encoder"], size, device)
        self.parameters = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.parameters,
            self.recipe.peak_rate,
            betas=(0.9, 0.98),
            weight_decay=self.recipe.weight_decay,
        )

    @torch.no_grad()
    def score(self) -> dict[str, float]:
        """Recall at one in both directions among the kept scenes (wordings of training)."""
        first = len(self.shard.scenes) - self.kept
        model: Any = self.average.module["encoder"]
        scenes = self.shard.scenes[first:]
        texts = [caption(s, np.random.default_rng((3, i)), "long") for i, s in enumerate(scenes)]
        pixels = as_pixels(self.shard.pixels[first:])
        with torch.autocast(self.device.type, torch.bfloat16):
            seen = torch.cat(
                [features(model.get_image_features(pixel_values=part.to(self.device)))
                 for part in pixels.split(20)]
            )  # fmt: skip
            ids = tokens(self.tokenizer, texts).to(self.device)
            said = features(model.get_text_features(input_ids=ids))
        cosines = nn.functional.normalize(seen, dim=1) @ nn.functional.normalize(said, dim=1).T
        own = torch.arange(len(scenes), device=cosines.device)
        return {
            "image_r1": float((cosines.argmax(1) == own).float().mean()),
            "text_r1": float((cosines.argmax(0) == own).float().mean()),
            "different_scenes": float(len({contents(scene) for scene in scenes})),
        }

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, step))
        first_kept = len(self.shard.scenes) - self.kept
        rows = rng.choice(first_kept, size=min(self.recipe.batch, first_kept), replace=False)
        batch = make_batch(self.shard, rows, self.tokenizer, self.size, rng)
        encoder: Any = self.model["encoder"]
        ids = batch.texts.to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            seen = encoder.get_image_features(pixel_values=batch.pixels.to(self.device))
            said = features(encoder.get_text_features(input_ids=ids))
            pooled = features(seen)
            hints = self.model["hints"](
                seen.last_hidden_state[:, 1:], pooled, batch.labels.to(self.device)
            )
        true, false = said.chunk(2)
        alike = batch.alike.to(self.device)
        return {**contrastive(pooled, true, false, alike, encoder.logit_scale), **hints}


def features(output: Any) -> Tensor:
    """Features (B, D) of what a tower gives, in float32."""
    found: Tensor = getattr(output, "pooler_output", output)
    return found.float()


def build_models(size: EncoderSize, vocabulary: int, seed: int) -> nn.ModuleDict:
    """The encoder and the hint heads that are trained with it."""
    encoder = build_dual_encoder(size, vocabulary, seed)
    hints = Hints(size.tower.width, size.shared, len(THINGS), len(COLOURS), len(PATTERNS))
    return nn.ModuleDict({"encoder": encoder, "hints": hints})


def compile_layers(encoder: Any, size: EncoderSize, device: torch.device) -> bool:
    """Compile the layers of both towers in place; parameters keep their names.

    Returns: whether they stay compiled; they do not when the outcome is not as before.
    """
    layers = [
        part
        for tower in (encoder.vision_model, encoder.text_model)
        for layer in tower.encoder.layers
        for part in (layer.self_attn, layer.mlp)
    ]
    generator, side_px = torch.Generator().manual_seed(0), size.tower.image_px
    probe = torch.randn(2, 3, side_px, side_px, generator=generator).to(device)

    def look() -> Tensor:
        with torch.no_grad(), torch.autocast(device.type, torch.bfloat16):
            return features(encoder.get_image_features(pixel_values=probe))

    before = look()
    for layer in layers:
        layer.compile()
    after = look()
    if torch.isfinite(after).all() and (after - before).abs().max() <= 0.05 * before.abs().max():
        return True
    for layer in layers:
        layer._compiled_call_impl = None
    return False
