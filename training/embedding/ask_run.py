"""Teach the text tower to search: queries of few facts against pictures, signs among them.

The picture tower stays as it is, so pictures are embedded once. Captions go on being taught,
so that nothing of what the encoder knew is lost.

Notation: ``Q`` queries, ``C`` captions, ``P`` pictures, ``D`` width.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from maquette.training.embedding.asking import Truths, ask_of, worded
from maquette.training.embedding.batches import contents, tokens
from maquette.training.embedding.negatives import captions_of
from maquette.training.world.scene import Scene


@dataclass(frozen=True)
class AskRecipe:
    """All numbers of the training."""

    steps: int = 800
    queries: int = 64
    """Of one step."""
    captions: int = 4
    """Of every third step: they are long."""
    pictures: int = 1_500
    """Of one step, drawn from all."""
    rate: float = 1e-3
    warm_up: int = 50
    seed: int = 23


def teach_asking(
    model: Any,
    tokenizer: Any,
    scenes: Sequence[Scene | None],
    seen: np.ndarray,
    recipe: AskRecipe,
) -> Iterator[dict[str, float]]:
    """Train in place, a step at a time; yields the losses.

    Args:
        model: a CLIP model; only its text tower, text projection and scale are trained.
        scenes: P of them; None for a sign.
        seen: float32 (P, D), their unit vectors by this model.
    """
    truths, pictures = Truths(scenes), torch.from_numpy(seen)
    signs = [None if scene is None else contents(scene) for scene in scenes]
    real = np.array([row for row, scene in enumerate(scenes) if scene is not None])
    bias = nn.Parameter(torch.tensor(-6.0))
    parameters = [
        *model.text_model.parameters(),
        *model.text_projection.parameters(),
        model.logit_scale,
        bias,
    ]
    optimizer = torch.optim.AdamW(parameters, recipe.rate, betas=(0.9, 0.98), weight_decay=0.02)
    for step in range(recipe.steps):
        rng = np.random.default_rng((recipe.seed, step))
        for group in optimizer.param_groups:
            rise = min(1.0, (step + 1) / recipe.warm_up)
            group["lr"] = recipe.rate * rise * 0.5 * (1 + np.cos(np.pi * step / recipe.steps))
        rows = rng.permutation(len(scenes))[: recipe.pictures]
        asked = [ask_of(scenes[row], rng) for row in rows[: recipe.queries]]
        queries = [worded(one, rng) for one in asked]
        factor = model.logit_scale.clamp(max=4.6052).exp()
        said = _said(model, tokenizer, queries)
        cosines = said @ pictures[rows].T  # (Q, P)
        fits = torch.from_numpy(np.stack([truths.of(one)[rows] for one in asked]))
        losses = {
            "found": _found(factor * cosines, fits),
            "sure": 0.1 * _sure(factor * cosines + bias, fits),
        }
        if step % 3 == 0:
            told = rng.choice(real, recipe.captions, replace=False)
            pairs = [captions_of(scenes[row], rng) for row in told]  # type: ignore[arg-type]
            false = [pair[1] or pairs[k - 1][0] for k, pair in enumerate(pairs)]
            described = _said(model, tokenizer, [pair[0] for pair in pairs] + false)
            others = rng.permutation(len(scenes))[:60]
            losses |= _captions(factor, described, pictures, told, others, signs)
        loss = torch.stack(list(losses.values())).sum()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        yield {name: float(value.detach()) for name, value in losses.items()}


def _said(model: Any, tokenizer: Any, texts: list[str]) -> Tensor:
    """Unit vectors of texts."""
    output = model.get_text_features(input_ids=tokens(tokenizer, texts))
    return F.normalize(getattr(output, "pooler_output", output).float(), dim=1)


def _found(logits: Tensor, fits: Tensor) -> Tensor:
    """How unlikely it is that a query takes one of the pictures it is true of."""
    among = logits.masked_fill(~fits, -1e4).logsumexp(1)
    return (logits.logsumexp(1) - among).mean()


def _sure(logits: Tensor, fits: Tensor) -> Tensor:
    """Binary cross-entropy of every query with every picture: one scale for all queries.

    Source: the loss of SigLIP, with the fitting pairs weighing as much as the others.
    """
    each = F.binary_cross_entropy_with_logits(logits, fits.float(), reduction="none")
    return (each[fits].mean() + each[~fits].sum() / fits.sum()) / 2


def _captions(
    factor: Tensor,
    said: Tensor,
    pictures: Tensor,
    told: np.ndarray,
    others: np.ndarray,
    holds: list[Any],
) -> dict[str, Tensor]:
    """Tell each caption's picture from others, and each picture's caption from a false one.

    Args:
        said: (2 C, D), captions and as many false ones.
        told, others: places of the captions' pictures, and of more.
        holds: of every picture; pictures of equal content are no others.
    """
    true, false = said.chunk(2)
    among = np.concatenate([told, others])
    alike = torch.tensor([[holds[a] == holds[b] for b in among] for a in told])
    own = torch.arange(len(told))
    alike[own, own] = False
    cosines = (factor * true @ pictures[among].T).masked_fill(alike, -1e4)  # (C, C + others)
    both = torch.stack([(pictures[told] * text).sum(1) for text in (true, false)], 1)
    return {
        "text_to_image": F.cross_entropy(cosines, own) / 2,
        "one_fact_off": F.cross_entropy(factor * both, torch.zeros_like(own)) / 2,
    }
