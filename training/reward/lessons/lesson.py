"""A lesson: some pictures, and the pairs that can be taught with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maquette.training.world.telling.wording import Wording

_VARIED = 0.6
Row = tuple[int, str]
"""(index of a picture, caption)."""


@dataclass(frozen=True)
class Pair:
    """Two rows, and why the first is better."""

    better: Row
    worse: Row
    kind: str
    """What differs, for tables: "colour", "blur" ..."""


@dataclass(frozen=True)
class Lesson:
    """Pictures and pairs of rows over them."""

    pictures: tuple[np.ndarray, ...]
    """uint8 (s, s, 3), sRGB."""
    pairs: tuple[Pair, ...]
    """At least one; the first compares two pictures under one caption."""


def read_wording(wording: Wording, rng: np.random.Generator) -> Wording:
    """The wording of one caption: a reader is trained on varied ones, too."""
    return "varied" if wording == "train" and rng.random() < _VARIED else wording
