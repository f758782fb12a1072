"""Searches are measured against the truth of planted pictures, by the very library that serves."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.tools.library.ranking import CALIBRATION, standing
from maquette.tools.library.spaces import FoundBy
from maquette.training.evaluation.search.facts import Asked, Truths, Wish, ask_of, worded
from maquette.training.evaluation.search.fit import logistic
from maquette.training.evaluation.search.library import plant
from maquette.training.evaluation.search.search import ALL, hit, measure, shares
from maquette.training.evaluation.search.strangers import STRANGERS, ask
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene


def test_truths_are_those_of_the_scenes() -> None:
    """What is true of many pictures at once is what each scene says by itself."""
    rng = np.random.default_rng(3)
    scenes: list[Scene | None] = [sample_scene(rng) for _ in range(60)]
    scenes.append(None)
    truths = Truths(scenes)
    for place, target in enumerate(scenes):
        asked = ask_of(target, rng)
        assert truths.of(asked)[place] and worded(asked, rng).strip()
        assert truths.of(asked).tolist() == [_fits(asked, scene) for scene in scenes]


def _fits(asked: Asked, scene: Scene | None) -> bool:
    if scene is None or asked.sign:
        return scene is None and asked.sign

    def count(wish: Wish) -> int:
        return sum(
            wish.thing in (None, one.thing)
            and wish.colour in (None, one.colour)
            and wish.pattern in (None, one.pattern)
            for one in scene.things
        )

    there = all(
        count(wish) > 0 if wish.count is None else count(wish) == wish.count
        for wish in asked.wishes
    )
    return there and (asked.place is None or asked.place in scene.background.words.split(" to "))


def test_the_regression_is_where_the_slope_is_zero() -> None:
    """At the fitted weights the gradient of the log likelihood vanishes (to the rounding)."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(4_000, 2))
    right = rng.random(4_000) < 1 / (1 + np.exp(1.5 - features @ [2.0, -0.5]))
    found = logistic(features, right)
    rows = np.concatenate([np.ones((4_000, 1)), features], axis=1)
    slope = rows.T @ (right - 1 / (1 + np.exp(-rows @ found)))
    assert np.abs(slope).max() < 1.0
    assert found == pytest.approx([-1.5, 2.0, -0.5], abs=0.2)


def test_a_standing_knows_no_scale() -> None:
    """Other models have other cosines: squeezed and moved ones stand where they stood; a picture
    without a vector stands nowhere."""
    rng = np.random.default_rng(2)
    cosines = rng.uniform(-0.2, 0.9, 30)
    query = np.array([1.0, 0.0])

    def pictures(values: np.ndarray) -> np.ndarray:
        return np.stack([values, np.sqrt(1 - values**2)], 1)

    first = standing(pictures(cosines), query)
    assert standing(pictures(0.1 * cosines + 0.3), query) == pytest.approx(first)
    assert (first.mean(), first.std()) == pytest.approx((0.0, 1.0))
    with_none = standing(np.concatenate([pictures(cosines), np.zeros((1, 2))]), query)
    assert np.isnan(with_none[-1]) and with_none[:-1] == pytest.approx(first)


def test_more_of_either_is_never_less_likely() -> None:
    """The probability rises with both standings, and is none where neither is there."""
    up = np.linspace(-3, 6, 20)
    still, none = np.zeros(20), np.full(20, np.nan)
    for shown, said in ((up, still), (still, up), (up, none), (none, up)):
        told = CALIBRATION.likely(shown, said)
        assert (np.diff(told) > 0).all() and 0 < told[0] < told[-1] < 1
    assert (CALIBRATION.likely(none, none) == 0).all()


def test_every_query_has_a_right_picture() -> None:
    """Five strangers ask only for what the library holds; the same seed asks the same."""
    library = plant(5, 40)
    queries = ask(library, 5, 10)
    assert len(queries) == 10 * len(STRANGERS)
    assert all(query.right.any() for query in queries)
    assert [one.text for one in ask(library, 5, 10)] == [one.text for one in queries]


@pytest.mark.slow
async def test_a_small_library_is_searched() -> None:
    """Forty pictures: the calibrated order finds the right one oftener than bare cosines on one
    scale, and a sign that names a thing does not push the picture of it out."""
    _, looked = await measure(seed=5, size=40, each=10)
    found = shares(looked)
    assert found[ALL].value >= 0.75
    assert found[ALL].value > found["- by bare cosines on one scale"].value
    named = [one for one in looked if one.query.kind == "one"]
    assert sum(hit(one.query, one.found) for one in named) >= 0.8 * len(named)
    assert all(set(one.standings) == set(FoundBy) for one in looked)
