"""Pictures that are not of the world, from two sets of kinds: one to learn from, one to test.

The kinds of the test (``unseen_families``) are other procedures than those learned from, so
that the measured rate is that of kinds the guard has never met. No photograph is ever learned
from.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from maquette.training.guard.examples import (
    train_altered,
    train_families,
    train_things,
    unseen_families,
    unseen_things,
)

Split = Literal["train", "test"]
FAMILIES = {
    "train": train_families.FAMILIES + 2 * (train_things.FAMILIES + train_altered.FAMILIES),
    "test": unseen_families.FAMILIES + unseen_things.FAMILIES,
}


def outsider(rng: np.random.Generator, split: Split) -> tuple[str, np.ndarray]:
    """One outsider of a random kind: its kind, and uint8 (256, 256, 3)."""
    families = FAMILIES[split]
    family = families[rng.integers(len(families))]
    return family.__name__, family(rng)


def nth_outsider(seed: int, number: int, split: Split) -> tuple[str, np.ndarray]:
    """Outsider ``number``, drawn from ``(seed, number)``; every kind comes in turn."""
    family = FAMILIES[split][number % len(FAMILIES[split])]
    return family.__name__, family(np.random.default_rng((seed, number)))


def outsiders(seed: int, count: int, split: Split) -> list[tuple[str, np.ndarray]]:
    """The first outsiders of a seed, numbered from 0."""
    return [nth_outsider(seed, number, split) for number in range(count)]
