"""Attention as two matrix products.

Notation: ``B`` rows, ``N`` tokens, ``T`` context tokens, ``D`` width.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Attention(nn.Module):
    """Multi-head attention from ``x`` to ``context`` with RMS-normed queries and keys.

    Written as two matrix products: with 64 tokens the fused kernel's backward pass on a
    CPU takes several times as long.
    """

    def __init__(self, width: int, context_width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(context_width, 2 * width)
        self.output = nn.Linear(width, width)
        self.query_gain = nn.Parameter(torch.ones(width // heads))
        self.key_gain = nn.Parameter(torch.ones(width // heads))

    def forward(self, x: Tensor, context: Tensor, mask: Tensor | None = None) -> Tensor:
        """Attend.

        Args:
            x: (B, N, D).
            context: (B, T, context_width).
            mask: bool (B, T), true where attention is allowed; None allows all.
        Returns: (B, N, D).
        """
        q = self._normed(self._split(self.query(x)), self.query_gain)  # (B, heads, N, D/heads)
        k, v = (self._split(y) for y in self.key_value(context).chunk(2, -1))
        scores = q @ self._normed(k, self.key_gain).transpose(-1, -2)  # (B, heads, N, T)
        scores = scores * q.shape[-1] ** -0.5
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None, None, :], float("-inf"))
        y = scores.softmax(-1).to(v.dtype) @ v
        return self.output(y.transpose(1, 2).flatten(2))  # (B, N, D)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    @staticmethod
    def _normed(x: Tensor, gain: Tensor) -> Tensor:
        return functional.rms_norm(x, gain.shape, gain.to(x.dtype), 1e-6)
