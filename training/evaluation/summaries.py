"""From the outcomes of trials to one number with its 95 % interval.

Shares of single answers have Wilson's interval. Where answers of one trial go right or wrong
together, whole trials are drawn again (the bootstrap of Efron, 1979; seed 0).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from maquette.training.evaluation.intervals import wilson
from maquette.training.evaluation.outcome import Outcome

RESAMPLES = 1_000
Numbers = Sequence[tuple[float, ...]]
"""Of each trial that has them: how many were right and of how many, unless a summary says else."""


@dataclass(frozen=True)
class Estimate:
    """A number in [0, 1] with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


UNKNOWN = Estimate(0.0, 0.0, 1.0, 0)
"""What nothing was measured of."""


class Summary(Protocol):
    """How a row is summed up."""

    def whole(self, outcomes: Sequence[Outcome]) -> Estimate:
        """The row."""
        ...

    def part(self, numbers: Numbers) -> Estimate:
        """A part of the row, or an ablation."""
        ...


class Share:
    """Right answers over answers."""

    def whole(self, outcomes: Sequence[Outcome]) -> Estimate:
        return self.part([(o.right, o.of) for o in outcomes])

    def part(self, numbers: Numbers) -> Estimate:
        right, n = sum(one[0] for one in numbers), round(sum(one[1] for one in numbers))
        if not n:
            return UNKNOWN
        return Estimate(right / n, *wilson(right / n, n), n)


class Mean:
    """Scores over answers; the interval by drawing whole trials again."""

    def whole(self, outcomes: Sequence[Outcome]) -> Estimate:
        return self.part([(o.right, o.of) for o in outcomes])

    def part(self, numbers: Numbers) -> Estimate:
        table = np.array([one for one in numbers if one[1]], float).reshape(-1, 2)
        if not len(table):
            return UNKNOWN
        low, high = bootstrap(table, lambda sums: sums[..., 0] / sums[..., 1])
        total = table.sum(axis=0)
        return Estimate(float(total[0] / total[1]), low, high, round(total[1]))


class MeanOfParts(Share):
    """The mean of the parts' shares, each part counting alike however often it was asked."""

    def whole(self, outcomes: Sequence[Outcome]) -> Estimate:
        names = sorted({name for o in outcomes for name, (_, of) in o.parts.items() if of})
        if not names:
            return UNKNOWN
        table = np.array(
            [[o.parts.get(name, (0.0, 0.0)) for name in names] for o in outcomes], float
        )  # (trials, parts, 2)

        def mean(sums: np.ndarray) -> np.ndarray:
            right, of = sums[..., 0], sums[..., 1]
            there = (of > 0).sum(axis=-1)  # a part may be missing from what is drawn
            shares = (right / np.maximum(of, 1)).sum(axis=-1)
            return np.where(there > 0, shares / np.maximum(there, 1), np.nan)

        low, high = bootstrap(table, mean)
        total = table.sum(axis=0)
        return Estimate(float(mean(total)), low, high, round(total[:, 1].sum()))


class LeastPart(Share):
    """The part with the smallest share."""

    def whole(self, outcomes: Sequence[Outcome]) -> Estimate:
        names = sorted({name for o in outcomes for name in o.parts})
        found = [self.part([o.parts[name] for o in outcomes if name in o.parts]) for name in names]
        return min(found, key=lambda estimate: estimate.value, default=UNKNOWN)


def bootstrap(
    table: np.ndarray, value: Callable[[np.ndarray], np.ndarray], seed: int = 0
) -> tuple[float, float]:
    """The 95 % interval of a number, by drawing whole trials again.

    Args:
        table: float (trials, ...), what is summed over trials.
        value: from sums (resamples, ...) to numbers (resamples,).
    """
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(10):  # in parts, so that thousands of trials stay small
        drawn = rng.integers(len(table), size=(RESAMPLES // 10, len(table)))
        values.append(value(table[drawn].sum(axis=1)))
    low, high = np.nanquantile(np.concatenate(values), (0.025, 0.975))
    return float(low), float(high)
