"""What a perspective is taught by: preferences between pairs, or yes and no.

Notation: ``B`` pairs, ``K`` numbers of a reward.
Source: LLaVA-Reward (arXiv 2507.21391), models/loss.py, with tau 0.1.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid

from maquette.model_servers.reward.heads import TAU, HeadKind
from maquette.model_servers.reward.preference import advantage


def pair_losses(
    kind: HeadKind, better: Tensor, worse: Tensor, *, tau: float = TAU, margin: float = 0.0
) -> Tensor:
    """The loss (B,) of each pair, by the head's kind.

    Bradley-Terry and general preference: -log sigmoid((advantage - margin) / tau).
    Yes or no: binary cross-entropy of the better as yes and the worse as no; tau and margin
    play no part.

    Args:
        better, worse: rewards (B, K).
        tau: temperature, above 0.
        margin: by how much the better must win, in the unit of rewards.
    """
    better, worse = better.float(), worse.float()
    if kind is HeadKind.YES_NO:
        yes = binary_cross_entropy_with_logits(
            better, better.new_ones(better.shape), reduction="none"
        )
        no = binary_cross_entropy_with_logits(worse, worse.new_zeros(worse.shape), reduction="none")
        return (yes + no).mean(-1) / 2
    return -logsigmoid((advantage(kind, better, worse) - margin) / tau)
