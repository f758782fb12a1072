"""Captions to facts: the world's own captions are all true, and told falsehoods are found."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.training.evaluation.outcome import Outcome
from maquette.training.understanding.facts import (
    Tally,
    f1_interval,
    said_facts,
    tally,
    true_facts,
)
from maquette.training.understanding.reports import report
from maquette.training.understanding.score import FactsF1, right_answer
from maquette.training.world.drawing.background import plain
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Placed, Scene
from maquette.training.world.telling.captions import caption
from maquette.training.world.telling.questions import Question

SCENE = Scene(
    (
        Placed("star", "red", (0.1, 0.1, 0.3, 0.3)),
        Placed("star", "red", (0.1, 0.6, 0.3, 0.8)),
        Placed("circle", "blue", (0.6, 0.1, 0.8, 0.3)),
        Placed("tree", "green", (0.6, 0.6, 0.8, 0.9)),
    ),
    plain("cream"),
)


@pytest.mark.parametrize("seed", range(25))
def test_what_the_world_says_is_true(seed: int) -> None:
    """Every fact read from a caption of the world, in any wording, holds in its scene."""
    rng = np.random.default_rng(seed)
    scene = sample_scene(rng)
    for wording in ("train", "test"):
        said = said_facts(caption(scene, rng, "long", wording))
        assert said <= true_facts(scene)
        assert {fact for fact in said if fact[0] == "thing"} == {
            fact for fact in true_facts(scene) if fact[0] == "thing"
        }


@pytest.mark.parametrize("seed", range(25, 50))
def test_a_report_tells_everything_that_is_due(seed: int) -> None:
    """The wording that the model is trained on scores 1, so the model can."""
    scene = sample_scene(np.random.default_rng(seed))
    assert tally(str(report(scene, "long")), scene).f1() == 1
    short = tally(str(report(scene, "short")), scene)
    assert short.said == short.right


def test_facts_of_a_caption_by_hand() -> None:
    """Counts, colours and relations are read as a person would."""
    said = said_facts("Two red stars and a blue circle. The blue circle is above the green tree.")
    assert said == {
        ("thing", "star"),
        ("thing", "circle"),
        ("thing", "tree"),
        ("colour", "red", "star"),
        ("colour", "blue", "circle"),
        ("colour", "green", "tree"),
        ("count", "2", "red", "star"),
        ("count", "1", "blue", "circle"),
        ("relation", "blue circle", "above", "green tree"),
    }
    behind = said_facts("a red sun behind a white boat")
    assert ("relation", "white boat", "in front of", "red sun") in behind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("two red stars, a blue circle and a green house", "thing"),
        ("two red stars, a black circle and a green tree", "colour"),
        ("three red stars, a blue circle and a green tree", "count"),
        ("two red stars. the blue circle is below the green tree", "relation"),
    ],
)
def test_falsehoods_cost(text: str, kind: str) -> None:
    """A wrong thing, colour, number or relation is said but not right."""
    found = tally(text, SCENE)
    assert found.right[kind] < found.said[kind]
    assert found.f1() < 1


def test_f1_is_the_harmonic_mean() -> None:
    """Half of what is said is true, all that is due is told: two thirds."""
    half = tally("a blue circle and a black moon", SCENE)
    assert half.f1(("colour",)) == pytest.approx(2 * 0.5 * (1 / 3) / (0.5 + 1 / 3))
    value, low, high = f1_interval([half, half])
    assert low == pytest.approx(value) == pytest.approx(high)
    assert Tally().f1() == 1


def test_f1_is_summed_over_captions_not_averaged() -> None:
    """Two captions' facts are pooled: said 4 of which 3 true, due 5 of which 3 told."""
    parts = ({"thing": (3.0, 2.0, 4.0, 2.0)}, {"colour": (1.0, 1.0, 1.0, 1.0)})
    whole = FactsF1().whole([Outcome(0.5, parts=one) for one in parts])
    assert whole.value == pytest.approx(2 * (3 / 4) * (3 / 5) / (3 / 4 + 3 / 5))
    assert whole.n == 2 and whole.low <= whole.value <= whole.high
    assert FactsF1().part([parts[1]["colour"]]).value == 1


@pytest.mark.parametrize(
    ("said", "right"),
    [("Yes.", True), ("yes", True), ("no", False), ("yes or no", False), ("a yes", True)],
)
def test_one_answer_is_right(said: str, right: bool) -> None:
    """Case, full stop and article do not count; other words do."""
    assert right_answer(said, Question("exists", "is there a star?", "yes")) is right
    assert right_answer("grey", Question("colour", "what colour?", "gray"))
