"""The bundled pack: its size, and its load, memory and speed in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maquette.benchmarks.measure import Estimate, estimate
from maquette.model_servers.loading.model_files import PACKS

ROLES = ("generation", "understanding", "segmentation", "reward", "embedding", "guard")
"""Folders of the pack."""
BARS: Mapping[str, tuple[float, str]] = {
    "size": (120.0, "MB"),
    "load": (5.0, "s"),
    "peak_memory": (1.5, "GB"),
    "picture": (4.0, "s"),
    "picture_few_step": (1.5, "s"),
    "caption": (1.0, "s"),
    "reward": (0.150, "s"),
    "mask": (0.300, "s"),
}
"""Figure to what it must not pass, and its unit."""
TIME_LIMIT_S = 1800


@dataclass(frozen=True)
class Figure:
    """One measured figure."""

    name: str
    unit: str
    bar: float | None = None
    """What it must not pass; None: it only explains."""
    measured: Estimate | None = None
    """None: it could not be measured."""
    note: str = ""
    complete: bool = True
    """False: a role was missing, so the figure is of less than the whole pack."""

    @property
    def holds(self) -> bool | None:
        """Whether it stays within its bar; what was not measured, or of a part only, does not."""
        if self.bar is None:
            return None
        return self.complete and self.measured is not None and self.measured.median <= self.bar


def measure_pack(packs: Path, repetitions: int = 5, cores: int = 2) -> list[Figure]:
    """Measure the pack in ``packs``, with so many torch threads on so many cores.

    Roles are colocated in one process that is started for this. What is missing from the pack
    has a figure without a number.

    Raises: RuntimeError: that process did not end well.
    """
    figures = size_figures(packs)
    with tempfile.TemporaryDirectory(prefix="maquette-bench-") as folder:
        answer = Path(folder) / "figures.json"
        asked = {
            "packs": str(packs.resolve()),
            "bundled": packs.resolve() == PACKS,
            "repetitions": repetitions,
            "cores": cores,
            "to": str(answer),
        }
        threads = {name: str(cores) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")}
        done = subprocess.run(
            [sys.executable, "-m", "maquette.benchmarks.pack_roles", json.dumps(asked)],
            env={**os.environ, **threads},
            timeout=TIME_LIMIT_S,
            check=False,
        )
        if done.returncode or not answer.exists():
            raise RuntimeError(
                f"the measuring process ended with status {done.returncode}; see what it printed"
            )
        told = json.loads(answer.read_text(encoding="utf-8"))
    return figures + [read_figure(name, one) for name, one in told.items()]


def size_figures(packs: Path) -> list[Figure]:
    """The size of all packs and, without a bar, of each."""
    sizes = {
        role: sum(f.stat().st_size for f in (packs / role).rglob("*") if f.is_file()) / 1e6
        for role in ROLES
    }
    missing = [role for role, size in sizes.items() if not size]
    note = f"missing: {', '.join(missing)}" if missing else ""
    total = Figure(
        "size", "MB", BARS["size"][0], estimate([sum(sizes.values())]), note, not missing
    )
    parts = [
        Figure(f"size.{role}", "MB", None, estimate([size])) for role, size in sizes.items() if size
    ]
    return [total, *parts]


def read_figure(name: str, told: Mapping[str, Any]) -> Figure:
    """A figure as the measuring process tells it: values, or why there are none."""
    bar, unit = BARS.get(name, (None, told.get("unit", "s")))
    values = told.get("values", [])
    found = estimate(values) if values else None
    return Figure(name, unit, bar, found, told.get("note", ""), told.get("complete", True))


def record(figure: Figure) -> dict[str, Any]:
    """A figure as JSON-ready data."""
    found = figure.measured
    return {
        "name": figure.name,
        "unit": figure.unit,
        "value": found.median if found else None,
        "low": found.low if found else None,
        "high": found.high if found else None,
        "n": found.n if found else 0,
        "bar": figure.bar,
        "holds": figure.holds,
        "note": figure.note,
    }
