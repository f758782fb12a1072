"""Pictures, phrases and truth of one training step."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from maquette.training.data.shards import as_pixels
from maquette.training.segmentation.asking import asks
from maquette.training.segmentation.components import MAX_TOKENS
from maquette.training.segmentation.losses import Batch
from maquette.training.world.colours import COLOURS
from maquette.training.world.patterns import PATTERNS
from maquette.training.world.scene import Scene
from maquette.training.world.things import THINGS

CLASSES = (len(THINGS) + 1, len(COLOURS) + 1, len(PATTERNS) + 1)
"""Of the patch heads; 0 is none."""
_THINGS, _COLOURS, _PATTERNS = (
    {name: number for number, name in enumerate(table, 1)} for table in (THINGS, COLOURS, PATTERNS)
)


def make_batch(
    pictures: np.ndarray,
    owners: np.ndarray,
    scenes: list[Scene],
    tokenizer: Any,
    rng: np.random.Generator,
    phrases: int,
    patch_px: int,
) -> Batch:
    """Word some scenes and draw the truth of every phrase.

    Args:
        pictures: uint8 (B, S, S, 3).
        owners: uint8 (B, S, S), whose each pixel is.
        scenes: B of them.
        phrases: K.
        patch_px: side of the model's patches.
    """
    asked = [asks(scene, rng, phrases) for scene in scenes]
    truth = np.stack(
        [
            one.mask(owner, scene)
            for owner, scene, some in zip(owners, scenes, asked, strict=True)
            for one in some
        ]
    )
    tokens = tokenizer(
        [one.phrase for some in asked for one in some],
        padding=True,
        truncation=True,
        max_length=MAX_TOKENS,
        return_tensors="pt",
    )
    under = np.stack(
        [patch_labels(owner, scene, patch_px) for owner, scene in zip(owners, scenes, strict=True)]
    )
    return Batch(
        pixels=as_pixels(pictures),
        ids=tokens["input_ids"],
        attended=tokens["attention_mask"],
        truth=torch.from_numpy(truth).float(),
        under=torch.from_numpy(under),
    )


def patch_labels(owners: np.ndarray, scene: Scene, patch_px: int) -> np.ndarray:
    """What lies under the middle of each patch: int64 (P, 3), thing, colour, pattern; 0: none."""
    middles = owners[patch_px // 2 :: patch_px, patch_px // 2 :: patch_px].reshape(-1)
    table = np.zeros((len(scene.things) + 1, 3), dtype=np.int64)
    for i, placed in enumerate(scene.things, 1):
        table[i] = _THINGS[placed.thing], _COLOURS[placed.colour], _PATTERNS[placed.pattern]
    return table[middles]
