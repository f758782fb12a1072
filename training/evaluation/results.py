"""What an evaluation leaves behind: rows, outcomes that can be rechecked, table, plot, sheets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import resvg_py

from maquette.training.evaluation.intervals import wilson
from maquette.training.evaluation.rows import Bench, Outcome, Row, RowSpec
from maquette.training.evaluation.sheet import contact_sheet

RESULTS = "pack.json"
OUTCOMES = "outcomes"
"""Folder of one JSON file a row."""
SHEETS = "sheets"
SHOWN = 16
"""Pictures on a row's sheet."""


@dataclass(frozen=True)
class Recheck:
    """One stored outcome, measured afresh."""

    row: str
    trial: int
    before: tuple[float, int]
    now: tuple[float, int]

    @property
    def agrees(self) -> bool:
        """Whether both are equal."""
        return self.before == self.now


def measure(bench: Bench, spec: RowSpec, trials: int | None, out: Path) -> Row:
    """Measure a row and store its outcomes and its sheet.

    Args:
        bench: what rows share.
        spec: the row.
        trials: how many; None: the row's own number.
        out: folder of results.
    """
    numbers = list(range(trials or spec.trials))
    outcomes = spec.measure(bench, numbers)
    stored = [
        {"trial": i, "right": o.right, "of": o.of, "note": o.note, "group": o.group}
        for i, o in zip(numbers, outcomes, strict=True)
    ]
    (out / OUTCOMES).mkdir(parents=True, exist_ok=True)
    (out / OUTCOMES / f"{spec.name}.json").write_text(json.dumps(stored, indent=1), "utf-8")
    shown = [o for o in outcomes if o.picture is not None][:SHOWN]
    if shown:
        (out / SHEETS).mkdir(parents=True, exist_ok=True)
        pictures = [o.picture for o in shown if o.picture is not None]
        notes = [o.note for o in shown]
        contact_sheet(pictures, notes, 8, out / SHEETS / f"{spec.name}.png")
    return spec.row(outcomes)


def save_rows(rows: Sequence[Row], out: Path) -> None:
    """Add rows to ``pack.json``, replacing those of equal name, and draw table and plot."""
    known = {record["name"]: record for record in load_rows(out)}
    known.update({row.name: row.record() for row in rows})
    records = list(known.values())
    out.mkdir(parents=True, exist_ok=True)
    (out / RESULTS).write_text(json.dumps(records, indent=1), encoding="utf-8")
    (out / "pack.md").write_text(table(records, out), encoding="utf-8")
    draw_bars(records, out / "pack.png")


def load_rows(out: Path) -> list[dict[str, Any]]:
    """Read the rows measured so far."""
    path = out / RESULTS
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def recheck(
    bench: Bench, specs: Sequence[RowSpec], count: int, seed: int, out: Path
) -> list[Recheck]:
    """Measure ``count`` stored outcomes afresh, chosen over all rows by ``seed``."""
    stored = []
    for spec in specs:
        path = out / OUTCOMES / f"{spec.name}.json"
        if path.exists():
            stored += [(spec, record) for record in json.loads(path.read_text("utf-8"))]
    rng = np.random.default_rng(seed)
    picked = rng.choice(len(stored), size=min(count, len(stored)), replace=False) if stored else ()
    checks = []
    for spec, record in (stored[i] for i in sorted(int(i) for i in picked)):
        outcome: Outcome = spec.measure(bench, [record["trial"]])[0]
        checks.append(
            Recheck(
                spec.name,
                record["trial"],
                (record["right"], record["of"]),
                (outcome.right, outcome.of),
            )
        )
    return checks


def table(records: Sequence[dict[str, Any]], out: Path) -> str:
    """Write rows as a Markdown table, with the parts of rows that have some."""
    lines = ["| row | value | 95 % interval | n | bar | holds |", "|---|---|---|---|---|---|"]
    for row in records:
        lines.append(
            f"| {row['name']} | {row['value']:.3f} | {row['low']:.3f} to {row['high']:.3f} | "
            f"{row['n']} | {row['bar']:.2f} | {'yes' if row['holds'] else 'no'} |"
        )
        lines += _parts(row["name"], out)
    return "\n".join(lines) + "\n"


def _parts(name: str, out: Path) -> list[str]:
    path = out / OUTCOMES / f"{name}.json"
    if not path.exists():
        return []
    groups: dict[str, list[dict[str, Any]]] = {}
    for record in json.loads(path.read_text(encoding="utf-8")):
        groups.setdefault(record["group"], []).append(record)
    if len(groups) < 2:
        return []
    lines = []
    for group, records in sorted(groups.items()):
        n = sum(r["of"] for r in records)
        share = sum(r["right"] for r in records) / n
        low, high = wilson(share, n)
        lines.append(f"| - {group} | {share:.3f} | {low:.3f} to {high:.3f} | {n} | | |")
    return lines


def draw_bars(records: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw each row's value, interval and bar, as PNG."""
    step, left, wide = 34, 190, 560
    parts = [f'<rect width="780" height="{step * len(records) + 30}" fill="#ffffff"/>']
    for i, row in enumerate(records):
        y = 20 + step * i
        at = {key: left + wide * float(row[key]) for key in ("value", "low", "high", "bar")}
        colour = "#2a9d46" if row["holds"] else "#dc2626"
        parts += [
            f'<text x="8" y="{y + 15}" font-size="15">{row["name"]}</text>',
            f'<rect x="{left}" y="{y}" width="{at["value"] - left:.1f}" height="20"'
            f' fill="{colour}"/>',
            f'<path d="M{at["low"]:.1f},{y + 10}H{at["high"]:.1f}" stroke="#111111"/>',
            f'<path d="M{at["bar"]:.1f},{y - 4}V{y + 24}" stroke="#111111" stroke-width="3"/>',
        ]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="780" height="{step * len(records) + 30}"'
        f' font-family="DejaVu Sans">{"".join(parts)}</svg>'
    )
    path.write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=svg)))
