"""Pictures, captions, false captions and truth of one training step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from maquette.training.data.shards import Shard, as_pixels
from maquette.training.embedding.components import MAX_TOKENS, EncoderSize
from maquette.training.embedding.negatives import captions_of
from maquette.training.world.colours import COLOURS
from maquette.training.world.patterns import PATTERNS
from maquette.training.world.scene import Scene
from maquette.training.world.things import THINGS

_THINGS = {name: number for number, name in enumerate(THINGS, 1)}
_COLOURS = {name: number for number, name in enumerate(COLOURS, 1)}


@dataclass(frozen=True)
class Batch:
    """One step's data."""

    pixels: Tensor
    """float (B, 3, S, S), -1 to 1."""
    texts: Tensor
    """Token ids (2 B, T): captions, then as many that are false of the picture of their row."""
    alike: Tensor
    """bool (B, B): scenes that hold the same things."""
    labels: Tensor
    """int (B, P, 3): thing, colour and pattern at the middle of each patch; 0 for none."""


def make_batch(
    shard: Shard, rows: np.ndarray, tokenizer: Any, size: EncoderSize, rng: np.random.Generator
) -> Batch:
    """Word the scenes of some rows and soften some of their pictures."""
    scenes = [shard.scenes[row] for row in rows]
    pairs = [captions_of(scene, rng) for scene in scenes]
    true = [pair[0] for pair in pairs]
    # Where no fact could be changed, the caption of the next scene is false enough.
    false = [pair[1] or true[(i + 1) % len(true)] for i, pair in enumerate(pairs)]
    pictures = shard.pixels[np.sort(rows)][np.argsort(np.argsort(rows))]
    signs = [contents(scene) for scene in scenes]
    return Batch(
        pixels=soften(as_pixels(pictures), rng),
        texts=tokens(tokenizer, true + false),
        alike=torch.tensor(
            [[a == b or c == d for b, d in zip(signs, true, strict=True)]
             for a, c in zip(signs, true, strict=True)]
        ),
        labels=torch.from_numpy(np.stack([patch_labels(scene, size) for scene in scenes])),
    )  # fmt: skip


def soften(pixels: Tensor, rng: np.random.Generator) -> Tensor:
    """Blur about a third of the pictures and add faint noise, as generators leave it."""
    chosen = torch.from_numpy(rng.random(len(pixels)) < 0.35)
    if chosen.any():
        soft = F.avg_pool2d(F.pad(pixels[chosen], (1, 1, 1, 1), mode="replicate"), 3, 1)
        share = float(rng.uniform(0.3, 1))
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        noise = torch.randn(soft.shape, generator=generator) * float(rng.uniform(0, 0.03))
        pixels = pixels.clone()
        pixels[chosen] = pixels[chosen].lerp(soft, share) + noise
    return pixels


def tokens(tokenizer: Any, texts: list[str]) -> Tensor:
    """Token ids (B, T), padded to the longest; a text cut short keeps its end token."""
    ids: Tensor = tokenizer(
        texts, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
    )["input_ids"]
    return ids


def contents(scene: Scene) -> tuple[tuple[str, str], ...]:
    """What a scene holds, whatever stands where."""
    return tuple(sorted(placed.pair for placed in scene.things))


def patch_labels(scene: Scene, size: EncoderSize) -> np.ndarray:
    """What thing, colour and pattern the middle of each patch lies in the box of: (P, 3)."""
    side = size.tower.grid
    middles = (np.arange(side) + 0.5) / side
    labels = np.zeros((side, side, 3), np.int64)
    for placed in scene.things:
        x0, y0, x1, y1 = placed.box
        inside = np.outer((middles >= y0) & (middles <= y1), (middles >= x0) & (middles <= x1))
        labels[inside] = (
            _THINGS[placed.thing],
            _COLOURS[placed.colour],
            PATTERNS.index(placed.pattern) + 1,
        )
    return labels.reshape(-1, 3)
