"""Pictures, phrases and truth of one training step."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from maquette.training.data.shards import Shard
from maquette.training.segmentation.asking import asks
from maquette.training.segmentation.components import MAX_TOKENS
from maquette.training.segmentation.losses import Batch
from maquette.training.vision.lessons import scene_lessons


def make_batch(
    shard: Shard,
    owners: np.ndarray,
    rows: np.ndarray,
    tokenizer: Any,
    rng: np.random.Generator,
    phrases: int,
    grid: int,
) -> Batch:
    """Word some scenes and draw the truth of every phrase.

    Args:
        owners: uint8 (scenes, S, S), whose each pixel is, things counted from 1.
        rows: B indexes of scenes.
        phrases: K.
        grid: patches on a side of the model's grid.
    """
    scenes = [shard.scenes[row] for row in rows]
    whole = scene_lessons(shard, owners, rows, grid)
    asked = [asks(scene, rng, phrases) for scene in scenes]
    truth = np.stack(
        [
            one.mask(owners[row], scene)
            for row, scene, some in zip(rows, scenes, asked, strict=True)
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
    return Batch(
        whole=whole,
        ids=tokens["input_ids"],
        attended=tokens["attention_mask"],
        truth=torch.from_numpy(truth).float(),
    )
