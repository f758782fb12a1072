"""The registry of measured rows: what is measured, how often, and what it must reach.

A row is a function from a trial's number to its outcome. The number decides everything about
the trial, so any stored outcome can be measured afresh. To add rows, decorate functions in a
module of your own and name the module in ``MODULES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from maquette.model_servers.loading.model_files import check_files
from maquette.records.errors import ConfigError
from maquette.training.evaluation.outcome import Outcome
from maquette.training.evaluation.summaries import UNKNOWN, Estimate, Share, Summary

MODULES = (
    "maquette.training.evaluation.generation_rows",
    "maquette.training.understanding.score",
    "maquette.training.evaluation.generated_rows",
    "maquette.training.segmentation.score",
    "maquette.training.reward.measure",
    "maquette.training.embedding.score",
    "maquette.training.guard.score",
    "maquette.training.evaluation.judge.judge_rows",
)
"""Modules that register rows when they are imported, in the order of the table."""
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
    bar: float | None = None
    """What it must reach; None: it only explains another row."""
    problem: str = ""
    """Why it could not be measured; then ``n`` is 0."""

    @property
    def holds(self) -> bool | None:
        """Whether the value reaches the bar."""
        return None if self.bar is None else self.n > 0 and self.value >= self.bar

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


SWAPPED = "labels_swapped_at_training"
"""What stands beside a row where the bench has weights taught the opposite; no pack keeps them."""


@dataclass
class Bench:
    """What rows share: where things lie, how pictures are drawn, and what was loaded."""

    work: Path
    """Folder of judges and results."""
    packs: Path
    """Folder of the packs, one a role."""
    places: Mapping[str, Path] = field(default_factory=dict)
    """Folder of a role's pack where it is not below ``packs``."""
    steps: int | None = None
    guidance: float | None = None
    plan_layouts: bool = True
    photographs: Path | None = None
    """Folder of photographs beside those that installed packages hold."""
    swapped: Path | None = None
    """Folder with reward perspectives that were taught with swapped labels."""
    labels: Path | None = None
    """What a person saw in drawn pictures; None: in ``work``, where `label-sheets` puts it."""
    _loaded: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of_pack(cls, role: str, pack: Path) -> Bench:
        """A bench for the rows of one role, whose pack lies anywhere."""
        return cls(pack.parent, pack.parent, {role: pack})

    def once(self, name: str, load: Callable[[], T]) -> T:
        """Load something at its first use."""
        if name not in self._loaded:
            self._loaded[name] = load()
        return self._loaded[name]

    def pack(self, role: str) -> Path:
        """The folder of a role's pack, its files checked against its manifest.

        Raises: ConfigError: there is none. PackCorrupt: a file is not as published.
        """
        folder = self.places.get(role, self.packs / role)
        if not folder.is_dir() or not any(folder.iterdir()):
            raise ConfigError(
                f"there is no {role} in this pack (no folder {folder.name!r} with files)",
                hint="train and export it: docs/training.md says how",
            )
        self.once(f"checked {folder}", lambda: check_files(folder, bundled=False))
        return folder

    def options(self) -> dict[str, Any]:
        """What decides how pictures are drawn, as JSON-ready data."""
        return {"steps": self.steps, "guidance": self.guidance, "plan_layouts": self.plan_layouts}


Measure = Callable[[Bench, int], Outcome]
SHARE = Share()


@dataclass(frozen=True)
class RowSpec:
    """A row that can be measured."""

    name: str
    bar: float
    trials: int
    """How many by default."""
    measure: Measure
    summary: Summary = SHARE
    chosen: Callable[[Bench, int], Sequence[int]] | None = None
    """Which trials, for so many wanted; None: the first."""

    def numbers(self, bench: Bench, trials: int | None = None) -> Sequence[int]:
        """The numbers of the trials to measure; None: as many as the row's own."""
        wanted = trials or self.trials
        return range(wanted) if self.chosen is None else self.chosen(bench, wanted)

    def row(self, outcomes: Sequence[Outcome]) -> Row:
        """Sum outcomes up."""
        estimate = self.summary.whole(outcomes)
        problem = "" if estimate.n else "no trial counted"
        return self._row(self.name, estimate, self.bar, problem)

    def unmeasured(self, problem: str) -> Row:
        """The row where it cannot be measured; it fails."""
        return self._row(self.name, UNKNOWN, self.bar, problem)

    def beside(self, outcomes: Sequence[Outcome]) -> list[Row]:
        """What is told beside the row: its groups, parts and ablations, without a bar."""
        found: dict[str, Estimate] = {}
        groups = dict.fromkeys(o.group for o in outcomes if o.group)
        if len(groups) > 1:
            for group in groups:
                found[group] = self.summary.whole([o for o in outcomes if o.group == group])
        for kind in ("parts", "beside"):
            tables: list[Mapping[str, tuple[float, ...]]] = [getattr(o, kind) for o in outcomes]
            for name in dict.fromkeys(name for table in tables for name in table):
                found[name] = self.summary.part([table[name] for table in tables if name in table])
        return [self._row(f"{self.name}.{name}", e, None, "") for name, e in found.items() if e.n]

    @staticmethod
    def _row(name: str, e: Estimate, bar: float | None, problem: str) -> Row:
        return Row(name, e.value, e.low, e.high, e.n, bar, problem)


_ROWS: dict[str, RowSpec] = {}


def measured_row(
    name: str,
    *,
    bar: float,
    trials: int = 150,
    summary: Summary = SHARE,
    chosen: Callable[[Bench, int], Sequence[int]] | None = None,
) -> Callable[[Measure], Measure]:
    """Register a function as the measure of a row.

    Raises: ValueError: another function has that name.
    """

    def register(measure: Measure) -> Measure:
        known = _ROWS.get(name)
        if known is not None and _origin(known.measure) != _origin(measure):
            raise ValueError(f"two measures are registered for the row {name!r}")
        _ROWS[name] = RowSpec(name, bar, trials, measure, summary, chosen)
        return measure

    return register


def known_rows(names: Iterable[str] = ()) -> list[RowSpec]:
    """List the registered rows, all or those named, in order of the table.

    Raises: KeyError: a name is not registered.
    """
    for module in MODULES:
        import_module(module)
    ordered = sorted(_ROWS, key=_place)
    wanted = list(names) or ordered
    unknown = [name for name in wanted if name not in _ROWS]
    if unknown:
        raise KeyError(f"no row named {', '.join(unknown)}; known: {', '.join(ordered)}")
    return [_ROWS[name] for name in wanted]


def measure_rows(bench: Bench, names: Iterable[str], trials: int | None = None) -> list[Row]:
    """Measure rows without storing anything: each, then what is told beside it.

    What a recipe's own ``score`` shows; ``maquette eval pack`` measures by the same functions.
    """
    found = []
    for spec in known_rows(names):
        outcomes = [spec.measure(bench, number) for number in spec.numbers(bench, trials)]
        found += [spec.row(outcomes), *spec.beside(outcomes)]
    return found


def _origin(measure: Measure) -> tuple[Any, Any]:
    inner = getattr(measure, "func", measure)
    return getattr(inner, "__module__", None), getattr(inner, "__qualname__", None)


def _place(name: str) -> int:
    module = str(_origin(_ROWS[name].measure)[0])
    return MODULES.index(module) if module in MODULES else len(MODULES)
