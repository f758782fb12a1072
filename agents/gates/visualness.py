"""Is this text worth a picture? A probability, and why.

After "Learning the Visualness of Text": a text is compared with a NULL set, of which nothing is to
be seen; the nearer it is, the less there is to draw. Here the vectors are an encoder's of
sentences, a second set shows what the other end looks like, and signs in the words help. A
logistic regression weighs them.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from maquette.agents.gates.anchors import NULL, VISUAL
from maquette.agents.gates.words import IsThing, abstract, concrete, content, placed, words_of

Embed = Callable[[tuple[str, ...]], Awaitable[Sequence[Sequence[float]]]]
"""Unit vectors of texts, one each."""

NEAREST = 3
"""Sentences of each set that a text is compared with one by one."""


@dataclass(frozen=True)
class Signals:
    """What speaks for a picture and against it."""

    null: float
    """Cosine with the mean of the NULL set."""
    visual: float
    """Cosine with the mean of the sentences that could be shown."""
    nearest: float
    """How much nearer the nearest of those are than the nearest of the NULL set."""
    concrete: float
    """Share of the words with a meaning that can be seen."""
    abstract: float
    """Share of those of which nothing can."""
    placed: float
    """1 where something is said to stand somewhere."""


@dataclass(frozen=True)
class Weights:
    """Of the logistic regression on the signals."""

    offset: float
    null: float
    visual: float
    nearest: float
    concrete: float
    abstract: float
    placed: float


@dataclass(frozen=True)
class Visualness:
    """Whether a text is worth a picture."""

    probability: float
    reasons: tuple[str, ...]


WEIGHTS = Weights(
    offset=-0.165,
    null=-1.9,
    visual=1.884,
    nearest=2.71,
    concrete=1.998,
    abstract=-2.041,
    placed=0.54,
)
"""Where they come from: ``python -m maquette.training.gates.visualness`` on the 100 sentences of
the ``fit`` part of its file, with MiniLM and the names of the art packs."""


class VisualGate:
    """Compares texts with the two sets, whose vectors it keeps."""

    def __init__(self, embed: Embed, is_thing: IsThing, weights: Weights = WEIGHTS) -> None:
        """
        Args:
            embed: gives unit vectors of sentences; asked once for the two sets.
            is_thing: knows nouns that can be drawn, such as those of the art packs.
        """
        self._embed = embed
        self._is_thing = is_thing
        self._weights = weights
        self._sets: tuple[np.ndarray, np.ndarray] | None = None

    async def is_visual(self, sentence: str) -> Visualness:
        """Whether a sentence is worth a picture. One without a word is not.

        Raises: as ``embed`` does.
        """
        if not words_of(sentence):
            return Visualness(0.0, ("it has no words",))
        return judged(await self.signals(sentence), self._weights, self._seen(sentence))

    async def signals(self, sentence: str) -> Signals:
        """What is measured of a sentence. Raises: as ``embed`` does."""
        null, visual = await self._anchors()
        vector = np.asarray((await self._embed((sentence,)))[0], np.float64)
        words = content(words_of(sentence))
        many = max(1, len(words))
        return Signals(
            null=_cosine(vector, null.mean(axis=0)),
            visual=_cosine(vector, visual.mean(axis=0)),
            nearest=_nearest(visual @ vector) - _nearest(null @ vector),
            concrete=len(concrete(words, self._is_thing)) / many,
            abstract=len(abstract(words)) / many,
            placed=float(placed(words)),
        )

    async def _anchors(self) -> tuple[np.ndarray, np.ndarray]:
        if self._sets is None:
            both = np.asarray(await self._embed((*NULL, *VISUAL)), np.float64)
            self._sets = both[: len(NULL)], both[len(NULL) :]
        return self._sets

    def _seen(self, sentence: str) -> tuple[list[str], list[str]]:
        words = content(words_of(sentence))
        return concrete(words, self._is_thing), abstract(words)


def judged(
    signals: Signals, weights: Weights, seen: tuple[list[str], list[str]] = ([], [])
) -> Visualness:
    """The probability of some signals, and what decided it, the weightiest first.

    Args:
        seen: words that can be seen, and words that cannot, to be named.
    """
    parts = {f.name: getattr(weights, f.name) * getattr(signals, f.name) for f in fields(signals)}
    probability = 1 / (1 + math.exp(-(weights.offset + sum(parts.values()))))
    return Visualness(probability, tuple(_reasons(signals, seen)))


def _reasons(signals: Signals, seen: tuple[list[str], list[str]]) -> list[str]:
    told = []
    apart = signals.visual - signals.null
    nearer = "scenes that can be seen" if apart > 0 else "statements of which nothing is to be seen"
    told.append(f"its meaning is nearer to {nearer} (by {abs(apart):.2f})")
    for words, what in zip(seen, ("can be seen", "cannot be seen"), strict=True):
        if words:
            told.append(f"{', '.join(dict.fromkeys(words[:5]))} {what}")
    if signals.placed:
        told.append("it says where things are")
    return told


def _cosine(vector: np.ndarray, mean: np.ndarray) -> float:
    length = float(np.linalg.norm(vector) * np.linalg.norm(mean))
    return float(vector @ mean) / length if length > 0 else 0.0


def _nearest(cosines: np.ndarray) -> float:
    return float(np.sort(cosines)[-NEAREST:].mean())
