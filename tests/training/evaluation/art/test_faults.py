"""Planted faults are what they say, and the judge of composed pictures finds them."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.agents.judging.composed.sources import ArtSources
from maquette.records.criterion import Count
from maquette.tools.art.scene import Scene
from maquette.training.evaluation.art.asking import Asked, ask
from maquette.training.evaluation.art.faults import (
    FAULTS,
    PLACES,
    PLANTERS,
    Fault,
    Trial,
    trial,
)
from maquette.training.evaluation.art.judged import Judged, measure, passes, record, trials


def _planted(fault: Fault) -> tuple[Asked, Scene, str]:
    """The first request of a row of seeds that has a place for such a fault."""
    for seed in range(60):
        rng = np.random.default_rng(seed)
        asked = ask(rng)
        if planted := PLANTERS[fault](asked, rng):
            return asked, *planted
    raise AssertionError(f"no request has a place for {fault!r}")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_about_one_thing(fault: Fault) -> None:
    """Another picture than was asked for, by one thing: gone, more, or of other values."""
    asked, scene, name = _planted(fault)
    before = {one.id: one for one in asked.scene.things}
    after = {one.id: one for one in scene.things}
    differing = [id for id in before.keys() | after.keys() if before.get(id) != after.get(id)]
    assert len(differing) == 1
    assert name in {one.phrase for one in asked.scene.things}
    (id,) = differing
    told = {"swapped": "thing", "hidden": "box", "wrong hue": "colour"}
    if fault in told:
        assert getattr(before[id], told[fault]) != getattr(after[id], told[fault])
    else:
        assert (id in after) is (fault == "one too many")


def test_what_is_counted_once_too_often_was_counted() -> None:
    """Nobody who asks for "a cat" says that there must be no second one."""
    asked, _, name = _planted("one too many")
    assert any(isinstance(one, Count) and one.thing == name for one in asked.criteria)


def test_a_fault_in_the_pixels_leaves_the_document() -> None:
    """And one in the document is in both, so that they agree."""
    rng = np.random.default_rng(3)
    asked = ask(rng)
    for where in PLACES:
        one = trial(asked, "missing", where, np.random.default_rng(1))
        assert one is not None and one.painted != asked.scene
        assert (one.document == asked.scene) is (where == "pixels")
        assert (one.document == one.painted) is (where == "document")


def test_the_same_seed_plants_the_same() -> None:
    """Trial by trial; another seed others."""
    first, again, other = ([*trials(2, seed)] for seed in (4, 4, 5))
    assert first == again != other
    assert [bool(one.fault) for one in first] == [True, False, True, False]


@pytest.mark.slow
def test_planted_faults_are_found_and_nothing_else() -> None:
    """A fault of each kind, in the pixels and in the document, and as many faultless pictures."""
    judged = measure(10, 7)
    told = record(judged)
    assert passes(judged), told
    assert [one["n"] for one in told["by"].values()] == [1] * 10


@pytest.mark.slow
def test_a_judge_that_sees_nothing_would_not_pass() -> None:
    """The bar is no formality: the findings on faultless pictures, told of faulty ones, miss it."""
    judged = measure(4, 9)
    clean = [one for one in judged if not one.trial.fault]
    blind = [
        Judged(Trial(c.trial.asked, f.trial.painted, f.trial.document, f.trial.fault), c.findings)
        for f, c in zip((one for one in judged if one.trial.fault), clean, strict=True)
    ]
    assert not passes([*blind, *clean])
    assert ArtSources().digest("noto") is not None
