"""One order for pictures that are compared in two ways: by what they show, by their words.

A cosine means nothing by itself: another model, or another query, has others. So each is told
in standard deviations above what the query has with the library's pictures in general, and
both ways together give one probability.

Notation: ``N`` pictures, ``D`` width.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_LEAST_SPREAD = 1e-3


def standing(pictures: np.ndarray, query: np.ndarray) -> np.ndarray:
    """How far each picture fits a query better than the library's pictures in general do.

    Args:
        pictures: float32 (N, D), rows of zeros where there is no vector.
        query: (D,), a unit vector.
    Returns: (N,) in standard deviations; NaN where there is no vector.
    """
    found = np.full(len(pictures), np.nan)
    there = pictures.any(axis=1)
    if there.any():
        cosines = pictures[there] @ query
        found[there] = (cosines - cosines.mean()) / max(float(cosines.std()), _LEAST_SPREAD)
    return found


@dataclass(frozen=True)
class Weights:
    """Of a logistic regression on standings; what is not compared has no weight."""

    offset: float
    shown: float = 0.0
    said: float = 0.0


@dataclass(frozen=True)
class Calibration:
    """From standings to the probability that a picture is what was asked for.

    Where it comes from: ``maquette eval search --fit``, on a planted library of 300 pictures whose
    truth is known and 150 queries from templates; what is measured is another library with other
    queries. The bundled dual encoder says little of queries as short as a person's, so the words
    that a picture was made from weigh most where there are any. Standings do not depend on a
    model's scale; another model takes the same weights.
    """

    both: Weights = Weights(-5.123, shown=0.069, said=1.168)
    shown_only: Weights = Weights(-4.192, shown=0.414)
    said_only: Weights = Weights(-5.123, said=1.18)

    def likely(self, shown: np.ndarray, said: np.ndarray) -> np.ndarray:
        """Probabilities (N,), 0 where neither standing is there (NaN)."""
        logits = np.full(len(shown), -np.inf)
        for weights, chosen in (
            (self.both, np.isfinite(shown) & np.isfinite(said)),
            (self.shown_only, np.isfinite(shown) & ~np.isfinite(said)),
            (self.said_only, ~np.isfinite(shown) & np.isfinite(said)),
        ):
            told = np.nan_to_num(weights.shown * shown) + np.nan_to_num(weights.said * said)
            logits[chosen] = (weights.offset + told)[chosen]
        return 1 / (1 + np.exp(-logits))


CALIBRATION = Calibration()
