"""The state of a dual encoder's training: model, lessons, average, optimizer and checkpoint."""

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
from maquette.training.embedding.losses import Contents, contrastive
from maquette.training.recipes.averaging import Average
from maquette.training.recipes.runs.averaged import AveragedRun, begun_slower
from maquette.training.vision.augment import augment
from maquette.training.vision.lessons import Lessons, scene_lessons
from maquette.training.vision.tower import begin_from, compiled_look, look
from maquette.training.world.telling.captions import caption

PROBES = 100
"""Scenes kept from training, for the score."""


@dataclass(frozen=True)
class EmbeddingRecipe:
    """All numbers of the training."""

    batch: int = 48
    peak_rate: float = 1e-3
    weight_decay: float = 0.05
    tower_share: float = 0.3
    """Of the rate, for a tower that was trained before."""
    noise: float = 4.0
    """Largest deviation, in bytes, of noise added to pixels: drawn pictures are not as clean."""
    seed: int = 11


class EmbeddingRun(AveragedRun):
    """Train a dual encoder on rendered scenes.

    Args:
        work: folder of checkpoints; this run's is ``embedding``.
        shard: rendered scenes; the last ``PROBES`` are kept for the score.
        owners: uint8 (scenes, S, S), whose each pixel is.
        device: where to train; matrix products run in bfloat16.
        compiled: compile the vision tower; needs a C++ compiler on a CPU.
        start: a trained ``tower`` and its ``lessons`` to begin with.
    """

    name = "embedding"

    def __init__(
        self,
        work: Path,
        shard: Shard,
        owners: np.ndarray,
        device: torch.device,
        size: EncoderSize = BUNDLED,
        recipe: EmbeddingRecipe | None = None,
        compiled: bool = False,
        start: nn.ModuleDict | None = None,
    ) -> None:
        self.folder = work / self.name
        self.shard, self.owners, self.device, self.size = shard, owners, device, size
        self.recipe = recipe or EmbeddingRecipe()
        self.kept = min(PROBES, len(shard.scenes) // 4)
        self.tokenizer = build_tokenizer()
        self.model = build_models(size, len(self.tokenizer), self.recipe.seed).to(device)
        tower = self.model["encoder"].vision_model
        begin_from(start, tower, self.model["lessons"])
        self.average = Average(self.model, decay=0.998)
        self.look = compiled_look(tower) if compiled else look
        self.parameters = list(self.model.parameters())
        self.optimizer = torch.optim.AdamW(
            begun_slower(self.model, tower, self.recipe.tower_share if start else 1.0),
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
        whole = scene_lessons(self.shard, self.owners, rows, self.size.tower.grid)
        pixels = augment(whole.pixels, self.recipe.noise, rng).to(self.device)
        batch = make_batch([self.shard.scenes[row] for row in rows], self.tokenizer, rng)
        encoder: Any = self.model["encoder"]
        ids = batch.texts.to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            tower = encoder.vision_model
            last = self.look(tower, pixels)[-1]
            pooled = encoder.visual_projection(tower.post_layernorm(last[:, 0])).float()
            said = features(encoder.get_text_features(input_ids=ids))
            patches = self.model["lessons"].patch_loss(last[:, 1:], whole.answers, whole.geometry)
            present = self.model["contents"](pooled, batch.scenes)
        true, false = said.chunk(2)
        alike = batch.alike.to(self.device)
        return {
            **contrastive(pooled, true, false, alike, encoder.logit_scale),
            "patches": 0.3 * patches,
            "present": 20 * present,
        }


def features(output: Any) -> Tensor:
    """Features (B, D) of what a tower gives, in float32."""
    found: Tensor = getattr(output, "pooler_output", output)
    return found.float()


def build_models(size: EncoderSize, vocabulary: int, seed: int) -> nn.ModuleDict:
    """The encoder and the heads that are trained with it."""
    return nn.ModuleDict(
        {
            "encoder": build_dual_encoder(size, vocabulary, seed),
            "lessons": Lessons(size.tower.width, size.tower.patch_px**2),
            "contents": Contents(size.shared),
        }
    )
