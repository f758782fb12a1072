"""The state of a training of the model that sees and speaks: model, average, checkpoint.

Notation: ``B`` pictures, ``S`` pixels on a side, ``N = g * g`` patches, ``D`` vision width,
``L`` tokens of a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from maquette.training.data.shards import Shard
from maquette.training.recipes.averaged_run import AveragedRun
from maquette.training.recipes.averaging import Average
from maquette.training.understanding.components import (
    BUNDLED,
    SeerSize,
    build_seer,
    build_tokenizer,
)
from maquette.training.vision.patches import CLASSES, GEOMETRY, IGNORED, lessons
from maquette.training.understanding.turns import Talker, pack
from maquette.training.understanding.wordbook import known_words
from maquette.training.world.scene import Scene

_PROBE_STEPS = range(10**9, 10**9 + 3)
_WEIGHTS = {"thing": 1.0, "colour": 0.5, "pattern": 0.4, "size": 0.3, "centre": 2.0}
_OTHER_WEIGHT = 0.2
_GEOMETRY_WEIGHT = 2.0


@dataclass(frozen=True)
class SeerRecipe:
    """How the model is trained."""

    batch: int = 24
    """Pictures a step."""
    talk: int = 191
    """Tokens of talk after each picture's."""
    peak_rate: float = 1e-3
    lessons_until: float = 1.0
    """Share of the training after which patches are no longer asked about."""
    noise: float = 4.0
    """Largest deviation, in bytes, of noise added to pixels: drawn pictures are not as clean."""
    seed: int = 0


class Lessons(nn.Module):
    """Answers about patches from the vision tower's features. For training only."""

    def __init__(self, width: int, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.norm = nn.LayerNorm(width)
        self.answers = nn.Linear(width, sum(CLASSES.values()) + GEOMETRY)

    def forward(self, features: Tensor, answers: dict[str, Tensor], geometry: Tensor) -> Tensor:
        """The weighted loss over features (B, N, D), answers (B, N) and geometry (B, N, 4)."""
        told = self.answers(self.norm(features)).float()
        *parts, place = told.split([*CLASSES.values(), GEOMETRY], dim=-1)
        loss = told.new_zeros(())
        for (name, right), part in zip(answers.items(), parts, strict=True):
            if bool((right != IGNORED).any()):
                weight = _WEIGHTS.get(name, _OTHER_WEIGHT)
                loss = loss + weight * functional.cross_entropy(
                    part.flatten(0, 1), right.flatten(), ignore_index=IGNORED
                )
        known = geometry.isfinite()
        if bool(known.any()):
            away = functional.l1_loss(place[known], geometry[known])
            loss = loss + _GEOMETRY_WEIGHT * away
        return loss


class SeerRun(AveragedRun):
    """Train on rendered scenes; captions, questions and wordings are drawn anew each step.

    Args:
        work: folder of checkpoints; this run's is ``seer``.
        shards: pictures with scenes; the last 256 are kept for the score.
        owners: which thing each patch shows, for all shards' scenes in order.
        device: where to train; matrix products run in bfloat16.
        compiled: compile inner layers; needs a C++ compiler on a CPU.
    """

    name = "seer"
    warmup = 200

    def __init__(
        self,
        work: Path,
        shards: list[Shard],
        owners: list[np.ndarray],
        device: torch.device,
        size: SeerSize = BUNDLED,
        recipe: SeerRecipe | None = None,
        compiled: bool = False,
    ) -> None:
        self.folder = work / self.name
        self.shards, self.owners, self.device, self.size = shards, owners, device, size
        self.recipe = recipe or SeerRecipe()
        self.starts = np.cumsum([0, *(len(shard.scenes) for shard in shards)])
        self.count = int(self.starts[-1])
        self.kept = min(256, self.count // 10)
        self.tokenizer = build_tokenizer(known_words())
        self.talker = Talker(self.tokenizer)
        self.model: Any = build_seer(size, self.tokenizer, self.recipe.seed)
        nn.Module.to(self.model, device)
        self.average = Average(self.model, decay=0.998)
        self.lessons = Lessons(size.vision_width, self.recipe.seed).to(device)
        if compiled:
            compile_layers(self.model)
        modules: list[Any] = [self.model, self.lessons]
        self.parameters = [p for module in modules for p in module.parameters()]
        self.optimizer = torch.optim.AdamW(
            self.parameters, self.recipe.peak_rate, betas=(0.9, 0.98), weight_decay=0.02
        )

    @torch.no_grad()
    def score(self) -> dict[str, float]:
        """Losses of the average on scenes that are kept from training."""
        rows = [
            self._losses(self.average.module, step, self.count - self.kept, self.count)
            for step in _PROBE_STEPS
        ]
        return {
            f"held_out_{name}": sum(float(row[name]) for row in rows) / len(rows)
            for name in ("describe", "answer", "patches")
        }

    def _modules(self) -> dict[str, nn.Module]:
        return {**super()._modules(), "lessons": self.lessons}

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        return self._losses(self.model, step, 0, self.count - self.kept)

    def _losses(self, model: Any, step: int, first: int, end: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, step))
        rows = rng.integers(first, end, size=self.recipe.batch)
        pixels, scenes, answers, geometry = self._pictures(rows, rng)
        turns = [self.talker.turns(scene, rng) for scene in scenes]
        count = self.size.grid**2
        packed = pack(turns, self.talker, count, 1 + count + self.recipe.talk)
        with torch.autocast(self.device.type, torch.bfloat16):
            hidden, features = self._forward(model, pixels, packed.ids, packed)
            targets = packed.targets.to(self.device)
            told = targets != IGNORED
            logits = model.lm_head(hidden[told]).float()
            loss = functional.cross_entropy(logits, targets[told], reduction="none")
            described = packed.described.to(self.device)[told]
            return {
                "describe": loss[described].mean(),
                "answer": loss[~described].mean(),
                "patches": 0.5 * self.lessons(features, answers, geometry),
            }

    def _forward(
        self, model: Any, pixels: Tensor, ids: Tensor, packed: Any
    ) -> tuple[Tensor, Tensor]:
        """Hidden states (B, L, width) of rows of talk, and features (B, N, D) of pictures."""
        seen = model.get_image_features(
            pixel_values=pixels, return_dict=True, output_hidden_states=True
        )
        picture = torch.stack(list(seen.pooler_output))  # (B, N, width)
        embeds = model.get_input_embeddings()(ids.to(self.device))
        count = picture.shape[1]
        rows = torch.cat([embeds[:, :1], picture.to(embeds.dtype), embeds[:, 1 + count :]], dim=1)
        out = model.model.language_model(
            inputs_embeds=rows,
            attention_mask=packed.mask.to(self.device),
            position_ids=packed.positions.to(self.device),
            use_cache=False,
        )
        return out.last_hidden_state, seen.hidden_states[-1]

    def _pictures(
        self, rows: np.ndarray, rng: np.random.Generator
    ) -> tuple[Tensor, list[Scene], dict[str, Tensor], Tensor]:
        """Noisy normalised pixels (B, 3, S, S), scenes, and what each patch shows."""
        pixels, scenes, told, places = [], [], [], []
        for row in rows:
            which = int(np.searchsorted(self.starts, row, side="right")) - 1
            at = int(row - self.starts[which])
            shard = self.shards[which]
            pixels.append(shard.pixels[at])
            scenes.append(shard.scenes[at])
            answers, geometry = lessons(shard.scenes[at], self.owners[which][at])
            told.append(answers)
            places.append(geometry)
        batch = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).to(self.device).float()
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        level = torch.rand(len(batch), 1, 1, 1, generator=generator) * self.recipe.noise
        noise = torch.randn(batch.shape, generator=generator) * level
        batch = (batch + noise.to(self.device)).clamp(0, 255) / 127.5 - 1
        batch = functional.interpolate(batch, self.size.image_px, mode="area")
        stacked = {
            name: torch.from_numpy(np.stack([t[name] for t in told])).flatten(1).to(self.device)
            for name in CLASSES
        }
        where = torch.from_numpy(np.stack(places)).flatten(2).transpose(1, 2).to(self.device)
        return batch, scenes, stacked, where


def compile_layers(model: Any) -> None:
    """Compile the networks of every layer in place; parameters keep their names."""
    for layer in model.model.vision_tower.encoder.layers:
        layer.mlp.compile()
    for layer in model.model.language_model.layers:
        layer.mlp.compile()
