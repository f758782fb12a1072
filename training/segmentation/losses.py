"""What a segmenter is trained for: masks of phrases, and knowing what lies under each patch.

The shipped class runs its towers without gradients, so its own parts are called here one by one;
a test compares the result with the class's forward.

Notation: ``B`` pictures, ``K`` phrases a picture, ``R = B K`` rows, ``S`` side in pixels, ``T``
tokens, ``P`` patches, ``D`` width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from maquette.training.vision.lessons import Lessons, SceneLessons
from maquette.training.vision.tokens import SPECIAL

ALIKE = 0.6
"""Cosine from which a patch counts as meant: two said words, one of them wrong, reach 0.5."""


@dataclass(frozen=True)
class Batch:
    """One step's data."""

    whole: SceneLessons
    """Pictures, and what is told about their patches."""
    ids: Tensor
    """Token ids (R, T), the phrases of a picture one after another."""
    attended: Tensor
    """int (R, T): 0 at padding."""
    truth: Tensor
    """float (R, S, S), 0 or 1."""


def ask(model: Any, ids: Tensor, attended: Tensor) -> Tensor:
    """Embed phrases with gradients: (R, shared)."""
    return model.clip.get_text_features(input_ids=ids, attention_mask=attended).pooler_output


def answer(model: Any, states: list[Tensor], asked: Tensor) -> Tensor:
    """Decode logits (R, S, S); each picture's states serve its ``R / B`` phrases.

    Args:
        states: after each layer of the tower, each (B, 1 + P, D).
        asked: phrases (R, shared).
    """
    phrases = len(asked) // len(states[0])
    seen = [states[k].repeat_interleave(phrases, 0) for k in model.extract_layers]
    return model.decoder(seen, asked).logits


def mask_losses(logits: Tensor, truth: Tensor) -> dict[str, Tensor]:
    """Binary cross-entropy over pixels, and Dice over the phrases that mean something.

    Both are computed in float32. The pixels of a small thing count as much as those of a large
    one in Dice; absent things count in cross-entropy alone.
    """
    logits, truth = logits.float(), truth.float()
    pixel = F.binary_cross_entropy_with_logits(logits, truth)
    chance = logits.sigmoid().flatten(1)
    flat = truth.flatten(1)
    both = (chance * flat).sum(1)
    dice = 1 - (2 * both + 1) / (chance.sum(1) + flat.sum(1) + 1)
    present = (flat.sum(1) > 0).float()
    return {"pixel": 2 * pixel, "dice": (dice * present).sum() / present.sum().clamp(min=1)}


def alignment_loss(model: Any, last: Tensor, asked: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy of each patch's cosine to a phrase against how much of it the phrase means.

    The decoder alone first learns to find every thing for any phrase and stays there for long;
    a tower and phrases that share a space, which CLIPSeg is given, lead it past that.

    Args:
        last: states of the tower's last layer (B, 1 + P, D).
        asked: phrases (R, shared), ``R / B`` a picture.
        truth: masks (R, S, S).
    """
    patches = model.clip.visual_projection(model.clip.vision_model.post_layernorm(last[:, 1:]))
    seen = F.normalize(patches.float(), dim=-1)
    said = F.normalize(asked.float(), dim=-1).unflatten(0, (len(last), -1))
    cosines = torch.einsum("bpd,brd->brp", seen, said).flatten(0, 1)
    grid = round(cosines.shape[1] ** 0.5)
    share = F.adaptive_avg_pool2d(truth.float()[:, None], grid).flatten(1)
    logits = model.clip.logit_scale.exp() * (cosines - ALIKE)
    return F.binary_cross_entropy_with_logits(logits, share)


def wording_loss(model: Any, asked: Tensor, ids: Tensor) -> Tensor:
    """Cross-entropy of a phrase's words, told from its embedding by their own embeddings.

    Keeps phrases apart: with masks alone they all become one, since knowing where things are
    helps long before knowing which is meant.

    Args:
        asked: phrases (R, shared), ``shared`` being the width of word embeddings.
        ids: their tokens (R, T); special ones are left out.
    """
    table = F.normalize(model.clip.text_model.embeddings.token_embedding.weight.float(), dim=-1)
    said = F.normalize(asked.float(), dim=-1)
    chances = (model.clip.logit_scale.exp() * said @ table.T).log_softmax(-1)
    counted = (ids >= len(SPECIAL)).float()
    return -(chances.gather(1, ids) * counted).sum() / counted.sum().clamp(min=1)


def segmentation_losses(
    model: Any, lessons: Lessons, states: list[Tensor], batch: Batch, masks: bool = True
) -> dict[str, Tensor]:
    """All losses of one step; several phrases share a picture's pass through the tower.

    Args:
        states: after each layer of the tower, each (B, 1 + P, D).
        masks: whether the decoder is trained too.
    """
    last = states[-1]
    asked = ask(model, batch.ids, batch.attended)
    patch = lessons.patch_loss(last[:, 1:], batch.whole.answers, batch.whole.geometry)
    return {
        **(mask_losses(answer(model, states, asked), batch.truth) if masks else {}),
        "align": 2 * alignment_loss(model, last, asked, batch.truth),
        "words": 0.2 * wording_loss(model, asked, batch.ids),
        "patch": 0.2 * patch,
    }


def intersection_over_union(found: Tensor, truth: Tensor) -> Tensor:
    """Overlap of bool masks (R, S, S) with their truth: float (R,); 1 where both are empty."""
    both = (found & truth).flatten(1).sum(1).float()
    either = (found | truth).flatten(1).sum(1).float()
    return torch.where(either > 0, both / either.clamp(min=1), torch.ones_like(either))
