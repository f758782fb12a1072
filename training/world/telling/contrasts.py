"""Captions in the same words, of a scene and of that scene with one fact changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maquette.training.world.scene import Scene
from maquette.training.world.telling.captions import caption
from maquette.training.world.telling.changes import Change, change
from maquette.training.world.telling.wording import PATTERN_TAILS, PATTERN_WORDS, Wording


@dataclass(frozen=True)
class Contrast:
    """What is true of a scene, and what the same words say of a changed one."""

    told: str
    """True of the scene and false of the changed one."""
    changed: Change
    other: str | None
    """True of the changed scene and false of the first; None where it is true of both."""


def contrast(
    scene: Scene, kind: str, rng: np.random.Generator, wording: Wording = "train"
) -> Contrast | None:
    """Change one fact of a scene and tell both; None where it cannot be done this time.

    Raises: KeyError: if ``kind`` is not one of ``changes.KINDS``.
    """
    changed = change(scene, kind, rng)
    return None if changed is None else told_of(scene, changed, rng, wording)


def told_of(
    scene: Scene, changed: Change, rng: np.random.Generator, wording: Wording = "train"
) -> Contrast | None:
    """Tell a scene and what became of it; None where the caption drawn leaves the change out."""
    told, other = told_alike(scene, changed.scene, rng, wording)
    if told == other or (changed.kind == "pattern" and not _tells_pattern(told, scene, changed)):
        return None
    return Contrast(told, changed, other if changed.both_ways else None)


def told_alike(
    scene: Scene, other: Scene, rng: np.random.Generator, wording: Wording = "train"
) -> tuple[str, str]:
    """Captions of two scenes, with the same choices: they differ only where the facts do."""
    seed = int(rng.integers(2**31))
    first, second = (
        caption(shown, np.random.default_rng(seed), wording=wording) for shown in (scene, other)
    )
    return first, second


def _tells_pattern(told: str, scene: Scene, changed: Change) -> bool:
    """Whether a caption tells the pattern that was changed."""
    old = next(a.pattern for a, b in zip(scene.things, changed.scene.things, strict=True) if a != b)
    words = (*PATTERN_WORDS[old], PATTERN_TAILS.get(old, ""))
    return any(word and word in told for word in words)
