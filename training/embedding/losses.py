"""What the dual encoder learns by.

Notation: ``B`` pairs, ``D`` width, ``P`` patches, ``L`` labels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


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


class Hints(nn.Module):
    """Heads that read the truth off the patches while training; they are not exported.

    Where what is, told patch by patch, teaches a young transformer in minutes what pairs of
    pictures and captions would teach in hours (the dense side of TIPS).
    """

    def __init__(self, width: int, shared: int, things: int, colours: int, patterns: int) -> None:
        super().__init__()
        self.thing = nn.Linear(width, things + 1)
        self.colour = nn.Linear(width, colours + 1)
        self.pattern = nn.Linear(width, patterns + 1)
        self.present = nn.Linear(shared, things * colours)

    def forward(self, patches: Tensor, pooled: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Score the heads.

        Args:
            patches: (B, P, D) last states. pooled: (B, D) features.
            labels: int (B, P, 3), thing, colour and pattern at the middle of each patch; 0: none.
        Returns: ``patch_thing``, ``patch_colour``, ``patch_pattern``, ``present``.
        """
        colours = self.colour.out_features - 1
        pairs = (labels[..., 0] - 1) * colours + labels[..., 1] - 1  # (B, P)
        there = torch.zeros(len(labels), self.present.out_features, device=labels.device)
        rows, places = torch.nonzero(labels[..., 0], as_tuple=True)
        there[rows, pairs[rows, places]] = 1
        heads = {"thing": self.thing, "colour": self.colour, "pattern": self.pattern}
        losses = {
            f"patch_{name}": 0.5
            * F.cross_entropy(head(patches).float().flatten(0, 1), labels[..., place].flatten())
            for place, (name, head) in enumerate(heads.items())
        }
        told = self.present(pooled).float()
        return {**losses, "present": 20 * F.binary_cross_entropy_with_logits(told, there)}
