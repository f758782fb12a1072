"""Close-ups: single things and words cut from rendered scenes, as large as their windows.

Shapes are learned from these first. In a whole scene most patches show nothing, and a small
thing is two patches wide; in a close-up every patch is about one thing. Letters are rarer still:
four scenes in five print nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from maquette.training.data.shards import Shard, as_pixels
from maquette.training.vision.patches import LETTERS, blank, tell_print
from maquette.training.world.colours import COLOURS
from maquette.training.world.drawing.patterns import PATTERNS
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
    pixels: list[np.ndarray] = []
    truth, outlines = [], []
    while len(pixels) < count:
        row = int(rng.integers(*rows))
        things = shard.scenes[row].things
        if not things:
            continue
        number = int(rng.integers(len(things)))
        placed = things[number]
        x0, y0, x1, y1 = placed.box
        side = min(max(x1 - x0, y1 - y0) * rng.uniform(1.05, 2.0), 1.0)
        left, top = (
            middle - side / 2 + rng.uniform(-0.1, 0.1) * side
            for middle in ((x0 + x1) / 2, (y0 + y1) / 2)
        )
        window_of = (left, top, side, grid * patch_px)
        outline = _cut(owners[row], *window_of) == number + 1
        if outline.mean() < LEAST / 4:  # hidden behind another thing
            continue
        pixels.append(_cut(shard.pixels[row], *window_of))
        truth.append((_THINGS[placed.thing], _COLOURS[placed.colour], _PATTERNS[placed.pattern]))
        outlines.append(in_patches(outline, patch_px))
    drawn = torch.from_numpy(np.stack(outlines)).float()
    return CloseUps(
        as_pixels(np.stack(pixels)),
        torch.tensor(truth),
        drawn.mean(-1) > LEAST,
        drawn,
    )


def close_ups_of_words(
    shard: Shard,
    rows: np.ndarray,
    count: int,
    grid: int,
    patch_px: int,
    rng: np.random.Generator,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Cut windows from the printed words of random scenes, enlarged up to twice.

    Args:
        rows: scenes to draw from, each with a printed word.
        count, grid, patch_px: as for ``close_ups``.
    Returns: pixels, float (B, 3, g p, g p) in [-1, 1]; and the letter at each place of each
        patch, int64 (B, g * g), as ``patches.lessons`` tells them.
    """
    pixels: list[np.ndarray] = []
    told: list[dict[str, np.ndarray]] = []
    for row in rng.choice(rows, count):
        word = shard.scenes[row].words[0]
        side = grid * patch_px / shard.pixels.shape[1] / rng.uniform(0.8, 2.0)
        x0, y0, x1, y1 = word.box
        left = rng.uniform(x0, x1) - side / 2
        top = rng.uniform(y0, y1) - side / 2
        pixels.append(_cut(shard.pixels[row], left, top, side, grid * patch_px))
        answers = blank(grid)
        box = ((x0 - left) / side, (y0 - top) / side, (x1 - left) / side, (y1 - top) / side)
        tell_print(word, box, answers)
        told.append(answers)
    letters = {n: torch.from_numpy(np.stack([one[n] for one in told])).flatten(1) for n in LETTERS}
    return as_pixels(np.stack(pixels)), letters


def _cut(pixels: np.ndarray, left: float, top: float, side: float, out_px: int) -> np.ndarray:
    """Enlarge a square window of (S, S, ...) to ``out_px``; the picture's edge is repeated.

    Args:
        left, top, side: the window, in parts of the picture.
    """
    side_px = len(pixels)
    steps = (np.arange(out_px) + 0.5) / out_px * side
    columns, lines = (
        np.clip((start + steps) * side_px, 0, side_px - 1).astype(int) for start in (left, top)
    )
    return pixels[lines][:, columns]


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
