"""Train the transformer and its text encoder by rectified flow.

Notation: ``B`` rows, ``C h w`` latents, ``K`` boxes, ``T`` caption tokens, ``D`` text width.
Time ``t = 1`` is noise, ``t = 0`` the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from maquette.model_servers.generation.layout_flow.conditioning import Conditioning
from maquette.model_servers.generation.layout_flow.flow import interpolate
from maquette.model_servers.generation.layout_flow.layout import coverage, paint
from maquette.model_servers.generation.layout_flow.ports import CONCEPT_TOKENS, PortInputs
from maquette.model_servers.generation.layout_flow.shown import concept_slot
from maquette.model_servers.generation.layout_flow.text import pool, states, tokenise
from maquette.training.recipes.rows import Mixture, TrainingRow
from maquette.training.recipes.wordings import Dropping, Wording
from maquette.training.world.scene import Box


@dataclass(frozen=True)
class FlowRecipe:
    """Everything that decides how the flow is trained."""

    batch: int = 64
    """Rows a step."""
    peak_rate: float = 6e-4
    """Learning rate after warm-up."""
    seed: int = 12
    """Decides rows, wordings, dropped conditions, times and noise, with the step index."""
    dropping: Dropping = field(default_factory=Dropping)
    mixture: Mixture = field(default_factory=Mixture)
    time_mean: float = 0.8
    time_spread: float = 1.2
    """Of the logits of times. Above 0 there is more noise: a flat scene is decided there. With
    mean 0 one row in 25 had t > 0.85, where a drawing of 20 steps has 3 of its steps, and shapes
    went wrong in just those."""
    mark_weight: float = 1.5
    """Extra loss weight of cells that hold a thing, a word or a change."""


def encode_rows(
    rows: list[TrainingRow], model: Any, tokenizer: Any, cells: int, device: torch.device
) -> Conditioning:
    """Encode rows with gradients; the same arithmetic as the pipeline's ``encode``."""
    concepts, weights, painted = _concepts(rows, model["transformer"], device)
    wordings = [row.wording for row in rows]
    text, mask, layout = encode_wordings(
        wordings, tokenizer, model["text_encoder"], cells, device, painted
    )
    sources = [row.source for row in rows]
    source = None
    shown = next((s for s in sources if s is not None), None)
    if shown is not None:
        empty = torch.zeros_like(shown)
        source = torch.stack([empty if s is None else s for s in sources]).to(device)
    glyphs = _glyphs(rows, model["transformer"], cells, device)
    return Conditioning(text, mask, layout, PortInputs(source, glyphs, concepts, weights))


def encode_wordings(
    wordings: list[Wording],
    tokenizer: Any,
    text_encoder: nn.Module,
    cells: int,
    device: torch.device,
    painted: dict[tuple[int, int], Tensor] | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Encode captions and layouts.

    Captions are padded to the longest of the batch only.

    Args:
        painted: row and slot of a shown thing to what is added to phrases that mean it.
    Returns: caption states (B, T, D), bool mask (B, T), layout map (B, L, cells, cells).
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
    texts = [(i, p) for i, w in enumerate(wordings) for p in w.phrases]
    if texts:
        said = [p for _, p in texts]
        phrase_ids, phrase_mask = (x.to(device) for x in tokenise(tokenizer, said, None))
        pooled = pool(states(text_encoder, phrase_ids, phrase_mask), phrase_mask)
        if painted:
            nothing = torch.zeros_like(pooled[0])
            extra = [painted.get((i, _slot(p)), nothing).to(pooled.dtype) for i, p in texts]
            pooled = pooled + torch.stack(extra)
        phrases = phrases.masked_scatter(present.to(device)[..., None], pooled.to(phrases.dtype))
    layout = paint(phrases.float(), boxes.to(device), present.to(device), cells, cells)
    return caption_states, mask, layout


def flow_losses(
    transformer: nn.Module,
    clean: Tensor,
    cond: Conditioning,
    marked: Tensor,
    recipe: FlowRecipe,
    step: int,
) -> dict[str, Tensor]:
    """Compute the squared velocity error at logit-normal times.

    Args:
        transformer: predicts velocities.
        clean: normalised latents (B, C, h, w).
        cond: B rows.
        marked: (B, h, w) share of each cell inside a box that counts more, in [0, 1].
        recipe: numbers; the seed and ``step`` decide times and noise.
        step: index of the step.
    Source: Esser et al., "Scaling Rectified Flow Transformers" (logit-normal times).
    """
    source = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
    t = drawn_times(len(clean), source, recipe).to(clean.device)
    noise = torch.randn(clean.shape, generator=source).to(clean.device)
    noisy = interpolate(clean, noise, t)
    velocity = transformer(noisy, t, cond.text_states, cond.text_mask, cond.layout_map, cond.ports)
    error = (velocity.float() - (noise - clean)).square().mean(1)  # (B, h, w)
    weight = 1 + recipe.mark_weight * marked
    return {"velocity": (weight * error).sum() / weight.sum()}


def drawn_times(rows: int, source: torch.Generator, recipe: FlowRecipe) -> Tensor:
    """Draw logit-normal times (rows,) in (0, 1)."""
    return (recipe.time_mean + recipe.time_spread * torch.randn(rows, generator=source)).sigmoid()


def marked_cells(boxes: list[tuple[Box, ...]], cells: int) -> Tensor:
    """Measure how much of each latent cell lies in some box of its row: (B, cells, cells)."""
    slots = max(1, *(len(row) for row in boxes))
    corners = torch.zeros(len(boxes), slots, 4)
    for i, row in enumerate(boxes):
        for k, box in enumerate(row):
            corners[i, k] = torch.tensor(box)
    return coverage(corners, cells, cells).sum(1).clamp(max=1)


def _slot(phrase: str) -> int:
    slot = concept_slot(phrase)
    return -1 if slot is None else slot


def _concepts(
    rows: list[TrainingRow], transformer: Any, device: torch.device
) -> tuple[Tensor | None, Tensor | None, dict[tuple[int, int], Tensor]]:
    """Encode shown things: tokens (B, M, D), weights (B, M), and what is painted where."""
    places = [(i, slot) for i, row in enumerate(rows) for slot in range(len(row.concepts))]
    if not places:
        return None, None, {}
    pictures = np.stack([picture for row in rows for picture in row.concepts])
    pixels = torch.from_numpy(pictures).permute(0, 3, 1, 2).to(device).float() / 255
    slots = torch.tensor([slot for _, slot in places], device=device)
    tokens, painted = transformer.concepts(pixels, slots)
    most = 1 + max(slot for _, slot in places)
    spread = tokens.new_zeros(len(rows), most, CONCEPT_TOKENS, tokens.shape[-1])
    weights = torch.zeros(len(rows), most, CONCEPT_TOKENS, device=device)
    row_index = torch.tensor([i for i, _ in places], device=device)
    spread = spread.index_put((row_index, slots), tokens)
    weights[row_index, slots] = 1.0
    at = {place: painted[n] for n, place in enumerate(places)}
    return spread.flatten(1, 2), weights.flatten(1, 2), at


def _glyphs(
    rows: list[TrainingRow], transformer: Any, cells: int, device: torch.device
) -> Tensor | None:
    """Encode rasters of letters: (B, G, cells, cells), zero for rows without."""
    places = [i for i, row in enumerate(rows) if row.ink is not None]
    if not places:
        return None
    rasters = np.stack([row.ink for row in rows if row.ink is not None])
    features = transformer.glyphs(torch.from_numpy(rasters)[:, None].to(device))
    spread = features.new_zeros(len(rows), *features.shape[1:])
    return spread.index_put((torch.tensor(places, device=device),), features)
