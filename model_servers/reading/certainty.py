"""How probable it is that all of a request was read right.

The probabilities of single words say little of the whole: a request is misread by its one doubtful
word, and by an arc as well as by a tag. What the network held of each decision is summed up in a
few numbers, and a logistic regression on them, fitted on requests that it was not taught, gives
the probability (Platt 1999).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

NUMBERS = (
    "words_sum", "words_least", "arcs_sum", "arcs_least", "items_sum", "kinds_least", "kinds_sum",
    "length", "foreign",
)  # fmt: skip
"""What a request is summed up in. ``sum`` and ``least`` are of the natural logarithms of the
probabilities of what was decided; ``length`` is the logarithm of the number of words."""
LEAST = 1e-4
"""Smaller probabilities count as so much."""


@dataclass(frozen=True)
class Held:
    """The probabilities that the network gave to what was decided."""

    words: Sequence[float]
    arcs: Sequence[float]
    items: Sequence[float]
    kinds: Sequence[float]

    def numbers(self, language: str) -> tuple[float, ...]:
        """``NUMBERS`` of a request."""
        words, arcs, items, kinds = map(_logs, (self.words, self.arcs, self.items, self.kinds))
        return (
            *(sum(words), min(words, default=0.0)),
            *(sum(arcs), min(arcs, default=0.0)),
            sum(items),
            *(min(kinds, default=0.0), sum(kinds)),
            math.log(1 + len(words)),
            float(language != "en"),
        )


def probability(numbers: Sequence[float], weights: Sequence[float]) -> float:
    """Of ``NUMBERS``, with a weight for each and the constant last."""
    told = weights[-1] + sum(w * n for w, n in zip(weights[:-1], numbers, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, told))))


def _logs(shares: Sequence[float]) -> list[float]:
    return [math.log(max(LEAST, share)) for share in shares]
