"""Train the transformer and its text encoder by rectified flow.

Notation: ``B`` rows, ``C h w`` latents, ``K`` boxes, ``T`` caption tokens, ``D`` text width.
Time ``t = 1`` is noise, ``t = 0`` the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from maquette.model_servers.generation.layout_flow.conditioning import Conditioning
from maquette.model_servers.generation.layout_flow.flow import interpolate
from maquette.model_servers.generation.layout_flow.layout import coverage, paint
from maquette.model_servers.generation.layout_flow.text import pool, states, tokenise
from maquette.training.world.captions import caption, phrase
from maquette.training.world.scene import Box, Scene


@dataclass(frozen=True)
class FlowRecipe:
    """Everything that decides how the flow is trained."""

    batch: int = 64
    """Rows a step."""
    peak_rate: float = 8e-4
    """Learning rate after warm-up."""
    seed: int = 12
    """Decides rows, wordings, dropped conditions, times and noise, with the step index."""
    drop_all: float = 0.10
    """Share of rows without any condition, for guidance."""
    drop_boxes: float = 0.15
    """Share of rows with a caption alone."""
    drop_caption: float = 0.10
    """Share of rows with boxes alone."""
    drop_some_boxes: float = 0.10
    """Share of rows that lose each box with chance 0.3."""
    unknown_words: float = 0.08
    """Share of captions with a word the tokenizer does not know."""
    thing_weight: float = 1.5
    """Extra loss weight of cells that hold a thing."""


@dataclass(frozen=True)
class Wording:
    """What one training row asks for."""

    caption: str
    """May be empty."""
    phrases: tuple[str, ...]
    """One a box."""
    boxes: tuple[Box, ...]
    """xyxy fractions."""


def word(scene: Scene, recipe: FlowRecipe, rng: np.random.Generator) -> Wording:
    """Draw what a row asks for: wording, and which conditions it lacks."""
    if rng.random() < recipe.drop_all:
        return Wording("", (), ())
    fate = rng.random()
    text, things = (
        caption(scene, rng),
        [scene.things[i] for i in rng.permutation(len(scene.things))],
    )
    if fate < recipe.drop_boxes:
        things = []
    elif fate < recipe.drop_boxes + recipe.drop_caption:
        text = ""
    elif fate < recipe.drop_boxes + recipe.drop_caption + recipe.drop_some_boxes:
        things = [p for p in things if rng.random() > 0.3]
    if text and rng.random() < recipe.unknown_words:
        parts = text.split()
        parts.insert(int(rng.integers(len(parts) + 1)), "~")
        text = " ".join(parts)
    return Wording(text, tuple(phrase(p, rng) for p in things), tuple(p.box for p in things))


def encode_wordings(
    wordings: list[Wording],
    tokenizer: Any,
    text_encoder: nn.Module,
    cells: int,
    device: torch.device,
) -> Conditioning:
    """Encode wordings with gradients; the same arithmetic as the pipeline's ``encode``.

    Captions are padded to the longest of the batch only.
    """
    ids, mask = (x.to(device) for x in tokenise(tokenizer, [w.caption for w in wordings], None))
    rows, slots = len(wordings), max(1, *(len(w.phrases) for w in wordings))
    caption_states = states(text_encoder, ids, mask)
    phrases = caption_states.new_zeros(rows, slots, caption_states.shape[-1])
    boxes = torch.zeros(rows, slots, 4)
    present = torch.zeros(rows, slots, dtype=torch.bool)
    for i, wording in enumerate(wordings):
        for k, box in enumerate(wording.boxes):
            boxes[i, k] = torch.tensor(box)
            present[i, k] = True
    texts = [p for w in wordings for p in w.phrases]
    if texts:
        phrase_ids, phrase_mask = (x.to(device) for x in tokenise(tokenizer, texts, None))
        pooled = pool(states(text_encoder, phrase_ids, phrase_mask), phrase_mask)
        phrases = phrases.masked_scatter(present.to(device)[..., None], pooled.to(phrases.dtype))
    layout = paint(phrases.float(), boxes.to(device), present.to(device), cells, cells)
    return Conditioning(caption_states, mask, layout)


def flow_losses(
    transformer: nn.Module,
    clean: Tensor,
    cond: Conditioning,
    things: Tensor,
    recipe: FlowRecipe,
    step: int,
) -> dict[str, Tensor]:
    """Compute the squared velocity error at logit-normal times.

    Args:
        transformer: predicts velocities.
        clean: normalised latents (B, C, h, w).
        cond: B rows.
        things: (B, h, w) share of each cell inside a thing's box, in [0, 1].
        recipe: numbers; the seed and ``step`` decide times and noise.
        step: index of the step.
    Source: Esser et al., "Scaling Rectified Flow Transformers" (logit-normal times).
    """
    source = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
    t = torch.randn(len(clean), generator=source).sigmoid().to(clean.device)
    noise = torch.randn(clean.shape, generator=source).to(clean.device)
    noisy = interpolate(clean, noise, t)
    velocity = transformer(noisy, t, cond.text_states, cond.text_mask, cond.layout_map)
    error = (velocity.float() - (noise - clean)).square().mean(1)  # (B, h, w)
    weight = 1 + recipe.thing_weight * things
    return {"velocity": (weight * error).sum() / weight.sum()}


def thing_cells(scenes: list[Scene], cells: int) -> Tensor:
    """Measure how much of each latent cell lies in some thing's box: (B, cells, cells)."""
    slots = max(len(s.things) for s in scenes)
    boxes = torch.zeros(len(scenes), slots, 4)
    for i, scene in enumerate(scenes):
        for k, placed in enumerate(scene.things):
            boxes[i, k] = torch.tensor(placed.box)
    return coverage(boxes, cells, cells).sum(1).clamp(max=1)
