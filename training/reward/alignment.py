"""Lessons in agreement: a scene with its caption, against the scene with one fact changed."""

from __future__ import annotations

import numpy as np

from maquette.training.reward.changes import Change, change
from maquette.training.reward.lesson import Lesson, Pair
from maquette.training.world.captions import caption
from maquette.training.world.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene
from maquette.training.world.wording import PATTERN_TAILS, PATTERN_WORDS, Wording

_TRIES = 40
_WEIGHTS = {
    "colour": 0.22,
    "thing": 0.22,
    "count": 0.18,
    "relation": 0.2,
    "pattern": 0.08,
    "missing": 0.1,
}


def alignment_lesson(rng: np.random.Generator, wording: Wording = "train") -> Lesson:
    """Draw a lesson of two pictures; where it can be, both captions are taught with both."""
    told, scene, changed, other = contrast(rng, wording)
    kind = changed.kind
    pairs = [Pair((0, told), (1, told), kind)]
    if other is not None:
        pairs += [
            Pair((1, other), (0, other), kind),
            Pair((0, told), (0, other), kind),
            Pair((1, other), (1, told), kind),
        ]
    return Lesson((render(scene), render(changed.scene)), tuple(pairs))


def contrast(
    rng: np.random.Generator, wording: Wording = "train"
) -> tuple[str, Scene, Change, str | None]:
    """A scene with a caption that is false of a changed scene, and, where there is one, a
    caption of the changed scene that is false of the first."""
    names = list(_WEIGHTS)
    while True:
        kind = names[rng.choice(len(names), p=list(_WEIGHTS.values()))]
        for _ in range(_TRIES):
            scene = _scene(kind, rng)
            changed = change(scene, kind, rng)
            if changed is None:
                continue
            seed = int(rng.integers(2**31))
            told = _said(scene, seed, wording)
            other = _said(changed.scene, seed, wording)
            # Said with the same choices, two captions differ only where the facts do.
            if told == other or (kind == "pattern" and not _tells_pattern(told, scene, changed)):
                continue
            return told, scene, changed, other if changed.both_ways else None


def _said(scene: Scene, seed: int, wording: Wording) -> str:
    return caption(scene, np.random.default_rng(seed), wording=wording)


def _scene(kind: str, rng: np.random.Generator) -> Scene:
    if kind == "relation":
        return sample_scene(rng, counts=(2,), alike=False, touching=False)
    if kind == "count":
        return sample_scene(rng, counts=(2, 3, 4, 5, 6))
    return sample_scene(rng)


def _tells_pattern(told: str, scene: Scene, changed: Change) -> bool:
    """Whether a caption tells the pattern that was changed."""
    old = next(a.pattern for a, b in zip(scene.things, changed.scene.things, strict=True) if a != b)
    words = (*PATTERN_WORDS[old], PATTERN_TAILS.get(old, ""))
    return any(word and word in told for word in words)
