"""How much of a training is done, by steps or by minutes, whichever comes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Budget:
    """A limit in steps, minutes or both.

    Args:
        steps: largest number of steps, or None.
        minutes: largest wall time over all resumed runs, or None.
        clock: returns seconds; ``time.monotonic`` at the edge, a fake in tests.
        spent_s: seconds used by earlier runs.
    Raises: ValueError: if neither limit is given.
    """

    steps: int | None
    minutes: float | None
    clock: Callable[[], float]
    spent_s: float = 0.0
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        if self.steps is None and self.minutes is None:
            raise ValueError("a budget needs steps or minutes; neither was given")
        self._started = self.clock()

    @property
    def elapsed_s(self) -> float:
        """Seconds used by this run and the earlier ones."""
        return self.spent_s + self.clock() - self._started

    def __call__(self, step: int) -> float:
        """Give the share of training done before step ``step``, in [0, 1]."""
        shares = [0.0]
        if self.steps is not None:
            shares.append(step / self.steps)
        if self.minutes is not None:
            shares.append(self.elapsed_s / (60 * self.minutes))
        return min(1.0, max(shares))
