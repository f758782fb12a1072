"""The state of the planner's language model in training: network, average, optimizer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from maquette.training.language.pairs import Pair
from maquette.training.language.tokens import END, START, encoded
from maquette.training.recipes.averaging import Average
from maquette.training.recipes.runs.averaged import AveragedRun

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM

NONE = -100
MAX_TOKENS = 4_096
"""Of a prompt and its answer. Fewer than a planner asks an answer of, so that a model that goes on
and on ends soon; the planner then asks for a shorter one."""
MAX_TAUGHT = 900
"""Tokens of a pair; longer ones are left out."""
DRAWN = 128
"""Pairs that those of like lengths are chosen from for a batch."""
SCORED = 120
"""Kept pairs that are looked at while training."""

Taught = tuple[list[int], int]


@dataclass(frozen=True)
class DecoderRecipe:
    """All numbers of the training."""

    hidden: int = 192
    layers: int = 5
    heads: int = 3
    """Of 64 numbers each, a size that vLLM has kernels for on every processor."""
    inner: int = 512
    batch_tokens: int = 4_096
    peak_rate: float = 2.5e-3
    warmup: int = 100
    weight_decay: float = 0.05
    seed: int = 23


class DecoderRun(AveragedRun):
    """Learn to answer a request with its plan.

    Args:
        work: folder of checkpoints; this run's is ``decoder``.
        pairs: with those that are kept from training, which are for the score.
    """

    name = "decoder"

    def __init__(
        self,
        work: Path,
        pairs: Sequence[Pair],
        tokenizer: Tokenizer,
        recipe: DecoderRecipe | None = None,
    ) -> None:
        self.folder = work / self.name
        self.recipe = recipe or DecoderRecipe()
        self.warmup = self.recipe.warmup
        self.tokenizer = tokenizer
        self.taught = _short([one for one in pairs if not one.kept], tokenizer)
        kept = _short([one for one in pairs if one.kept], tokenizer)
        self.kept = kept[:: max(1, len(kept) // SCORED)]
        torch.manual_seed(self.recipe.seed)
        self.model = new_decoder(self.recipe, tokenizer)
        self.average = Average(self.model, decay=0.998)
        self.parameters = list(self.model.parameters())
        matrices = [p for p in self.parameters if p.ndim > 1]
        others = [p for p in self.parameters if p.ndim < 2]
        decay = self.recipe.weight_decay
        self.optimizer = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}],
            self.recipe.peak_rate,
            betas=(0.9, 0.95),
        )

    @torch.no_grad()
    def score(self) -> dict[str, float]:
        """Of pairs kept from training: the loss, and the shares of tokens and of answers right."""
        losses, right, whole = [], [], []
        for one in self.kept:
            logits, gold = answered(self.average.module, [one])
            hits = logits.argmax(-1) == gold
            losses.append(float(F.cross_entropy(logits, gold)))
            right.append(float(hits.float().mean()))
            whole.append(float(hits.all()))
        if not losses:
            return {}
        told = {"kept": losses, "tokens": right, "answers": whole}
        return {name: float(np.mean(values)) for name, values in told.items()}

    def tokens_of(self, step: int) -> int:
        """Tokens of a step's batch, padding left out."""
        return sum(len(ids) for ids, _ in self._batch(step))

    def _batch(self, step: int) -> list[Taught]:
        """Some of those drawn by chance that are of like lengths, so that little is padding."""
        rng = np.random.default_rng((self.recipe.seed, step))
        drawn = np.sort(rng.integers(len(self.taught), size=DRAWN))
        first = int(rng.integers(DRAWN))
        chosen: list[Taught] = []
        for number in (*drawn[first:], *drawn[:first][::-1]):
            one = self.taught[number]
            width = max(len(one[0]), *(len(ids) for ids, _ in chosen), 0)
            if chosen and width * (len(chosen) + 1) > self.recipe.batch_tokens:
                break
            chosen.append(one)
        return chosen

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        self.model.train()
        logits, gold = answered(self.model, self._batch(step))
        return {"answer": F.cross_entropy(logits, gold)}


def _short(pairs: Sequence[Pair], tokenizer: Tokenizer) -> list[Taught]:
    """The tokens of pairs, shortest first; those of one length stay in their order."""
    told = [one for one in encoded(pairs, tokenizer) if len(one[0]) <= MAX_TAUGHT]
    return sorted(told, key=lambda one: len(one[0]))


def new_decoder(recipe: DecoderRecipe, tokenizer: Tokenizer) -> LlamaForCausalLM:
    """A network with random weights, of a class that vLLM serves."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=recipe.hidden,
        intermediate_size=recipe.inner,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        num_key_value_heads=recipe.heads,
        max_position_embeddings=MAX_TOKENS,
        tie_word_embeddings=True,
        initializer_range=0.04,
        bos_token_id=tokenizer.token_to_id(START),
        eos_token_id=tokenizer.token_to_id(END),
        pad_token_id=tokenizer.token_to_id(END),
    )
    return LlamaForCausalLM(config)


def answered(model: LlamaForCausalLM, batch: Sequence[Taught]) -> tuple[Tensor, Tensor]:
    """What a model says at every token of the answers, and what is right there.

    Returns: logits (N, vocabulary) and tokens (N,). Only these go through the output layer, which
        is a third of the work.
    """
    width = max(len(ids) for ids, _ in batch)
    inputs = torch.zeros(len(batch), width, dtype=torch.long)
    labels = torch.full((len(batch), width), NONE)
    for row, (ids, told) in enumerate(batch):
        inputs[row, : len(ids)] = torch.tensor(ids)
        labels[row, told - 1 : len(ids) - 1] = torch.tensor(ids[told:])
    # Padding stands behind the answers, and no token sees what comes behind it.
    states = model.model(input_ids=inputs, use_cache=False).last_hidden_state
    there = labels != NONE
    return model.lm_head(states[there]), labels[there]
