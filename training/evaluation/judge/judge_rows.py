"""The judge's own proof: right on renders, and agreeing with a person who looked.

``judge_renders`` draws fresh scenes of all pairs, so none of them was trained on;
``judge_agreement`` compares with the labels of `maquette eval label-sheets`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from maquette.training.evaluation.generation_rows import judge_of
from maquette.training.evaluation.judge.finder import overlap
from maquette.training.evaluation.judge.judge import Examiner
from maquette.training.evaluation.judge.labels import FOLDER, Labels, read_labels, reading_order
from maquette.training.evaluation.judge.recogniser import Seen
from maquette.training.evaluation.kept import kept
from maquette.training.evaluation.outcome import Outcome
from maquette.training.evaluation.rows import FIRST_SEED, Bench, measured_row
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene
from maquette.training.world.split import ALL_PAIRS

ROW = 9
SHEETS = 200
"""Pictures that a person labels."""


@measured_row("judge_renders", bar=0.99, trials=300)
def judge_renders(bench: Bench, trial: int) -> Outcome:
    """Things of exact renders: found in their place, with thing and colour right.

    Each thing found beyond the number that is there counts as a wrong answer.
    """
    rng = np.random.default_rng((FIRST_SEED + ROW, trial))
    scene = sample_scene(rng, pairs=ALL_PAIRS, unseen_counts=True)
    picture = render(scene)
    return read_render(judge_of(bench), scene, picture)


def read_render(judge: Examiner, scene: Scene, picture: np.ndarray) -> Outcome:
    """Compare what the judge finds in a render with the truth."""
    found = judge.look(picture)
    left = list(found)
    hits = 0
    for placed in scene.things:
        here = [f for f in left if f.seen.pair == placed.pair and overlap(f.box, placed.box) > 0.5]
        if here:
            hits += 1
            left.remove(max(here, key=lambda f: overlap(f.box, placed.box)))
    strangers = max(0, len(found) - len(scene.things))
    truth = [Seen(p.thing, p.colour, p.pattern) for p in scene.things]
    named = judge.name(picture, [p.box for p in scene.things])
    right = sum(a == b for a, b in zip(named, truth, strict=True))
    of = len(scene.things) + strangers
    seen = ", ".join(" ".join(f.seen.pair) for f in found)
    return Outcome(
        hits,
        of,
        f"{hits}/{of} seen: {seen}",
        beside={
            "whole_pictures": (hits == of, 1),
            "named_with_pattern_in_true_boxes": (right, len(truth)),
        },
        picture=picture,
    )


def labelled(bench: Bench, wanted: int) -> Sequence[int]:
    """Numbers of the labelled pictures. Raises: ConfigError: nothing is labelled."""
    return _labels(bench).numbers[:wanted]


@measured_row("judge_agreement", bar=0.95, trials=SHEETS, chosen=labelled)
def judge_agreement(bench: Bench, trial: int) -> Outcome:
    """Drawn pictures in which judge and person see the same things in the same colours."""
    labels = _labels(bench)
    picture, told = labels.picture(trial), labels.told(trial)
    found = reading_order(judge_of(bench).look(picture))
    seen = [f.seen.pair for f in found]
    same = Counter(seen) == Counter(told)
    both = sum((Counter(seen) & Counter(told)).values())
    names = [", ".join(" ".join(pair) for pair in pairs) or "nothing" for pairs in (seen, told)]
    return Outcome(
        same,
        1,
        f"{trial}: judge {names[0]} | person {names[1]}",
        labels.kind(trial),
        beside={
            "single_things": (both, max(len(seen), len(told))),
            "in_the_same_order": (seen == told, 1),
        },
        picture=picture,
    )


def _labels(bench: Bench) -> Labels:
    return bench.once(
        f"labels {bench.labels}", lambda: read_labels(kept(bench.work, FOLDER), bench.labels)
    )
