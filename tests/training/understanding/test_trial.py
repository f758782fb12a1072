"""The trial of the judge of things: planted truth, and what the table makes of answers."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.records.criterion import Colour, Count, Exists, Relation
from maquette.training.understanding.trial import Trial, advised, planted, table
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import relations


@pytest.mark.parametrize("seed", range(40))
def test_what_is_planted_is_true_of_the_scene(seed: int) -> None:
    """Counted over the scene itself, each criterion holds exactly when it is said to."""
    rng = np.random.default_rng(seed)
    scene = sample_scene(rng)
    things = [placed.thing for placed in scene.things]
    pairs = {placed.pair for placed in scene.things}
    facts = {(things[f.subject], f.name, things[f.other]) for f in relations(scene)}
    found = planted(scene, rng)
    assert {one.holds for one in found} == {True, False}
    for one in found:
        match one.criterion:
            case Exists(thing=thing):
                true = thing in things
            case Colour(thing=thing, colour=colour):
                true = (colour, thing) in pairs
            case Count(thing=thing, count=count):
                true = things.count(thing) == count
            case Relation(subject=subject, relation=relation, object=other):
                true = (subject, relation, other) in facts
            case _:
                raise AssertionError(one)
        assert true == one.holds, one


def test_the_table_weighs_each_threshold() -> None:
    """Below the threshold or beyond the world nothing is judged; wrong passes are told apart."""
    trials = [
        Trial("exists", holds=True, passes=True, share=0.95, in_world=True),
        Trial("exists", holds=False, passes=False, share=0.85, in_world=None),
        Trial("exists", holds=False, passes=True, share=0.55, in_world=True),
        Trial("exists", holds=True, passes=True, share=0.99, in_world=False),
    ]
    rows = {row["sure"]: row for row in table(trials) if row["kind"] == "all"}
    assert (rows[0.5]["judged"], rows[0.5]["right"]) == (0.75, pytest.approx(2 / 3, abs=1e-4))
    assert rows[0.5]["false_passes"] == 0.5 and rows[0.6]["false_passes"] == 0.0
    assert (rows[0.6]["judged"], rows[0.6]["right"]) == (0.5, 1.0)
    assert (rows[0.95]["judged"], rows[0.9]["n"]) == (0.25, 4)
    assert advised(list(rows.values())) == 0.6
    assert advised([{**rows[0.5], "sure": 0.5}]) is None
