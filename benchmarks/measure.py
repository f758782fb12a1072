"""What every benchmark shares: paired repetitions and an honest interval."""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass

RESAMPLES = 2_000


@dataclass(frozen=True)
class Estimate:
    """A median with its bootstrap 95 % interval."""

    median: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.low:.2f}, {self.high:.2f}] (n={self.n})"


def estimate(values: list[float], *, seed: int = 0) -> Estimate:
    """Median of the values; the interval by the percentile bootstrap (Efron, 1979).

    Raises: ValueError: there is no value.
    """
    if not values:
        raise ValueError("no values were measured")
    draw = random.Random(seed)
    medians = sorted(
        statistics.median(draw.choices(values, k=len(values))) for _ in range(RESAMPLES)
    )
    return Estimate(
        median=statistics.median(values),
        low=medians[int(0.025 * RESAMPLES)],
        high=medians[int(0.975 * RESAMPLES)],
        n=len(values),
    )


def paired_ratios(ours: list[float], theirs: list[float]) -> Estimate:
    """Ours over theirs, repetition by repetition: drift of the machine cancels out."""
    return estimate([a / b for a, b in zip(ours, theirs, strict=True)])
