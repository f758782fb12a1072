"""What steers the generator, as tensors whose first dimension is the row.

Notation: ``B`` rows, ``T`` caption tokens (fixed), ``D`` text width, ``L = D + 9``
layout channels, ``h w`` latent cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor


@dataclass(frozen=True)
class Conditioning:
    """Captions and layouts of ``B`` rows. Shapes depend on ``B`` alone, so rows of
    different requests can share a batch."""

    text_states: Tensor
    """float (B, T, D): caption states of the text encoder."""
    text_mask: Tensor
    """bool (B, T): true at tokens, false at padding."""
    layout_map: Tensor
    """float (B, L, h, w): phrases and geometry painted into latent cells."""

    @property
    def rows(self) -> int:
        """Number of rows, B."""
        return self.text_states.shape[0]

    def select(self, indices: Sequence[int] | Tensor) -> Conditioning:
        """Pick rows by index, in that order; an index may repeat."""
        picked = torch.as_tensor(indices, dtype=torch.long, device=self.text_states.device)
        return Conditioning(*(getattr(self, f.name)[picked] for f in fields(self)))

    def to(self, device: torch.device | str) -> Conditioning:
        """Move all tensors to a device."""
        return Conditioning(*(getattr(self, f.name).to(device) for f in fields(self)))

    @staticmethod
    def cat(parts: Sequence[Conditioning]) -> Conditioning:
        """Stack the rows of several conditionings.

        Raises: ValueError: if there are none.
        """
        if not parts:
            raise ValueError("no conditionings to stack; expected at least one")
        return Conditioning(
            *(torch.cat([getattr(p, f.name) for p in parts]) for f in fields(Conditioning))
        )
