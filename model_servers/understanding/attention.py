"""Where a model looked: attention over the tokens of a picture as a small grid.

Notation: ``W`` views, ``H`` heads, ``Q`` asking tokens, ``K`` known tokens, ``N`` picture
tokens, ``g`` the grid's side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

MAX_SIDE = 24
"""A larger grid is averaged down: it goes with the reply."""


def picture_attention(layers: Sequence[Tensor], picture: slice) -> Tensor:
    """The attention that the last token pays each picture token: (N,).

    The mean of layers, heads and views of the picture.

    Args:
        layers: per layer (W, H, Q, K); rows sum to 1.
        picture: where the picture's tokens stand among K.
    """
    import torch

    rows = torch.stack([layer[:, :, -1, picture].float().mean(dim=(0, 1)) for layer in layers])
    return rows.mean(dim=0)


def grid_of(attention: Tensor) -> tuple[tuple[float, ...], ...]:
    """Attention (N,) as rows of a square (g, g) that sums to 1; empty where N makes no square."""
    import torch

    side = math.isqrt(len(attention))
    if side * side == len(attention) - 1:  # a class token stands before the patches
        attention = attention[1:]
    elif side * side != len(attention):
        return ()
    grid = attention.reshape(1, 1, side, side)
    if side > MAX_SIDE:
        grid = torch.nn.functional.adaptive_avg_pool2d(grid, MAX_SIDE)
    grid = grid[0, 0] / grid.sum().clamp(min=1e-12)
    return tuple(tuple(round(value, 5) for value in row) for row in grid.tolist())
