"""What a tower is asked while it learns: heads that are dropped when it is done.

Notation: ``B`` pictures, ``P = g * g`` patches of ``p`` pixels, ``D`` width.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from maquette.training.data.shards import Shard, as_pixels
from maquette.training.vision import closeups
from maquette.training.vision.patches import CLASSES, GEOMETRY, IGNORED, LETTERS, lessons

WEIGHTS = {
    "thing": 1.0,
    "colour": 0.5,
    "pattern": 0.4,
    "size": 0.3,
    "centre": 0.5,
    **dict.fromkeys(LETTERS, 0.4),
}
OTHER_WEIGHT = 0.2
GEOMETRY_WEIGHT = 2.0


@dataclass(frozen=True)
class SceneLessons:
    """Whole scenes, and the truth about each patch."""

    pixels: Tensor
    """float (B, 3, S, S) in [-1, 1]."""
    answers: dict[str, Tensor]
    """Question to int64 (B, P); ``IGNORED`` where it has no answer."""
    geometry: Tensor
    """float (B, P, 4), NaN where there is none."""
    outlines: Tensor
    """float (B, P, p * p): which pixels are some thing's, 0 or 1."""


class Lessons(nn.Module):
    """Answers about patches from a tower's states."""

    def __init__(self, width: int, patch_pixels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.answers = nn.Linear(width, sum(CLASSES.values()) + GEOMETRY)
        self.close_ups = nn.Linear(width, sum(closeups.CLASSES))
        self.outlines = nn.Linear(width, patch_pixels)

    def told(self, states: Tensor) -> dict[str, Tensor]:
        """Logits (B, P, classes) of each question, and ``geometry`` (B, P, 4)."""
        return self._told(self.norm(states))

    def _told(self, seen: Tensor) -> dict[str, Tensor]:
        parts = self.answers(seen).float().split([*CLASSES.values(), GEOMETRY], -1)
        return dict(zip((*CLASSES, "geometry"), parts, strict=True))

    def name_thing(self, states: Tensor, covered: Tensor) -> Tensor:
        """Logits (B, things) of a close-up: the mean over its patches that show the thing."""
        logits = self.close_ups(self.norm(states)).float()[..., : closeups.CLASSES[0]]
        return _mean(logits, covered)

    def close_up_losses(self, states: Tensor, some: closeups.CloseUps) -> tuple[Tensor, Tensor]:
        """Cross-entropy of naming, by each patch and by all; and of outlines."""
        covered, seen = some.covered.to(states.device), self.norm(states)
        logits = self.close_ups(seen).float()
        named = logits.new_zeros(())
        for k, part in enumerate(logits.split(closeups.CLASSES, dim=-1)):
            right = some.truth[:, k].to(states.device)
            each = F.cross_entropy(part[covered], right[:, None].expand(covered.shape)[covered])
            named = named + (each + F.cross_entropy(_mean(part, covered), right)) / (1 + k)
        drawn = self.outlines(seen).float()
        return named, F.binary_cross_entropy_with_logits(drawn, some.outlines.to(states.device))

    def print_loss(self, states: Tensor, letters: dict[str, Tensor]) -> Tensor:
        """Cross-entropy of the letters (B, P) that patches show."""
        told = self.told(states)
        return sum(
            (_cross_entropy(told[name], right) for name, right in letters.items()),
            states.new_zeros((), dtype=torch.float32),
        )

    def scene_losses(self, states: Tensor, whole: SceneLessons) -> tuple[Tensor, Tensor]:
        """Weighted loss of all questions about scenes; and of outlines."""
        seen = self.norm(states)
        drawn = self.outlines(seen).float()
        outlines = F.binary_cross_entropy_with_logits(drawn, whole.outlines.to(states.device))
        return self._patch_loss(seen, whole.answers, whole.geometry), outlines

    def patch_loss(self, states: Tensor, answers: dict[str, Tensor], geometry: Tensor) -> Tensor:
        """Weighted loss over states (B, P, D), answers (B, P) and geometry (B, P, 4)."""
        return self._patch_loss(self.norm(states), answers, geometry)

    def _patch_loss(self, seen: Tensor, answers: dict[str, Tensor], geometry: Tensor) -> Tensor:
        told = self._told(seen)
        loss = seen.new_zeros((), dtype=torch.float32)
        for name, right in answers.items():
            if bool((right != IGNORED).any()):
                loss = loss + WEIGHTS.get(name, OTHER_WEIGHT) * _cross_entropy(told[name], right)
        geometry = geometry.to(seen.device)
        known = geometry.isfinite()
        if bool(known.any()):
            away = F.l1_loss(told["geometry"][known], geometry[known])
            loss = loss + GEOMETRY_WEIGHT * away
        return loss


def scene_lessons(
    shard: Shard, owners: np.ndarray, rows: np.ndarray, grid: int = 16
) -> SceneLessons:
    """Collect scenes and what each patch of them shows.

    Args:
        owners: uint8 (scenes, S, S), whose each pixel is, things counted from 1.
        rows: B indexes of scenes.
        grid: g, patches on a side.
    """
    pixels = np.stack([shard.pixels[row] for row in rows])
    patch_px = pixels.shape[1] // grid
    told, places, outlines = [], [], []
    for row in rows:
        whose = np.asarray(owners[row])
        middles = whose[patch_px // 2 :: patch_px, patch_px // 2 :: patch_px]
        answers, geometry = lessons(shard.scenes[row], middles.astype(np.int8) - 1)
        told.append(answers)
        places.append(geometry)
        outlines.append(closeups.in_patches(whose > 0, patch_px))
    return SceneLessons(
        as_pixels(pixels),
        {n: torch.from_numpy(np.stack([one[n] for one in told])).flatten(1) for n in CLASSES},
        torch.from_numpy(np.stack(places)).flatten(2).transpose(1, 2),
        torch.from_numpy(np.stack(outlines)).float(),
    )


def _cross_entropy(logits: Tensor, right: Tensor) -> Tensor:
    """Of logits (B, P, C) and classes (B, P), ``IGNORED`` left out."""
    right = right.flatten().to(logits.device)
    return F.cross_entropy(logits.flatten(0, 1), right, ignore_index=IGNORED)


def _mean(logits: Tensor, covered: Tensor) -> Tensor:
    """Mean of logits (B, P, C) over covered patches (B, P): (B, C)."""
    share = covered.float()[..., None]
    return (logits * share).sum(1) / share.sum(1).clamp(min=1)
