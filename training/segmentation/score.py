"""Measure a segmenter on held-out renders: ``phrase_iou`` and what explains it.

Truth is the renderer's own mask, in pixels of the picture. The rows are means over phrases that
mean something; intervals come from drawing scenes (not phrases) again, since phrases of one scene
go wrong together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from maquette.model_servers.segmentation.phrases import Segmenter
from maquette.training.embedding.score import Row
from maquette.training.segmentation.asking import KINDS, Ask, asks
from maquette.training.segmentation.owners import owners_of
from maquette.training.world.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene
from maquette.training.world.sizes import SIZES
from maquette.training.world.split import HELD_OUT, UNSEEN
from maquette.training.world.wording import Wording

BAR = 0.80
SEED = 931_000
"""Far from every seed of training; group and scene number are added by the generator's key."""
GROUPS = ("seen", "unseen_pairs", "test_wording")
PHRASES = 4
ABSENT = 0.25
RESAMPLES = 1000


@dataclass(frozen=True)
class Trial:
    """One scene and what is asked of it."""

    scene: Scene
    asked: tuple[Ask, ...]


@dataclass(frozen=True)
class Outcome:
    """One phrase answered."""

    trial: int
    """Which scene."""
    kind: str
    size: str
    """Of the single thing meant; empty for groups, words and background."""
    overlap: float
    """Intersection over union with the truth; of an absent thing 1 if the mask is empty."""


def make_trials(group: str, count: int, seed: int = SEED) -> list[Trial]:
    """Draw scenes and phrases of a group.

    ``seen``: as in training, other scenes. ``unseen_pairs``: each scene holds a colour-thing
    pair that training never showed, and is asked for it. ``test_wording``: colours said after
    the noun, as training never does.
    """
    rng = np.random.default_rng((seed, GROUPS.index(group)))
    wording: Wording = "test" if group == "test_wording" else "train"
    trials = []
    while len(trials) < count:
        if group == "unseen_pairs":
            pair = UNSEEN[int(rng.integers(len(UNSEEN)))]
            scene = sample_scene(rng, must_hold=pair)
            asked = tuple(_about_unseen(scene, rng))
        else:
            scene = sample_scene(rng)
            asked = tuple(dict.fromkeys(asks(scene, rng, PHRASES, ABSENT, wording)))
        if asked:
            trials.append(Trial(scene, asked))
    return trials


def measure(
    segmenter: Segmenter, trials: list[Trial], *, shuffled: bool = False, size_px: int = 256
) -> list[Outcome]:
    """Ask every phrase, through the code that serves.

    Args:
        shuffled: ablation: each scene is asked the phrases of the next one, and judged by its
            own truth; a model that does not read the phrase scores as before.
    """
    outcomes = []
    for number, trial in enumerate(trials):
        picture = Image.fromarray(render(trial.scene, size_px))
        owners = owners_of(trial.scene, size_px)
        seen = segmenter.look(picture)
        others = trials[(number + 1) % len(trials)].asked
        for k, one in enumerate(trial.asked):
            phrase = others[k % len(others)].phrase if shuffled else one.phrase
            found = segmenter.find(seen, phrase, picture.size).mask
            truth = one.mask(owners, trial.scene)
            single = trial.scene.things[one.things[0]].size if len(one.things) == 1 else ""
            outcomes.append(Outcome(number, one.kind, single, overlap(found, truth)))
    return outcomes


def overlap(found: np.ndarray, truth: np.ndarray) -> float:
    """Intersection over union of bool masks, 0 to 1; 1 where both are empty."""
    either = int((found | truth).sum())
    return int((found & truth).sum()) / either if either else 1.0


def phrase_rows(segmenter: Segmenter, scenes: int = 150, seed: int = SEED) -> list[Row]:
    """All rows of the evaluation, ``phrase_iou`` first; one with a bar of 0.80."""
    seen = measure(segmenter, make_trials("seen", scenes, seed))
    rows = [_row("phrase_iou", seen, _present, BAR)]
    rows += [
        _row(f"phrase_iou_{size}", seen, lambda o, size=size: _present(o) and o.size == size)
        for size in SIZES
    ]
    rows += [
        _row(f"phrase_iou_{kind.replace(' ', '_')}", seen, lambda o, kind=kind: o.kind == kind)
        for kind in KINDS
    ]
    rows.append(_row("phrase_absent_empty", seen, lambda o: o.kind == "absent"))
    for group in GROUPS[1:]:
        found = measure(segmenter, make_trials(group, scenes, seed))
        rows.append(_row(f"phrase_iou_{group}", found, _present))
    ablation = measure(segmenter, make_trials("seen", scenes, seed), shuffled=True)
    rows.append(_row("phrase_iou_shuffled", ablation, _present))
    return [row for row in rows if row.n]


def bootstrap(values: np.ndarray, groups: np.ndarray, seed: int = 5) -> tuple[float, float]:
    """A 95 % interval of a mean, by drawing whole groups again.

    Args:
        values: float (N,).
        groups: int (N,), which values belong together.
    """
    rng = np.random.default_rng(seed)
    names, index = np.unique(groups, return_inverse=True)
    sums = np.bincount(index, values)
    counts = np.bincount(index)
    drawn = rng.integers(0, len(names), size=(RESAMPLES, len(names)))
    means = sums[drawn].sum(1) / counts[drawn].sum(1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def _present(outcome: Outcome) -> bool:
    return outcome.kind != "absent"


def _row(
    name: str,
    outcomes: Iterable[Outcome],
    chosen: Callable[[Outcome], bool],
    bar: float | None = None,
) -> Row:
    picked = [outcome for outcome in outcomes if chosen(outcome)]
    if not picked:
        return Row(name, 0.0, 0.0, 0.0, 0, bar, None)
    values = np.array([outcome.overlap for outcome in picked])
    low, high = bootstrap(values, np.array([outcome.trial for outcome in picked]))
    value = float(values.mean())
    return Row(name, value, low, high, len(picked), bar, None if bar is None else value >= bar)


def _about_unseen(scene: Scene, rng: np.random.Generator) -> Iterable[Ask]:
    """Ask for the held-out pairs of a scene by colour and thing."""
    for pair in dict.fromkeys(p.pair for p in scene.things if p.pair in HELD_OUT):
        meant = tuple(i for i, placed in enumerate(scene.things) if placed.pair == pair)
        if len(meant) == 1:
            colour, thing = pair
            yield Ask(f"the {colour} {thing}", "colour thing", things=meant)
