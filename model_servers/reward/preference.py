"""From rewards to probabilities: pure arithmetic, for the role and for training alike.

Notation: ``B`` rows, ``K`` numbers of a reward: 1, or 2 for general preferences.
"""

from __future__ import annotations

import torch
from torch import Tensor

from maquette.model_servers.reward.heads import TAU, HeadKind


def advantage(kind: HeadKind, a: Tensor, b: Tensor) -> Tensor:
    """How much better ``a`` is than ``b``: r_a - r_b, or a_0 b_1 - a_1 b_0.

    Args:
        a, b: rewards (B, K).
    Returns: (B,); swapping the two changes the sign.
    """
    if kind is HeadKind.GENERAL_PREFERENCE:
        return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return (a - b)[:, 0]


def preference(kind: HeadKind, a: Tensor, b: Tensor, tau: float = TAU) -> Tensor:
    """Probability (B,) that ``a`` is better than ``b``: sigmoid(advantage / tau)."""
    return torch.sigmoid(advantage(kind, a, b) / tau)
