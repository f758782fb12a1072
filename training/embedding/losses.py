"""What the dual encoder learns by.

Notation: ``B`` pairs, ``D`` width.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from maquette.training.world.colours import COLOURS
from maquette.training.world.scene import Scene
from maquette.training.world.things import THINGS

_THING, _COLOUR = ({name: k for k, name in enumerate(table)} for table in (THINGS, COLOURS))


def contrastive(
    pictures: Tensor, captions: Tensor, hard: Tensor, alike: Tensor, scale: Tensor
) -> dict[str, Tensor]:
    """Tell each pair from all others: softmax cross-entropy in both directions.

    Args:
        pictures, captions, hard: (B, D) features; ``hard`` are captions that are false of the
            picture of their row, and candidates for every picture.
        alike: bool (B, B), whether caption j is as true of picture i as its own; such pairs
            are left out. The diagonal counts as its own.
        scale: logarithm of the factor on the cosines; capped at 100.
    Returns: ``image_to_text`` (over 2B captions) and ``text_to_image`` (over B pictures).
    Source: CLIP; hard negative captions as in NegCLIP. The class's sigmoid bias is not used:
        softmax learns faster at batches this small.
    """
    pictures, captions, hard = (F.normalize(x.float(), dim=1) for x in (pictures, captions, hard))
    factor = scale.clamp(max=4.6052).exp()
    own = torch.arange(len(pictures), device=pictures.device)
    others = alike.clone()
    others[own, own] = False
    cosines = (factor * pictures @ captions.T).masked_fill(others, -1e4)  # (B, B)
    against = torch.cat([cosines, factor * pictures @ hard.T], dim=1)  # (B, 2B)
    return {
        "image_to_text": F.cross_entropy(against, own) / 2,
        "text_to_image": F.cross_entropy(cosines.T, own) / 2,
    }


class Contents(nn.Module):
    """Tells from a picture's feature which things of which colour it shows; not exported."""

    def __init__(self, shared: int) -> None:
        super().__init__()
        self.present = nn.Linear(shared, len(THINGS) * len(COLOURS))

    def forward(self, pooled: Tensor, scenes: list[Scene]) -> Tensor:
        """Binary cross-entropy of features (B, D) against what is in the scenes."""
        there = torch.zeros(len(scenes), self.present.out_features)
        for row, scene in enumerate(scenes):
            for placed in scene.things:
                there[row, _THING[placed.thing] * len(COLOURS) + _COLOUR[placed.colour]] = 1
        told = self.present(pooled).float()
        return F.binary_cross_entropy_with_logits(told, there.to(told.device))
