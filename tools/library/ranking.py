"""One order for pictures that are compared in two ways: by what they show, by their words.

A cosine means nothing by itself: another model, or a picture that is near to everything, has
others. So each cosine is told in standard deviations above what captions in general have with
the same picture, and both ways together give one probability.

Notation: ``N`` pictures, ``M`` captions in general, ``D`` width.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

IN_GENERAL: tuple[str, ...] = (
    *("a red circle", "a blue square", "a green triangle", "a yellow star", "a purple heart"),
    *("an orange flower", "a white cloud", "a black car", "a brown house", "a pink umbrella"),
    *("a gray rocket", "a green tree", "a blue fish", "a red mushroom", "a yellow moon"),
    *("an orange balloon", "a white cup", "a brown boat", "a purple ring", "a black arrow"),
    *("two red squares", "three blue stars", "a striped circle", "a dotted house"),
    *("the sea", "a city at night", "mountains", "a meadow", "snow", "the desert"),
    *("a plain background", "a portrait of a woman", "a man in a suit", "a group of people"),
    *("a dog on the grass", "a cat on a sofa", "a bird on a branch", "a plate of food"),
    *("a street with cars", "a room with furniture", "a building", "a forest", "a river"),
    *("a sign with words", "a page of text", "a logo", "a map", "a chart", "a painting"),
    *("a photograph", "a pattern", "a machine", "clothes", "a toy", "a book", "the sky"),
)
"""Captions in general: of the bundled world, and of what pictures elsewhere show."""
_LEAST_SPREAD = 1e-3


def standing(pictures: np.ndarray, query: np.ndarray, general: np.ndarray) -> np.ndarray:
    """How far a query fits each picture better than captions in general do.

    Args:
        pictures: float32 (N, D), rows of zeros where there is no vector.
        query: (D,), general: (M, D), unit vectors.
    Returns: (N,) in standard deviations; NaN where there is no vector.
    Source: as in QB-Norm (Cross Modal Retrieval with Querybank Normalisation), with mean and
        deviation in place of its softmax.
    """
    if not pictures.any():
        return np.full(len(pictures), np.nan)
    usual = pictures @ general.T  # (N, M)
    spread = np.maximum(usual.std(axis=1), _LEAST_SPREAD)
    found: np.ndarray = (pictures @ query - usual.mean(axis=1)) / spread
    found[~pictures.any(axis=1)] = np.nan
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

    Where it comes from: ``maquette eval search --fit``, on planted libraries of 300 pictures
    whose truth is known (seeds 0 to 3; the held-out library and its queries are others). Standings
    do not depend on a model's scale, so other models take the same weights.
    """

    both: Weights = Weights(-4.0, 1.0, 0.5)
    shown_only: Weights = Weights(-4.0, 1.5, 0.0)
    said_only: Weights = Weights(-4.0, 0.0, 1.0)

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
