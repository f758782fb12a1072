"""Fit the calibration of searches: from standings to how likely a picture is the right one.

The library and the queries are others than those that are measured: queries come from templates
(``search_facts``), signs are asked for by their words.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from maquette.tools.library.ranking import Calibration, Weights
from maquette.tools.library.spaces import FoundBy
from maquette.training.evaluation.everyday import SIGN_WORDS
from maquette.training.evaluation.search.facts import Truths, ask_of, worded
from maquette.training.evaluation.search.library import SIZE, Planted, plant
from maquette.training.evaluation.search.search import Looked, fill, look
from maquette.training.evaluation.search.strangers import Query
from maquette.training.world.telling.phrases import pick

SEED = 0
QUERIES = 150
_ROUNDS = 50


def templated(library: Sequence[Planted], seed: int, count: int) -> list[Query]:
    """Queries from templates."""
    rng = np.random.default_rng((seed, 3))
    truths = Truths([one.scene for one in library])
    queries = []
    for row in rng.integers(len(library), size=count):
        target = library[row]
        if target.scene is None:
            right = np.array([one.sign == target.sign for one in library])
            text = f"{pick(SIGN_WORDS, rng)} {target.sign.lower()}"
            queries.append(Query("template", "sign", text, right))
        else:
            asked = ask_of(target.scene, rng)
            text = worded(asked, rng)
            queries.append(Query("template", "scene", text, truths.of(asked)))
    return queries


async def standings(seed: int = SEED, size: int = SIZE) -> list[Looked]:
    """What to fit on: queries of a library."""
    shelf = await fill(plant(seed, size))
    return [await look(shelf, query) for query in templated(shelf.planted, seed, QUERIES)]


def fit(looked: Sequence[Looked]) -> Calibration:
    """Three logistic regressions over pairs of a query and a picture."""
    right = np.concatenate([one.query.right for one in looked])
    shown, said = (
        np.concatenate([one.standings[by] for one in looked])
        for by in (FoundBy.PICTURES, FoundBy.WORDS)
    )
    both = np.isfinite(shown) & np.isfinite(said)
    seen = np.isfinite(shown)
    told = np.isfinite(said)
    offset, *weights = logistic(np.stack([shown[both], said[both]], 1), right[both])
    alone, by_sight = logistic(shown[seen][:, None], right[seen])
    plain, by_words = logistic(said[told][:, None], right[told])
    return Calibration(
        both=Weights(offset, weights[0], weights[1]),
        shown_only=Weights(alone, by_sight, 0.0),
        said_only=Weights(plain, 0.0, by_words),
    )


def logistic(features: np.ndarray, right: np.ndarray) -> list[float]:
    """Offset and weights of a logistic regression, by Newton's method.

    Args:
        features: float (n, F); right: bool (n,).
    """
    rows = np.concatenate([np.ones((len(features), 1)), features], axis=1)
    found = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (right - likely)
        bend = (rows * (likely * (1 - likely))[:, None]).T @ rows + 1e-6 * np.eye(len(found))
        step = np.linalg.solve(bend, slope)
        found += step
        if np.abs(step).max() < 1e-8:
            break
    return [round(float(value), 3) for value in found]
