"""Pictures, captions, false captions and truth of one training step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from maquette.training.embedding.components import MAX_TOKENS
from maquette.training.embedding.negatives import captions_of
from maquette.training.world.colours import COLOURS
from maquette.training.world.scene import Scene
from maquette.training.world.things import THINGS

_THINGS = {name: number for number, name in enumerate(THINGS, 1)}
_COLOURS = {name: number for number, name in enumerate(COLOURS, 1)}


@dataclass(frozen=True)
class Batch:
    """One step's data."""

    scenes: list[Scene]
    """B of them."""
    texts: Tensor
    """Token ids (2 B, T): captions, then as many that are false of the picture of their row."""
    alike: Tensor
    """bool (B, B): scenes that hold the same things."""


def make_batch(scenes: list[Scene], tokenizer: Any, rng: np.random.Generator) -> Batch:
    """Word some scenes, truly and falsely."""
    pairs = [captions_of(scene, rng) for scene in scenes]
    true = [pair[0] for pair in pairs]
    # Where no fact could be changed, the caption of the next scene is false enough.
    false = [pair[1] or true[(i + 1) % len(true)] for i, pair in enumerate(pairs)]
    signs = [contents(scene) for scene in scenes]
    alike = [
        [a == b or c == d for b, d in zip(signs, true, strict=True)]
        for a, c in zip(signs, true, strict=True)
    ]
    return Batch(scenes, tokens(tokenizer, true + false), torch.tensor(alike))


def tokens(tokenizer: Any, texts: list[str]) -> Tensor:
    """Token ids (B, T), padded to the longest; a text cut short keeps its end token."""
    ids: Tensor = tokenizer(
        texts, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
    )["input_ids"]
    return ids


def contents(scene: Scene) -> tuple[tuple[str, str], ...]:
    """What a scene holds, whatever stands where."""
    return tuple(sorted(placed.pair for placed in scene.things))
