"""The state of the reader's training: network, average, optimizer and checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from maquette.model_servers.embedding.encoder import model_folder
from maquette.model_servers.reading.collating import open_tokenizer
from maquette.model_servers.reading.network import ReaderNetwork, network_on
from maquette.training.reading.markup import Example
from maquette.training.reading.score import agreement
from maquette.training.reading.truth import is_kept, losses, make_batch
from maquette.training.reading.varied import Stock, vary
from maquette.training.recipes.averaging import Average
from maquette.training.recipes.runs.averaged import AveragedRun, begun_slower

ALIKE = 4
"""Batches' worth of examples that one of like lengths is chosen from."""
SCORED = 60
"""Kept examples that are looked at while training."""
FROZEN_LAYERS = 2
"""Of the encoder, from below; they stay as they are in their package."""


@dataclass(frozen=True)
class ReaderRecipe:
    """All numbers of the training."""

    batch: int = 24
    peak_rate: float = 8e-4
    encoder_share: float = 0.12
    """Of the rate, for the layers of the encoder that learn."""
    weight_decay: float = 0.01
    foreign: float = 0.35
    """Share of examples that are not English."""
    begun_share: float = 0.6
    """Of the rate, where the weights of an earlier version are begun with: at the full one they
    would be undone."""
    seed: int = 41


class ReaderRun(AveragedRun):
    """Learn to label requests.

    Args:
        work: folder of checkpoints; this run's is ``reader``.
        examples: annotated requests; those that ``is_kept`` are for the score.
        things: names of things by language, for variations.
        begin: weights of an earlier version to begin with; None: heads at random.
    """

    name = "reader"

    def __init__(
        self,
        work: Path,
        examples: Sequence[Example],
        things: dict[str, list[str]],
        recipe: ReaderRecipe | None = None,
        begin: Path | None = None,
    ) -> None:
        self.folder = work / self.name
        self.recipe = recipe or ReaderRecipe()
        self.kept = [one for one in examples if is_kept(one)]
        taught = [one for one in examples if not is_kept(one)]
        self.english = [one for one in taught if one.language == "en"]
        self.foreign = [one for one in taught if one.language != "en"]
        self.stock = Stock.of(taught, things)
        torch.manual_seed(self.recipe.seed)
        self.tokenizer = open_tokenizer(model_folder())
        self.model = new_network(model_folder())
        if begin is not None:
            begin_with(self.model, begin)
            slower = self.recipe.peak_rate * self.recipe.begun_share
            self.recipe = replace(self.recipe, peak_rate=slower)
        self.average = Average(self.model, decay=0.998)
        self.parameters = [p for p in self.model.parameters() if p.requires_grad]
        groups = begun_slower(self.model, self.model.encoder, self.recipe.encoder_share)
        for group in groups:
            group["params"] = [p for p in group["params"] if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            groups,
            self.recipe.peak_rate,
            betas=(0.9, 0.98),
            weight_decay=self.recipe.weight_decay,
        )

    def score(self) -> dict[str, float]:
        """Agreement with the examples kept from training."""
        return agreement(
            self.average.module, self.kept[:: max(1, len(self.kept) // SCORED)], self.tokenizer
        )

    def _alike(self, rng: np.random.Generator) -> list[Example]:
        """Examples of much the same length, so that little of a batch is padding."""
        drawn = []
        for _ in range(self.recipe.batch * ALIKE):
            foreign = self.foreign and rng.random() < self.recipe.foreign
            pool = self.foreign if foreign else self.english
            drawn.append(pool[rng.integers(len(pool))])
        drawn.sort(key=lambda one: len(one.text) * (3 if one.language == "zh" else 1))
        first = int(rng.integers(len(drawn) - self.recipe.batch + 1))
        return drawn[first : first + self.recipe.batch]

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, step))
        self.model.train()
        chosen = [vary(one, self.stock, rng) for one in self._alike(rng)]
        batch, truth, _ = make_batch(chosen, self.tokenizer)
        return losses(self.model, batch, truth)


def begin_with(network: ReaderNetwork, weights: Path) -> None:
    """Take over the weights of an earlier version; a layer that has grown since keeps its new
    columns as they are. Raises: RuntimeError: a tensor has another shape in another place."""
    own = network.state_dict()
    for name, value in load_file(weights).items():
        if name == "enter.weight" and value.shape[1] < own[name].shape[1]:
            value = torch.cat([value.float(), own[name][:, value.shape[1] :]], dim=1)
        own[name] = value.float()
    network.load_state_dict(own)


def new_network(folder: Path) -> ReaderNetwork:
    """A network that begins with the encoder of a folder; its lower layers stay as they are."""
    network = network_on(folder)
    for part in (network.encoder.embeddings, *network.encoder.encoder.layer[:FROZEN_LAYERS]):
        part.requires_grad_(False)
    return network
