"""Drive a run from the command line: progress bar, journal, checkpoints, plot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from tqdm import tqdm

from maquette.training.recipes.budget import Budget
from maquette.training.recipes.journal import Journal, plot
from maquette.training.recipes.loop import Step

LOG_EVERY = 20
"""Steps between journal lines."""
SAVE_EVERY_S = 120.0
"""Seconds between checkpoints."""


class Run(Protocol):
    """A training that can be stopped and taken up again."""

    name: str
    spent_s: float

    def restore(self) -> int:
        """Load the checkpoint if there is one; returns the next step's index."""

    def save(self, step: int, elapsed_s: float) -> None:
        """Write a checkpoint before step ``step``."""

    def steps(self, start: int, progress: Callable[[int], float]) -> Iterator[Step]:
        """Train, yielding each step."""

    def score(self) -> dict[str, float]:
        """Measure on what was kept from training."""


def follow(
    run: Run,
    work: Path,
    minutes: float | None,
    steps: int | None,
    keys: list[str],
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Train until the budget is spent.

    Args:
        run: what to train; restored first.
        work: folder of ``<name>.jsonl`` and ``<name>.png``.
        minutes, steps: limits over all resumed runs; at least one.
        keys: what to plot from the journal.
        clock: returns seconds.
    Returns: index of the next step.
    """
    start = run.restore()
    budget = Budget(steps, minutes, clock, run.spent_s)
    journal = Journal(work / f"{run.name}.jsonl")
    saved_s = budget.elapsed_s
    done = start
    bar = tqdm(run.steps(start, budget), initial=start, total=steps, desc=run.name, mininterval=5)
    for step in bar:
        done = step.index + 1
        if step.index % LOG_EVERY == 0:
            bar.set_postfix({k: f"{v:.4f}" for k, v in step.losses.items()}, refresh=False)
            journal.write(
                step=step.index,
                elapsed_s=round(budget.elapsed_s, 1),
                rate=step.learning_rate,
                gradient_norm=step.gradient_norm,
                **step.losses,
            )
        if budget.elapsed_s - saved_s > SAVE_EVERY_S:
            run.save(done, budget.elapsed_s)
            journal.write(step=step.index, **run.score())
            saved_s = budget.elapsed_s
    if done > start:
        run.save(done, budget.elapsed_s)
        journal.write(step=done - 1, **run.score())
    plot(journal.read(), keys, work / f"{run.name}.png")
    return done
