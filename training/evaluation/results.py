"""What an evaluation leaves behind: rows, outcomes that can be rechecked, table and sheets."""

from __future__ import annotations

import fcntl
import json
import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from maquette.records.errors import MaquetteError
from maquette.training.evaluation.outcome import Outcome
from maquette.training.evaluation.plot import draw_bars
from maquette.training.evaluation.rows import SWAPPED, Bench, Row, RowSpec, known_rows
from maquette.training.evaluation.sheet import contact_sheet

logger = logging.getLogger(__name__)

RESULTS = "pack.json"
OUTCOMES = "outcomes"
"""Folder of one JSON file a row."""
SHEETS = "sheets"
SHOWN = 16
"""Pictures on a sheet: the first ones, and on a second sheet the first that went wrong."""
ALIKE = 0.01
"""By how much a score may differ when it is measured again; counts of answers may not at all."""


@dataclass(frozen=True)
class Recheck:
    """One stored outcome, measured afresh where that can be done."""

    row: str
    trial: int
    before: Outcome
    now: Outcome | None
    """None: it could not be measured here."""
    problem: str = ""
    """Why not."""

    @property
    def agrees(self) -> bool:
        """Whether both are equal, in their parts and ablations too."""
        if self.now is None:
            return False
        a, b = (_numbers(outcome) for outcome in (self.before, self.now))
        return a.keys() == b.keys() and all(
            len(a[name]) == len(b[name])
            and all(
                math.isclose(x, y, abs_tol=ALIKE) for x, y in zip(a[name], b[name], strict=True)
            )
            for name in a
        )

    @property
    def verdict(self) -> str:
        """Whether it agrees, in words."""
        if self.agrees:
            return "agrees"
        if self.now is None:
            return f"could not be measured here: {self.problem}"
        a, b = (_numbers(outcome) for outcome in (self.before, self.now))
        return "differs: " + "; ".join(
            f"{name} {a.get(name)} before, {b.get(name)} now"
            for name in {**a, **b}
            if a.get(name) != b.get(name)
        )


def told(error: MaquetteError) -> str:
    """What is wrong, and what to do about it if anything is known to help."""
    return f"{error.message}; {error.hint}" if error.hint else error.message


def measure(bench: Bench, spec: RowSpec, trials: int | None, out: Path) -> Row:
    """Measure a row and store its outcomes and its sheets.

    A row that cannot be measured fails with the reason and takes no other row with it.

    Args:
        bench: what rows share.
        spec: the row.
        trials: how many; None: the row's own number.
        out: folder of results.
    """
    numbers: Sequence[int] = ()
    outcomes: list[Outcome] = []
    shown: dict[str, list[Outcome]] = {"": [], "_wrong": []}
    row: Row | None = None
    try:
        numbers = spec.numbers(bench, trials)
        for number in tqdm(numbers, desc=spec.name, mininterval=5, leave=False):
            outcome = spec.measure(bench, number)
            for name, wanted in (("", True), ("_wrong", outcome.right < outcome.of)):
                if wanted and outcome.picture is not None and len(shown[name]) < SHOWN:
                    shown[name].append(outcome)
            outcomes.append(replace(outcome, picture=None))
    except MaquetteError as error:
        row = spec.unmeasured(told(error))
    except Exception as error:  # One row's fault must not cost the hours of the others.
        logger.exception("the row %s could not be measured", spec.name)
        row = spec.unmeasured(f"{type(error).__name__}: {error}")
    if row is not None:
        numbers, outcomes = (), []
    row = row or spec.row(outcomes)
    _store(bench, row, numbers, outcomes, out)
    for name, some in shown.items():
        path = out / SHEETS / f"{spec.name}{name}.png"
        path.unlink(missing_ok=True)
        if some and outcomes:
            path.parent.mkdir(parents=True, exist_ok=True)
            pictures = [o.picture for o in some if o.picture is not None]
            contact_sheet(pictures, [o.note for o in some], 8, path)
    return row


def save_rows(rows: Sequence[Row], out: Path) -> None:
    """Add rows to ``pack.json``, replacing those of equal name, and draw table and plot.

    Processes that measure different rows may share a folder: each waits for its turn to write.
    """
    out.mkdir(parents=True, exist_ok=True)
    with (out / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _add_rows(rows, out)


def _add_rows(rows: Sequence[Row], out: Path) -> None:
    known = {record["name"]: record for record in load_rows(out)}
    known.update({row.name: row.record() for row in rows})
    order = {spec.name: place for place, spec in enumerate(known_rows())}
    records = sorted(known.values(), key=lambda record: order.get(record["name"], len(order)))
    (out / RESULTS).write_text(json.dumps(records, indent=1), encoding="utf-8")
    (out / "pack.md").write_text(table(records, out), encoding="utf-8")
    draw_bars(records, out / "pack.png")


def load_rows(out: Path) -> list[dict[str, Any]]:
    """Read the rows measured so far."""
    path = out / RESULTS
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def stored_rows(names: Iterable[str], out: Path) -> list[Row]:
    """Rows measured so far from their stored outcomes: each, then what is told beside it."""
    found = []
    for spec in known_rows(names):
        outcomes = [outcome for _, outcome in _load(spec.name, out)[1]]
        if outcomes:
            found += [spec.row(outcomes), *spec.beside(outcomes)]
    return found


def recheck(
    bench: Bench, specs: Sequence[RowSpec], count: int, seed: int, out: Path
) -> list[Recheck]:
    """Measure ``count`` stored outcomes afresh, chosen over all rows by ``seed``.

    Pictures are drawn as they were drawn then, whatever the bench says. Controls are compared
    only where the bench has their weights.
    """
    stored = [
        (spec, options, trial, outcome)
        for spec in specs
        for options, trials in [_load(spec.name, out)]
        for trial, outcome in trials
    ]
    rng = np.random.default_rng(seed)
    picked = rng.choice(len(stored), size=min(count, len(stored)), replace=False) if stored else ()
    checks = []
    for index in tqdm(sorted(int(i) for i in picked), desc="recheck", mininterval=5, leave=False):
        spec, options, trial, before = stored[index]
        if bench.swapped is None:
            rest = {name: told for name, told in before.beside.items() if name != SWAPPED}
            before = replace(before, beside=rest)
        try:
            now = spec.measure(replace(bench, **options), trial)
        except MaquetteError as error:
            checks.append(Recheck(spec.name, trial, before, None, told(error)))
        else:
            checks.append(Recheck(spec.name, trial, before, replace(now, picture=None)))
    return checks


def table(records: Sequence[dict[str, Any]], out: Path) -> str:
    """Write rows as a Markdown table, with what is told beside each."""
    specs = {spec.name: spec for spec in known_rows()}
    lines = ["| row | value | 95 % interval | n | bar | holds |", "|---|---|---|---|---|---|"]
    for row in records:
        name, value, bar = row["name"], row["value"], row["bar"]
        if not row["n"]:
            reason = _problem(name, out) or "not measured"
            lines.append(f"| {name} | | {reason} | 0 | {bar:.2f} | no |")
            continue
        interval = f"{row['low']:.3f} to {row['high']:.3f}"
        holds = "yes" if row["holds"] else "no"
        lines.append(f"| {name} | {value:.3f} | {interval} | {row['n']} | {bar:.2f} | {holds} |")
        if name in specs:
            outcomes = [outcome for _, outcome in _load(name, out)[1]]
            for found in specs[name].beside(outcomes):
                label = found.name.removeprefix(f"{name}.").replace("_", " ")
                interval = f"{found.low:.3f} to {found.high:.3f}"
                lines.append(f"| - {label} | {found.value:.3f} | {interval} | {found.n} | | |")
    return "\n".join(lines) + "\n"


def _store(
    bench: Bench, row: Row, numbers: Sequence[int], outcomes: Sequence[Outcome], out: Path
) -> None:
    stored = [
        {
            "trial": number,
            "right": float(o.right),
            "of": o.of,
            "note": o.note,
            "group": o.group,
            "parts": _plain(o.parts),
            "beside": _plain(o.beside),
        }
        for number, o in zip(numbers, outcomes, strict=True)
    ]
    (out / OUTCOMES).mkdir(parents=True, exist_ok=True)
    text = json.dumps(
        {"problem": row.problem, "options": bench.options(), "outcomes": stored}, indent=1
    )
    _file(row.name, out).write_text(text, encoding="utf-8")


def _load(name: str, out: Path) -> tuple[dict[str, Any], list[tuple[int, Outcome]]]:
    """A row's options and its trials."""
    if not _file(name, out).exists():
        return {}, []
    stored = json.loads(_file(name, out).read_text(encoding="utf-8"))
    found = []
    for record in stored["outcomes"]:
        parts, beside = (
            {part: tuple(numbers) for part, numbers in record[kind].items()}
            for kind in ("parts", "beside")
        )
        outcome = Outcome(
            record["right"], record["of"], record["note"], record["group"], parts, beside
        )
        found.append((record["trial"], outcome))
    return stored["options"], found


def _problem(name: str, out: Path) -> str:
    if not _file(name, out).exists():
        return ""
    return str(json.loads(_file(name, out).read_text(encoding="utf-8"))["problem"])


def _file(name: str, out: Path) -> Path:
    return out / OUTCOMES / f"{name}.json"


def _numbers(outcome: Outcome) -> dict[str, tuple[float, ...]]:
    return {
        "right, of": (outcome.right, outcome.of),
        **{f"part {name}": numbers for name, numbers in outcome.parts.items()},
        **{f"beside {name}": numbers for name, numbers in outcome.beside.items()},
    }


def _plain(table: Mapping[str, tuple[float, ...]]) -> dict[str, list[float]]:
    return {name: [float(number) for number in numbers] for name, numbers in table.items()}
