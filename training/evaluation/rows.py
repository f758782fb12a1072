"""The registry of measured rows: what is measured, how often, and what it must reach.

A row is a function from trial numbers to outcomes. A trial's number decides everything about
it, so any stored outcome can be measured afresh. To add rows, decorate functions in a module of
your own and name the module in ``MODULES``.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np

from maquette.training.evaluation.intervals import Z95, wilson

MODULES = ("maquette.training.evaluation.generation_rows",)
"""Modules that register rows when they are imported."""
FIRST_SEED = 900_000
"""Seeds of evaluations begin here; trainings stay far below."""
T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One measured number."""

    name: str
    value: float
    low: float
    high: float
    n: int
    bar: float

    @property
    def holds(self) -> bool:
        """Whether the value reaches the bar."""
        return self.n > 0 and self.value >= self.bar

    def record(self) -> dict[str, Any]:
        """The row as JSON-ready data."""
        return {
            "name": self.name,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "bar": self.bar,
            "holds": self.holds,
        }


@dataclass(frozen=True)
class Outcome:
    """What one trial gave."""

    right: float
    """How many of its questions were right, or its score in [0, 1]."""
    of: int = 1
    """Its questions."""
    note: str = ""
    """What was asked and what was seen, for the contact sheet."""
    group: str = ""
    """Part of the row it belongs to, such as a wording; told beside the row."""
    picture: np.ndarray | None = field(default=None, compare=False)
    """uint8 (H, W, 3), if there is one to show."""


@dataclass
class Bench:
    """What rows share: where things lie, how pictures are drawn, and what was loaded."""

    work: Path
    """Folder of judges and results."""
    packs: Path
    """Folder of the packs, one a role."""
    steps: int | None = None
    guidance: float | None = None
    plan_layouts: bool = True
    few_step: bool = False
    _loaded: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, load: Callable[[], T]) -> T:
        """Load something at its first use."""
        if name not in self._loaded:
            self._loaded[name] = load()
        return self._loaded[name]


Measure = Callable[[Bench, Sequence[int]], list[Outcome]]


@dataclass(frozen=True)
class RowSpec:
    """A row that can be measured."""

    name: str
    bar: float
    trials: int
    """How many by default."""
    kind: Literal["share", "mean"]
    """Shares have Wilson's interval; means the one of their standard error."""
    measure: Measure

    def row(self, outcomes: Sequence[Outcome]) -> Row:
        """Sum outcomes up."""
        if not outcomes:
            return Row(self.name, 0.0, 0.0, 1.0, 0, self.bar)
        if self.kind == "share":
            right, n = sum(o.right for o in outcomes), sum(o.of for o in outcomes)
            low, high = wilson(right / n, n)
            return Row(self.name, right / n, low, high, n, self.bar)
        values = [o.right / o.of for o in outcomes]
        value = statistics.fmean(values)
        spread = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 1.0
        return Row(
            self.name,
            value,
            max(0.0, value - Z95 * spread),
            min(1.0, value + Z95 * spread),
            len(values),
            self.bar,
        )


_ROWS: dict[str, RowSpec] = {}


def measured_row(
    name: str, *, bar: float, trials: int = 150, kind: Literal["share", "mean"] = "share"
) -> Callable[[Measure], Measure]:
    """Register a function as the measure of a row.

    Raises: ValueError: another function has that name.
    """

    def register(measure: Measure) -> Measure:
        known = _ROWS.get(name)
        if known is not None and known.measure.__qualname__ != measure.__qualname__:
            raise ValueError(f"two measures are registered for the row {name!r}")
        _ROWS[name] = RowSpec(name, bar, trials, kind, measure)
        return measure

    return register


def known_rows(names: Iterable[str] = ()) -> list[RowSpec]:
    """List the registered rows, all or those named, in order of registration.

    Raises: KeyError: a name is not registered.
    """
    for module in MODULES:
        import_module(module)
    wanted = list(names) or list(_ROWS)
    unknown = [name for name in wanted if name not in _ROWS]
    if unknown:
        raise KeyError(f"no row named {', '.join(unknown)}; known: {', '.join(_ROWS)}")
    return [_ROWS[name] for name in wanted]
