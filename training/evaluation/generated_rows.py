"""Questions about pictures that the generator drew; the truth is the judge's reading of them.

A picture counts only where the judge finds, with certainty, exactly the things that were asked
for, each in its box. The judge reads neither backgrounds nor letters, so of these kinds nothing
is asked; of sizes and relations only where drawn boxes have those that were asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from maquette.training.evaluation.asks import Ask, told_boxes
from maquette.training.evaluation.generation_rows import draw, judge_of
from maquette.training.evaluation.judge.finder import overlap
from maquette.training.evaluation.judge.judge import Found
from maquette.training.evaluation.judge.verdicts import inside
from maquette.training.evaluation.outcome import Outcome
from maquette.training.evaluation.rows import FIRST_SEED, Bench, measured_row
from maquette.training.evaluation.summaries import MeanOfParts
from maquette.training.understanding.score import answered
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Placed, Scene, relations
from maquette.training.world.telling.captions import caption
from maquette.training.world.telling.questions import questions

ROW = 8
"""Its place among the rows with drawn pictures; part of its seeds."""
READ = frozenset({"exists", "colour", "count", "relation", "pattern", "size"})
"""Kinds of questions whose truth the judge can read."""
IN_PLACE = 0.5
"""Least overlap of a found thing with the box that was asked for."""


@measured_row("qa_generated", bar=0.80, trials=150, summary=MeanOfParts())
def qa_generated(bench: Bench, trial: int) -> Outcome:
    """Questions in unseen wordings about a drawn picture: the mean over kinds."""
    rng = np.random.default_rng((FIRST_SEED + ROW, trial))
    wanted = sample_scene(rng, counts=(1, 2, 3, 4), words=0, touching=False)
    boxes = told_boxes(wanted, rng)
    text = caption(wanted, rng, "short")
    picture = draw(bench, Ask(text, FIRST_SEED + 10_000 * ROW + trial, inside(wanted), boxes))
    scene = read_scene(wanted, judge_of(bench).look_surely(picture))
    if scene is None:
        return Outcome(0, 0, f"not counted: {text}", beside={"counted": (0, 1)}, picture=picture)
    unsure = _unsure(wanted, scene)
    asked = [q for q in questions(scene, rng, "test") if q.kind in READ - unsure]
    outcome = answered(bench, picture, asked)
    return Outcome(
        outcome.right,
        outcome.of,
        outcome.note,
        parts=outcome.parts,
        beside={**outcome.beside, "counted": (1, 1)},
        picture=picture,
    )


def read_scene(wanted: Scene, found: Sequence[Found] | None) -> Scene | None:
    """The scene as the judge reads it, in the order of what was asked.

    Args:
        found: what the judge finds for certain.
    Returns: None unless each asked thing, in its colour and pattern, is found in its box, and
        nothing else is.
    """
    if found is None or len(found) != len(wanted.things):
        return None
    left, things = list(found), []
    for placed in wanted.things:
        near = max(left, key=lambda f: overlap(f.box, placed.box))
        seen = (near.seen.thing, near.seen.colour, near.seen.pattern)
        if overlap(near.box, placed.box) < IN_PLACE or seen != (
            placed.thing,
            placed.colour,
            placed.pattern,
        ):
            return None
        left.remove(near)
        things.append(Placed(placed.thing, placed.colour, near.box, placed.pattern))
    return Scene(tuple(things), wanted.background)


def _unsure(wanted: Scene, read: Scene) -> set[str]:
    """Kinds whose truth hangs on where exactly a box ends."""
    sizes = [tuple(p.size for p in scene.things) for scene in (wanted, read)]
    told = [set(relations(scene)) for scene in (wanted, read)]
    pairs = (("size", sizes[0] != sizes[1]), ("relation", told[0] != told[1]))
    return {kind for kind, differs in pairs if differs}
