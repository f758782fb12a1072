"""Measure a segmenter on held-out renders: ``phrase_iou`` and what explains it.

Truth is the renderer's own mask, in pixels of the picture. The row is the mean over phrases that
mean something; what is absent is told beside it. Trial ``i`` is a scene with its phrases, drawn
from ``(SEED, i)``; groups take turns.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from PIL import Image

from maquette.model_servers.segmentation.backends.clipseg import Segmenter
from maquette.training.evaluation.outcome import Outcome
from maquette.training.evaluation.rows import Bench, measured_row
from maquette.training.evaluation.summaries import Mean
from maquette.training.segmentation.asking import Ask, asks
from maquette.training.vision.owners import owners_of
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene
from maquette.training.world.split import HELD_OUT, UNSEEN
from maquette.training.world.telling.wording import Wording

SEED = 931_000
"""Far from every seed of training; the trial's number is added by the generator's key."""
GROUPS = ("seen", "unseen_pairs", "test_wording")
"""``seen``: as in training, other scenes. ``unseen_pairs``: the scene holds a colour-thing pair
that training never showed, and is asked for it. ``test_wording``: colours said after the noun,
as training never does."""
PHRASES = 4
ABSENT = 0.25
SIZE_PX = 256
TINT = np.array([255, 0, 255])


@dataclass(frozen=True)
class Trial:
    """One scene and what is asked of it."""

    scene: Scene
    asked: tuple[Ask, ...]


def make_trial(number: int) -> Trial:
    """Draw the scene and the phrases of a trial; its group is ``GROUPS[number % 3]``."""
    group = GROUPS[number % len(GROUPS)]
    rng = np.random.default_rng((SEED, number))
    wording: Wording = "test" if group == "test_wording" else "train"
    while True:
        if group == "unseen_pairs":
            scene = sample_scene(rng, must_hold=UNSEEN[int(rng.integers(len(UNSEEN)))])
            asked = tuple(_about_unseen(scene))
        else:
            scene = sample_scene(rng)
            asked = tuple(dict.fromkeys(asks(scene, rng, PHRASES, ABSENT, wording)))
        if asked:
            return Trial(scene, asked)


@measured_row("phrase_iou", bar=0.80, trials=300, summary=Mean())
def phrase_iou(bench: Bench, trial: int) -> Outcome:
    """Intersection over union of the masks of phrases with the truth.

    Beside it the ablation: asked the phrases of the next trial of the group and judged by its
    own truth, a model that does not read the phrase would score alike.
    """
    segmenter = bench.once("segmentation", lambda: Segmenter(bench.pack("segmentation")))
    item, others = make_trial(trial), make_trial(trial + len(GROUPS)).asked
    picture = Image.fromarray(render(item.scene, SIZE_PX))
    owners = owners_of(item.scene, SIZE_PX)
    seen = segmenter.look(picture)
    parts: dict[str, list[float]] = defaultdict(list)
    scores, shuffled, shown = [], [], np.asarray(picture)
    for k, one in enumerate(item.asked):
        truth = one.mask(owners, item.scene)
        mask = segmenter.find(seen, one.phrase, picture.size).mask
        score = overlap(mask, truth)
        parts[one.kind.replace(" ", "_")].append(score)
        if one.kind == "absent":
            continue
        scores.append(score)
        if len(one.things) == 1:
            parts[item.scene.things[one.things[0]].size].append(score)
        other = segmenter.find(seen, others[k % len(others)].phrase, picture.size).mask
        shuffled.append(overlap(other, truth))
        if len(scores) == 1:
            shown = tinted(shown, mask)
    told = "; ".join(f"{a.phrase} {s:.2f}" for a, s in zip(_present(item), scores, strict=True))
    return Outcome(
        sum(scores),
        len(scores),
        f"{told or 'only absent things'} (mask: the first)",
        GROUPS[trial % len(GROUPS)],
        {kind: (sum(some), len(some)) for kind, some in parts.items()},
        {"next_trials_phrases": (sum(shuffled), len(shuffled))},
        shown,
    )


def overlap(found: np.ndarray, truth: np.ndarray) -> float:
    """Intersection over union of bool masks, 0 to 1; 1 where both are empty."""
    either = int((found | truth).sum())
    return int((found & truth).sum()) / either if either else 1.0


def tinted(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """A uint8 picture (H, W, 3) with the pixels of a mask half magenta."""
    shown = picture.copy()
    shown[mask] = (picture[mask].astype(int) + TINT) // 2
    return shown


def _present(trial: Trial) -> list[Ask]:
    return [one for one in trial.asked if one.kind != "absent"]


def _about_unseen(scene: Scene) -> list[Ask]:
    """Ask for the held-out pairs of a scene by colour and thing."""
    found = []
    for pair in dict.fromkeys(p.pair for p in scene.things if p.pair in HELD_OUT):
        meant = tuple(i for i, placed in enumerate(scene.things) if placed.pair == pair)
        if len(meant) == 1:
            colour, thing = pair
            found.append(Ask(f"the {colour} {thing}", "colour thing", things=meant))
    return found
