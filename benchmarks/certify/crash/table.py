"""The table of a certification, for people and as a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from maquette.benchmarks.certify.crash.laws import (
    MOST_REPEATED,
    Row,
    TrialOutcome,
    all_hold,
    broken_laws,
    row_of,
    tally,
)

HEADINGS = (
    *("part", "fault", "trials", "acknow-\nledged", "ended\nonce", "lost", "stuck"),
    *("slowest\nend", "repeated", "broken", "load"),
)


def document(outcomes: Sequence[TrialOutcome]) -> dict[str, Any]:
    """All figures, and every broken law."""
    return {
        "holds": all_hold(outcomes),
        "total": asdict(row_of("all", "", outcomes)),
        "rows": [asdict(row) for row in tally(outcomes)],
        "broken": [
            {
                "trial": one.number,
                "part": one.part,
                "fault": one.fault,
                "phase": one.phase,
                "laws": laws,
            }
            for one in outcomes
            if (laws := broken_laws(one))
        ],
    }


def show(outcomes: Sequence[TrialOutcome], console: Console) -> None:
    """The table, the broken laws, and the verdict."""
    table = Table(*HEADINGS, box=None, padding=(0, 1, 0, 0))
    for row in (*tally(outcomes), row_of("all", "", outcomes)):
        table.add_row(*cells(row))
    console.print(table)
    for one in outcomes:
        for law in broken_laws(one):
            console.print(
                f"trial {one.number}, {one.part} {one.fault} while {one.phase}: {law}",
                style="red",
                markup=False,
            )
    verdict = "every law holds" if all_hold(outcomes) else "not every law holds"
    console.print(
        f"{verdict}; at most {MOST_REPEATED:.0%} of the model's steps may be repeated, and times"
        " hold for an idle machine (load near 1)"
    )


def cells(row: Row) -> tuple[str, ...]:
    """One line of the table."""
    if not row.trials and row.not_run:
        return (row.part, row.fault, f"not run: {row.why_not_run}")
    return (
        row.part,
        row.fault,
        str(row.trials),
        str(row.acknowledged),
        str(row.ended_once),
        str(row.lost),
        str(row.stuck),
        f"{row.slowest_s:.1f} s",
        "" if row.repeated is None else f"{row.repeated:.1%}",
        str(row.broken),
        f"{row.load:.1f}",
    )


def line(outcome: TrialOutcome) -> str:
    """One trial, as it is told while it goes on."""
    if outcome.not_run:
        return f"{outcome.number:4} {outcome.part} {outcome.fault}: not run ({outcome.not_run})"
    slowest = max((task.ended_after_s or 0.0 for task in outcome.tasks), default=0.0)
    found = broken_laws(outcome)
    return (
        f"{outcome.number:4} {outcome.part} {outcome.fault} while {outcome.phase}"
        f" ({outcome.seen}): {len(outcome.tasks)} tasks, slowest {slowest:.1f} s,"
        f" steps {outcome.done_steps}/{outcome.needed_steps}, {outcome.took_s:.0f} s"
        + (f"; {'; '.join(found)}" if found else "")
    )
