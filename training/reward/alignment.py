"""Lessons in agreement: a scene with its caption, against the scene with one fact changed."""

from __future__ import annotations

import numpy as np

from maquette.training.reward.lesson import Lesson, Pair
from maquette.training.world.contrasts import Contrast, contrast
from maquette.training.world.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene
from maquette.training.world.wording import Wording

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
    scene, found = contrasted(rng, wording)
    told, other, kind = found.told, found.other, found.changed.kind
    pairs = [Pair((0, told), (1, told), kind)]
    if other is not None:
        pairs += [
            Pair((1, other), (0, other), kind),
            Pair((0, told), (0, other), kind),
            Pair((1, other), (1, told), kind),
        ]
    return Lesson((render(scene), render(found.changed.scene)), tuple(pairs))


def contrasted(rng: np.random.Generator, wording: Wording = "train") -> tuple[Scene, Contrast]:
    """A scene, and captions of it and of the scene with one fact changed."""
    names = list(_WEIGHTS)
    while True:
        kind = names[rng.choice(len(names), p=list(_WEIGHTS.values()))]
        for _ in range(_TRIES):
            scene = _scene(kind, rng)
            found = contrast(scene, kind, rng, wording)
            if found is not None:
                return scene, found


def _scene(kind: str, rng: np.random.Generator) -> Scene:
    if kind == "relation":
        return sample_scene(rng, counts=(2,), alike=False, touching=False)
    if kind == "count":
        return sample_scene(rng, counts=(2, 3, 4, 5, 6))
    return sample_scene(rng)
