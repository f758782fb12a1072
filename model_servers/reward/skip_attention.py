"""SkipCA: lets the reward look at the picture again, past the language model.

Notation: ``B`` rows, ``Q`` query positions, ``V`` visual tokens, ``D`` width.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class RmsNorm(nn.Module):
    """Scale vectors to a root mean square of one, then by learned weights: w x / rms(x).

    Computed in float32; returned in the dtype of the input.
    Source: Zhang and Sennrich, "Root Mean Square Layer Normalization", eq. 4.
    """

    def __init__(self, width: int, epsilon: float = 1e-5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, states: Tensor) -> Tensor:
        """Normalise the last dimension of ``states``, any shape."""
        wide = states.float()
        scaled = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.epsilon)
        return (self.weight.float() * scaled).to(states.dtype)


class SkipAttention(nn.Module):
    """Add what the states find in the visual tokens: RMSNorm(H + softmax(QK^T / sqrt(D)) V).

    One head, no bias; Q from the last hidden states, K and V from the visual embeddings as
    they enter the language model.

    Source: LLaVA-Reward (arXiv 2507.21391) and its code. Differences, each on purpose: it works
    on a LLaVA backbone (the released code skips it there), and padded visual tokens are masked
    on every backbone (the released code masks them on one of three).
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.W_q = nn.Linear(width, width, bias=False)
        self.W_k = nn.Linear(width, width, bias=False)
        self.W_v = nn.Linear(width, width, bias=False)
        self.ca_layernorm = RmsNorm(width)
        for linear in (self.W_q, self.W_k, self.W_v):
            nn.init.normal_(linear.weight, std=1 / (width + 1))

    def forward(self, states: Tensor, visual: Tensor, visual_mask: Tensor) -> Tensor:
        """Attend from ``states`` to ``visual``.

        Args:
            states: (B, Q, D); any subset of positions, each is answered by itself.
            visual: (B, V, D).
            visual_mask: bool (B, V), true where there is a visual token; each row has one.
        Returns: (B, Q, D), dtype of ``states``.
        """
        query, key, value = self.W_q(states), self.W_k(visual), self.W_v(visual)
        scores = (query @ key.transpose(1, 2)).float() / query.shape[-1] ** 0.5  # (B, Q, V)
        scores = scores.masked_fill(~visual_mask[:, None], float("-inf"))
        found = scores.softmax(-1).to(value.dtype) @ value  # (B, Q, D)
        return self.ca_layernorm(states + found)
