"""Rasters of letters for the glyph port, set by the same typesetter as the text role's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.model_servers.text_rendering.block import set_block
from maquette.model_servers.text_rendering.drawing import rasterise, svg_of
from maquette.records.geometry import Box

INK = 0.5
"""Coverage from which a pixel counts as ink; rasters are black and white."""


@dataclass(frozen=True)
class Letters:
    """Words to print into a box."""

    text: str
    box: tuple[float, float, float, float]
    """xyxy fractions."""
    font: str = "sans-bold"
    """A name of the text-rendering catalogue."""


def letter_raster(items: Sequence[Letters], side_px: int) -> Tensor:
    """Set letters and say where their ink lies: float (side_px, side_px), 0 or 1.

    Raises: InvalidInput: unknown font, a character no font has, or words that do not fit.
    """
    import numpy as np

    blocks = []
    for item in items:
        x0, y0, x1, y1 = item.box
        block = TextBlock(
            text=item.text, box=Box(x0=x0, y0=y0, x1=x1, y1=y1), font=item.font, min_size_px=6
        )
        blocks.append(set_block(block, side_px, side_px))
    picture = np.asarray(rasterise(svg_of(blocks, side_px, side_px)))
    return torch.from_numpy((picture[..., 3] / 255 >= INK).astype(np.float32))
