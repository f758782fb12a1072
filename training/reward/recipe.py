"""The numbers of a reward training, and a new model ready for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from peft import LoraConfig

from maquette.model_servers.reward.directory import RewardIndex
from maquette.model_servers.reward.heads import TAU, HeadKind
from maquette.model_servers.reward.load import load_backbone, load_words
from maquette.model_servers.reward.model import RewardModel
from maquette.model_servers.reward.rows import RowWriter

LINEARS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""Every linear layer of the language model gets its LoRA."""


@dataclass(frozen=True)
class RewardRecipe:
    """Everything that decides how a perspective is trained."""

    batch: int = 12
    """Lessons a step, all pairs of each."""
    peak_rate: float = 1e-3
    """Learning rate after warm-up; the paper's 2e-4 is for a model 500 times larger."""
    seed: int = 31
    """Decides weights and rows, with the step index."""
    rank: int = 16
    """Of the LoRA; alpha is twice as much, as in the paper."""
    tau: float = TAU
    margin: float = 0.0
    level: float = 0.0
    """How much it counts that right rows stand above nought and wrong ones below, whatever the
    caption: a likelihood alone is lower for longer captions."""
    weight_decay: float = 0.01
    swap_labels: bool = False
    """The control: teach that the worse is better."""


def fresh_model(
    backbone: Path,
    subject: str,
    head: HeadKind,
    recipe: RewardRecipe,
    device: torch.device,
    likelihood: bool = False,
) -> tuple[RewardModel, RowWriter]:
    """A frozen backbone with one perspective of fresh weights, and its writer of rows."""
    model = RewardModel(load_backbone(backbone))
    torch.manual_seed(recipe.seed)
    lora = LoraConfig(
        r=recipe.rank, lora_alpha=2 * recipe.rank, target_modules=list(LINEARS), bias="none"
    )
    model.add(subject, lora, head, likelihood=likelihood)
    words = load_words(backbone, model, RewardIndex(), reply=likelihood)
    return model.to(device).eval(), words
