"""The state of a training of the model that sees and speaks: model, average, checkpoint.

Notation: ``B`` pictures, ``S`` pixels on a side, ``N = g * g`` patches, ``D`` vision width,
``L`` tokens of a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from maquette.training.data.shards import Shard
from maquette.training.recipes.averaging import Average
from maquette.training.recipes.runs.averaged import AveragedRun, begun_slower
from maquette.training.understanding.components import (
    BUNDLED,
    SeerSize,
    build_seer,
    build_tokenizer,
)
from maquette.training.understanding.naming import Naming
from maquette.training.understanding.pointing import (
    ANSWER_HEAD,
    BEFORE_HEAD,
    NOUN_HEAD,
    Nouns,
    asked_nouns,
    attention_loss,
    head_attention,
    judged_pairs,
)
from maquette.training.understanding.turns import Packed, Talker, pack
from maquette.training.understanding.wordbook import known_words
from maquette.training.vision.augment import augment
from maquette.training.vision.lessons import Lessons, scene_lessons
from maquette.training.vision.patches import IGNORED
from maquette.training.vision.tower import begin_from, compiled_look, look

_PROBE_STEPS = range(10**9, 10**9 + 3)


@dataclass(frozen=True)
class SeerRecipe:
    """How the model is trained."""

    batch: int = 24
    """Pictures a step."""
    talk: int = 191
    """Tokens of talk after each picture's."""
    peak_rate: float = 1e-3
    tower_share: float = 0.3
    """Of the rate, for a tower that was trained before."""
    printed: float = 0.35
    """Share of pictures chosen for their printed words, which one scene in six has."""
    naming_weight: float = 0.3
    """Of picture tokens named with words."""
    pointing_weight: float = 0.2
    """Of nouns that look at what they name and at nouns before, and answers that look at nouns."""
    telling_weight: float = 0.1
    """Of nouns that tell what they saw."""
    judging_weight: float = 0.3
    """Of second nouns that tell whether what is asked of both is so."""
    noise: float = 4.0
    """Largest deviation, in bytes, of noise added to pixels: drawn pictures are not as clean."""
    seed: int = 0


class SeerRun(AveragedRun):
    """Train on rendered scenes; captions, questions and wordings are drawn anew each step.

    Args:
        work: folder of checkpoints; this run's is ``seer``.
        shard: rendered scenes; the last 256 are kept for the score.
        owners: uint8 (scenes, S, S), whose each pixel is.
        start: a trained ``tower`` and its ``lessons`` to begin with.
        device: where to train; matrix products run in bfloat16.
        compiled: compile both towers, half as fast again; needs a C++ compiler on a CPU.
    """

    name = "seer"
    warmup = 200

    def __init__(
        self,
        work: Path,
        shard: Shard,
        owners: np.ndarray,
        device: torch.device,
        size: SeerSize = BUNDLED,
        recipe: SeerRecipe | None = None,
        start: nn.ModuleDict | None = None,
        compiled: bool = False,
    ) -> None:
        self.folder = work / self.name
        self.shard, self.owners, self.device, self.size = shard, owners, device, size
        self.recipe = recipe or SeerRecipe()
        self.count = len(shard.scenes)
        self.kept = min(256, self.count // 10)
        self.printed = np.flatnonzero([bool(scene.words) for scene in shard.scenes])
        self.tokenizer = build_tokenizer(known_words())
        self.talker = Talker(self.tokenizer)
        self.model: Any = build_seer(size, self.tokenizer, self.recipe.seed)
        nn.Module.to(self.model, device)
        tower = self.model.model.vision_tower
        self.look = compiled_look(tower) if compiled else look
        self.talk = compiled_talk(self.model.model.language_model) if compiled else talk
        torch.manual_seed(self.recipe.seed)
        self.lessons = Lessons(size.tower.width, size.tower.patch_px**2).to(device)
        begin_from(start, tower, self.lessons)
        self.naming = Naming(self.tokenizer.get_vocab(), size.width).to(device)
        self.nouns = Nouns(self.tokenizer.get_vocab())
        self.average = Average(self.model, decay=0.998)
        both = nn.ModuleList([self.model, self.lessons, self.naming])
        self.parameters = list(both.parameters())
        self.optimizer = torch.optim.AdamW(
            begun_slower(both, tower, self.recipe.tower_share if start else 1.0),
            self.recipe.peak_rate,
            betas=(0.9, 0.98),
            weight_decay=0.02,
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
            for name in rows[0]
        }

    def _modules(self) -> dict[str, nn.Module]:
        return {**super()._modules(), "lessons": self.lessons, "naming": self.naming}

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        return self._losses(self.model, step, 0, self.count - self.kept)

    def _losses(self, model: Any, step: int, first: int, end: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, step))
        rows = self._rows(first, end, rng)
        whole = scene_lessons(self.shard, self.owners, rows, self.size.tower.grid)
        pixels = augment(whole.pixels, self.recipe.noise, rng).to(self.device)
        turns = [self.talker.turns(self.shard.scenes[row], rng) for row in rows]
        count = self.size.tower.grid**2
        packed = pack(turns, self.talker, count, 1 + count + self.recipe.talk)
        with torch.autocast(self.device.type, torch.bfloat16):
            features, picture, talked = self._forward(model, pixels, packed)
            targets = packed.targets.to(self.device)
            said = targets != IGNORED
            logits = model.lm_head(talked.hidden[said]).float()
            loss = functional.cross_entropy(logits, targets[said], reduction="none")
            described = packed.described.to(self.device)[said]
            named, outlines = self.lessons.scene_losses(features, whole)
            words = model.get_input_embeddings().weight
            nouns = self.nouns.targets(packed.ids, whole.answers, whole.geometry, packed.mask[:, 0])
            looked = attention_loss(talked.looked, nouns.where, nouns.right)
            linked = attention_loss(talked.linked, nouns.second, nouns.first)
            asked = asked_nouns(packed, nouns.where)
            heard = attention_loss(talked.heard, *asked)
            second, verdict = judged_pairs(packed.targets, *asked, self.naming.verdicts[:, 0].cpu())
            naming = self.naming.loss(picture, words, whole.answers, whole.geometry)
            telling = self.naming.told_loss(
                talked.inner[nouns.where], words, nouns.told, nouns.place, nouns.before
            ) + self.naming.place_loss(talked.early[nouns.where], nouns.place)
            return {
                "describe": loss[described].mean(),
                "answer": loss[~described].mean(),
                "patches": 0.5 * (named + outlines),
                "named": self.recipe.naming_weight * naming,
                "pointed": self.recipe.pointing_weight * (looked + heard + linked),
                "told": self.recipe.telling_weight * telling,
                "judged": self.recipe.judging_weight
                * self.naming.judged_loss(talked.inner[second], words, verdict),
            }

    def _rows(self, first: int, end: int, rng: np.random.Generator) -> np.ndarray:
        """Indexes of a batch of scenes, some of them chosen for their printed words."""
        rows = rng.integers(first, end, size=self.recipe.batch)
        printed = self.printed[(self.printed >= first) & (self.printed < end)]
        if len(printed):
            chosen = rng.choice(printed, size=self.recipe.batch)
            rows = np.where(rng.random(self.recipe.batch) < self.recipe.printed, chosen, rows)
        return rows

    def _forward(self, model: Any, pixels: Tensor, packed: Packed) -> tuple[Tensor, Tensor, Talked]:
        """The pictures' features (B, N, D), their tokens (B, N, width), and rows of talk."""
        features = self.look(model.model.vision_tower, pixels)[-1][:, 1:]
        picture = model.model.multi_modal_projector(features)  # (B, N, width)
        embeds = model.get_input_embeddings()(packed.ids.to(self.device))
        count = picture.shape[1]
        rows = torch.cat([embeds[:, :1], picture.to(embeds.dtype), embeds[:, 1 + count :]], dim=1)
        mask, positions = packed.mask.to(self.device), packed.positions.to(self.device)
        talked = self.talk(model.model.language_model, rows, mask, positions, count)
        return features, picture, talked


class Talked(NamedTuple):
    """What a Llama made of some rows."""

    hidden: Tensor
    """States (B, L, width) after the last norm."""
    early: Tensor
    """States (B, L, width) that go into the last layer but one."""
    inner: Tensor
    """States (B, L, width) that go into the last layer."""
    looked: list[Tensor]
    """Of inner layers, logarithms of a head's attention to start and picture, (B, L, 1 + N)."""
    heard: list[Tensor]
    """Of the last two layers, logarithms of another head's attention, (B, L, L)."""
    linked: list[Tensor]
    """Of the last layer but one, logarithms of a third head's attention, (B, L, L)."""


def compiled_talk(model: Any) -> Callable[..., Talked]:
    """Compile ``talk`` for training this model, with plain attention as in ``compiled_look``."""
    for layer in model.layers:
        layer.self_attn.config._attn_implementation = "eager"
    return torch.compile(talk, dynamic=False)


def talk(model: Any, rows: Tensor, mask: Tensor, positions: Tensor, patches: int) -> Talked:
    """Run a Llama with gradients.

    Args:
        rows: embeddings (B, L, width).
        mask: bool (B, 1, L, L), what each token may look at.
        positions: int64 (B, L).
        patches: how many tokens after the first are the picture's.
    """
    turned = model.rotary_emb(rows, position_ids=positions)
    allowed = torch.zeros_like(mask, dtype=rows.dtype).masked_fill(~mask, -1e9)
    # A noun has to have heard of the colour before it when it looks, and what it saw has to
    # reach the answer: inner layers look at patches, the last ones at nouns.
    layers = list(model.layers)
    inner = layers[1:-1] or layers
    # A noun learns where the one before it is in the last layer but one, which that one has to
    # know by then.
    looked, heard, linked, entered = [], [], [], []
    for layer in layers:
        entered.append(rows)
        if layer in inner:
            all_of_it = head_attention(layer, rows, allowed, turned, NOUN_HEAD)
            looked.append(all_of_it[..., : 1 + patches])
        if layer in layers[-2:]:
            heard.append(head_attention(layer, rows, allowed, turned, ANSWER_HEAD))
        if layer is layers[-2:][0]:
            linked.append(head_attention(layer, rows, allowed, turned, BEFORE_HEAD))
        rows = layer(rows, attention_mask=allowed, position_embeddings=turned)
    return Talked(model.norm(rows), entered[-2:][0], entered[-1], looked, heard, linked)
