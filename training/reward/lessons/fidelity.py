"""Lessons in clean drawing: a render against the same render damaged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from maquette.training.reward.lessons.damage import DAMAGES
from maquette.training.reward.lessons.lesson import Lesson, Pair
from maquette.training.world.drawing.render import masks, render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene
from maquette.training.world.telling.captions import caption
from maquette.training.world.telling.wording import Wording

CUT_OFF = "cut_off"
KINDS = (*DAMAGES, CUT_OFF)
_BOTH_DAMAGED = 0.25
"""Share of pairs in which the better picture is damaged, too, but less."""


def fidelity_lesson(rng: np.random.Generator, wording: Wording = "train") -> Lesson:
    """Draw a lesson: a clean picture or a mildly damaged one, and a worse one."""
    scene = sample_scene(rng)
    clean = render(scene)
    kind = KINDS[rng.integers(len(KINDS))]
    told = caption(scene, rng, wording=wording)
    if kind == CUT_OFF:
        return Lesson((clean, cut_off(scene, clean, rng)), (Pair((0, told), (1, told), kind),))
    damage, strength = DAMAGES[kind], float(rng.uniform(0.15, 1.0))
    if rng.random() < _BOTH_DAMAGED and strength > 0.6:
        pictures = (damage(clean, 0.1, rng), damage(clean, strength, rng))
    else:
        pictures = (clean, damage(clean, strength, rng))
    return Lesson(pictures, (Pair((0, told), (1, told), kind),))


def cut_off(scene: Scene, clean: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Paint the background over 25 to 60 % of one thing, along a straight cut."""
    k = int(rng.integers(len(scene.things)))
    behind = render(replace(scene, things=scene.things[:k] + scene.things[k + 1 :]))
    mask = masks(scene)[k]
    if not mask.any():
        return DAMAGES["melt"](clean, 1.0, rng)
    angle = rng.uniform(0, 2 * np.pi)
    along = np.sin(angle) * np.arange(len(clean))[:, None] + np.cos(angle) * np.arange(len(clean))
    limit = np.quantile(along[mask], 1 - rng.uniform(0.25, 0.6))
    # The cut takes the thing's soft edge along: one pixel more than its mask.
    grown = mask.copy()
    for axis in (0, 1):
        for step in (-1, 1):
            grown |= np.roll(mask, step, axis)
    gone = grown & (along > limit)
    changed = clean.copy()
    changed[gone] = behind[gone]
    return changed
