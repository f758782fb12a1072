"""Shares with honest intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z95 = 1.959963984540054


def wilson(share: float, n: int) -> tuple[float, float]:
    """Give Wilson's 95 % interval of a share of ``n`` trials, in [0, 1]."""
    z2 = Z95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True)
class Share:
    """How many of ``n`` trials were right."""

    right: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.right <= self.n or self.n < 1:
            raise ValueError(f"{self.right} right of {self.n}; expected 0 <= right <= n, n >= 1")

    @property
    def value(self) -> float:
        """The share, in [0, 1]."""
        return self.right / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson 95 % interval, in [0, 1].

        Source: Wilson, "Probable Inference, the Law of Succession" (1927).
        """
        return wilson(self.value, self.n)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.1%} ({low:.1%} to {high:.1%}, n = {self.n})"
