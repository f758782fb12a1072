"""The scenes a generator is tried on, and what it is asked for in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maquette.training.world.captions import RELATION_WORDS, article, background_words
from maquette.training.world.sample import simple_scene
from maquette.training.world.scene import Relation, Scene, relations
from maquette.training.world.split import TRAINED, UNSEEN

GROUPS = {"seen pairs": TRAINED, "unseen pairs": UNSEEN}
"""Held-out scenes of colour-thing pairs that training saw, and of pairs it never saw."""
_SEED = 77_001


@dataclass(frozen=True)
class Trial:
    """One scene and the words that ask for it."""

    scene: Scene
    caption: str
    """Names each thing, the background, and with two things a relation."""
    told: Relation | None
    """The relation in the caption."""
    seed: int
    """Seed of the noise."""


def make_trials(group: str, count: int) -> list[Trial]:
    """Draw trials of a group; scenes hold one to three different things.

    Raises: KeyError: if the group is unknown.
    """
    rng = np.random.default_rng((_SEED, list(GROUPS).index(group)))
    trials: list[Trial] = []
    while len(trials) < count:
        scene = simple_scene(rng, GROUPS[group])
        if len({p.pair for p in scene.things}) < len(scene.things):
            continue
        caption, told = _ask(scene, rng)
        trials.append(Trial(scene, caption, told, _SEED + len(trials)))
    return trials


def _ask(scene: Scene, rng: np.random.Generator) -> tuple[str, Relation | None]:
    names = [article(f"{p.colour} {p.thing}") for p in scene.things]
    ground = background_words(scene)
    if len(names) == 2:
        true = [r for r in relations(scene) if r.subject == 0]
        told = true[rng.integers(len(true))]
        return f"{names[0]} {RELATION_WORDS[told.name][0]} {names[1]} {ground}", told
    body = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{body} {ground}", None
