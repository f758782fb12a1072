"""What steers the generator, as tensors whose first dimension is the row.

Notation: ``B`` rows, ``T`` caption tokens (fixed), ``D`` text width, ``L = D + 9``
layout channels, ``h w`` latent cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from maquette.model_servers.generation.layout_flow.ports import PortInputs


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

    ports: PortInputs = field(default_factory=PortInputs)
    """What goes into the ports."""

    @property
    def rows(self) -> int:
        """Number of rows, B."""
        return self.text_states.shape[0]

    def select(self, indices: Sequence[int] | Tensor) -> Conditioning:
        """Pick rows by index, in that order; an index may repeat."""
        picked = torch.as_tensor(indices, dtype=torch.long, device=self.text_states.device)
        return Conditioning(
            self.text_states[picked],
            self.text_mask[picked],
            self.layout_map[picked],
            self.ports.select(picked),
        )

    def to(self, device: torch.device | str) -> Conditioning:
        """Move all tensors to a device."""
        return Conditioning(
            self.text_states.to(device),
            self.text_mask.to(device),
            self.layout_map.to(device),
            self.ports.to(device),
        )

    @staticmethod
    def cat(parts: Sequence[Conditioning]) -> Conditioning:
        """Stack the rows of several conditionings.

        Raises: ValueError: if there are none.
        """
        if not parts:
            raise ValueError("no conditionings to stack; expected at least one")
        return Conditioning(
            torch.cat([p.text_states for p in parts]),
            torch.cat([p.text_mask for p in parts]),
            torch.cat([p.layout_map for p in parts]),
            PortInputs.cat([p.ports for p in parts], [p.rows for p in parts]),
        )
