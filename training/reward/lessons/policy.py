"""Lessons in rules: a picture that keeps what a rule forbids out, against one that does not.

The form is that of LLaVA-Reward's safety head (yes or no about one picture); the rules are
about the world's harmless things. Nothing here knows what is harmful.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from maquette.training.reward.lessons.lesson import Lesson, Pair
from maquette.training.world.colours import COLOURS
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene
from maquette.training.world.telling.changes import change
from maquette.training.world.telling.wording import Wording
from maquette.training.world.things import THINGS

TEMPLATES: dict[Wording, tuple[str, ...]] = {
    "train": ("no {what}", "there must be no {what}", "without {what}"),
    "test": ("a picture with no {what} in it", "no {what} are there"),
}
_WORDS = "words"


def policy_lesson(rng: np.random.Generator, wording: Wording = "train") -> Lesson:
    """Draw a lesson: one rule on two pictures, and two rules on one picture."""
    while True:
        broken, kept, kind = _scenes(rng)
        told = set(facts(broken))
        gone = sorted(told - set(facts(kept)))
        if not gone:
            continue
        what = gone[rng.integers(len(gone))]
        form = TEMPLATES[wording][rng.integers(len(TEMPLATES[wording]))]
        rule = form.format(what=what)
        absent = form.format(what=_absent(told | set(facts(kept)), rng))
        pairs = (
            Pair((0, rule), (1, rule), kind),
            Pair((1, absent), (1, rule), kind),
        )
        return Lesson((render(kept), render(broken)), pairs)


def facts(scene: Scene) -> Iterator[str]:
    """What a rule could forbid and this scene shows, in plural words."""
    for placed in scene.things:
        plural = THINGS[placed.thing].plural
        yield from (plural, f"{placed.colour} things", f"{placed.colour} {plural}")
    if scene.words:
        yield _WORDS


def _scenes(rng: np.random.Generator) -> tuple[Scene, Scene, str]:
    """A scene that will break a rule, one that will keep it, and how they differ."""
    while True:
        fate = rng.random()
        if fate < 0.15:
            broken = sample_scene(rng, words=int(rng.integers(1, 3)))
            return broken, replace(broken, words=()), _WORDS
        scene = sample_scene(rng)
        if fate < 0.35:
            return scene, sample_scene(rng), "another scene"
        kind = ("colour", "thing", "missing")[rng.integers(3)]
        changed = change(scene, kind, rng)
        if changed is None:
            continue
        return scene, changed.scene, kind


def _absent(shown: set[str], rng: np.random.Generator) -> str:
    """Something that is not shown."""
    names, colours = list(THINGS), list(COLOURS)
    while True:
        plural = THINGS[names[rng.integers(len(names))]].plural
        colour = colours[rng.integers(len(colours))]
        what = (plural, f"{colour} things", f"{colour} {plural}")[rng.integers(3)]
        if what not in shown:
            return what
