"""Close-ups: single things cut from rendered scenes, each as large as the window it is shown in.

Shapes are learned from these first. In a whole scene most patches show nothing, and a small
thing is two patches wide; in a close-up every patch is about one thing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from maquette.training.data.shards import Shard, as_pixels
from maquette.training.world.colours import COLOURS
from maquette.training.world.patterns import PATTERNS
from maquette.training.world.things import THINGS

LEAST = 0.25
"""Share of a patch that a thing must cover for the patch to be its."""
_THINGS, _COLOURS, _PATTERNS = (
    {name: k for k, name in enumerate(table)} for table in (THINGS, COLOURS, PATTERNS)
)
CLASSES = (len(THINGS), len(COLOURS), len(PATTERNS))


@dataclass(frozen=True)
class CloseUps:
    """A batch of close-ups."""

    pixels: Tensor
    """float (B, 3, g p, g p) in [-1, 1]."""
    truth: Tensor
    """int64 (B, 3): thing, colour, pattern."""
    covered: Tensor
    """bool (B, g * g): patches that show the thing."""
    outlines: Tensor
    """float (B, g * g, p * p): which pixels of each patch are the thing's, 0 or 1."""


def close_ups(
    shard: Shard,
    owners: np.ndarray,
    rows: tuple[int, int],
    count: int,
    grid: int,
    patch_px: int,
    rng: np.random.Generator,
) -> CloseUps:
    """Cut things from random scenes.

    Args:
        owners: uint8 (scenes, S, S), whose each pixel is, things counted from 1.
        rows: first scene and the end of the scenes to draw from.
        count: B.
        grid: g, patches on a side of a window.
        patch_px: p.
    """
    side_px = shard.pixels.shape[1]
    steps = (np.arange(grid * patch_px) + 0.5) / (grid * patch_px)
    pixels: list[np.ndarray] = []
    truth, outlines = [], []
    while len(pixels) < count:
        row = int(rng.integers(*rows))
        things = shard.scenes[row].things
        if not things:
            continue
        number = int(rng.integers(len(things)))
        placed = things[number]
        x0, y0, x1, y1 = (v * side_px for v in placed.box)
        side = min(max(x1 - x0, y1 - y0) * rng.uniform(1.05, 2.0), side_px)
        left, top = (
            middle - side / 2 + rng.uniform(-0.1, 0.1) * side
            for middle in ((x0 + x1) / 2, (y0 + y1) / 2)
        )
        columns, lines = (
            np.clip(start + steps * side, 0, side_px - 1).astype(int) for start in (left, top)
        )
        outline = owners[row][lines][:, columns] == number + 1
        if outline.mean() < LEAST / 4:  # hidden behind another thing
            continue
        pixels.append(shard.pixels[row][lines][:, columns])
        truth.append((_THINGS[placed.thing], _COLOURS[placed.colour], _PATTERNS[placed.pattern]))
        outlines.append(in_patches(outline, patch_px))
    drawn = torch.from_numpy(np.stack(outlines)).float()
    return CloseUps(
        as_pixels(np.stack(pixels)),
        torch.tensor(truth),
        drawn.mean(-1) > LEAST,
        drawn,
    )


def in_patches(pixels: np.ndarray, patch_px: int) -> np.ndarray:
    """Cut a square (g p, g p) into patches, row by row: (g * g, p * p)."""
    grid = len(pixels) // patch_px
    parts = pixels.reshape(grid, patch_px, grid, patch_px).transpose(0, 2, 1, 3)
    return parts.reshape(grid * grid, patch_px * patch_px)


def window(grid: int, of: int, rng: np.random.Generator) -> Tensor:
    """Positions of a random square of ``grid`` patches a side in one of ``of``: (g * g,)."""
    top, left = rng.integers(0, of - grid + 1, 2)
    steps = np.arange(grid)
    return torch.from_numpy(((top + steps)[:, None] * of + left + steps).reshape(-1))
