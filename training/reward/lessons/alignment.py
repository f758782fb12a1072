"""Lessons in agreement: a scene with its caption, against the scene with one fact changed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from maquette.training.reward.lessons.lesson import Lesson, Pair, read_wording
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene
from maquette.training.world.telling.contrasts import Contrast, contrast, told_of
from maquette.training.world.telling.wording import Wording

_TRIES = 40
_WEIGHTS = {
    "colour": 0.22,
    "thing": 0.22,
    "count": 0.18,
    "relation": 0.2,
    "pattern": 0.08,
    "missing": 0.1,
}
_MISTOLD = ("colour", "thing", "count", "relation", "relation")
"""What further captions of one picture are wrong about; few pictures have relations to trade."""
_FURTHER = 2
_RETOLD = {"relation": 3}
"""Kind to how often the change is told again, else once: who stands where is said in most ways."""


def alignment_lesson(rng: np.random.Generator, wording: Wording = "train") -> Lesson:
    """Draw a lesson of two pictures.

    First comes the change in one caption, and in the other where both can be told. Then it is told
    in other words, mostly varied, and each picture gets captions that are wrong about other facts:
    rows of one picture are cheap (``packed``).
    """
    scene, found = contrasted(rng, read_wording(wording, rng))
    pairs = list(_pairs(found))
    for _ in range(_RETOLD.get(found.changed.kind, 1)):
        again = told_of(scene, found.changed, rng, "varied" if wording == "train" else wording)
        if again is not None:
            pairs += _pairs(again)
    for picture, shown in enumerate((scene, found.changed.scene)):
        for _ in range(_FURTHER):
            kind = _MISTOLD[rng.integers(len(_MISTOLD))]
            wrong = contrast(shown, kind, rng, read_wording(wording, rng))
            if wrong is not None and wrong.other is not None:
                pairs.append(Pair((picture, wrong.told), (picture, wrong.other), kind))
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


def _pairs(found: Contrast) -> Iterator[Pair]:
    """Pairs of two pictures and a caption that fits the first; where it can be, both ways."""
    told, other, kind = found.told, found.other, found.changed.kind
    yield Pair((0, told), (1, told), kind)
    if other is not None:
        yield Pair((1, other), (0, other), kind)
        yield Pair((0, told), (0, other), kind)
        yield Pair((1, other), (1, told), kind)


def _scene(kind: str, rng: np.random.Generator) -> Scene:
    if kind == "relation":
        return sample_scene(rng, counts=(2,), alike=False, touching=False)
    if kind == "count":
        return sample_scene(rng, counts=(2, 3, 4, 5, 6))
    return sample_scene(rng)
