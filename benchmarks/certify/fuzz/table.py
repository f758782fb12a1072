"""The table of a fuzz, for people and as a document."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from maquette.benchmarks.certify.fuzz.fuzz import Report
from maquette.benchmarks.certify.fuzz.laws import Count
from maquette.benchmarks.certify.fuzz.picture_fuzz import FuzzReport

KINDS = ("2xx", "3xx", "4xx", "5xx", "closed")
HEADINGS = ("route", "sent", *KINDS, "away", "broken", "slowest")
SHOWN_BYTES, SHOWN_FAULTS = 400, 40


def document(report: Report) -> dict[str, Any]:
    """All figures, and the requests behind the findings."""
    return {
        "holds": report.holds,
        "routes": [dict(zip(HEADINGS, cells(name, report), strict=True)) for name in report.routes],
        "findings": [
            {
                "route": one.route,
                "law": one.law,
                "status": one.status,
                "request": one.request.decode("latin-1"),
            }
            for one in report.findings
        ],
    }


def show(report: Report, pictures: FuzzReport, console: Console) -> None:
    """The table, then every finding with the request, or the picture, that led to it."""
    table = Table(*HEADINGS, box=None, padding=(0, 1, 0, 0))
    for name in sorted(report.routes):
        route, *figures = cells(name, report)
        table.add_row(route.removeprefix("/api/v1"), *figures)
    table.add_row(*_cells("all", total(report)))
    console.print(table)
    for one in report.findings:
        console.print(f"{one.route}: {one.law}", style="red", markup=False)
        console.print(f"  {one.request[:SHOWN_BYTES]!r}", markup=False)
    outcomes = ", ".join(f"{count} {name}" for name, count in pictures.outcomes.items())
    console.print(f"{pictures.count} pictures: {outcomes or 'none'}")
    for fault in pictures.faults[:SHOWN_FAULTS]:
        console.print(fault, style="red", markup=False)
    holds = report.holds and not pictures.faults
    console.print("every law holds" if holds else "not every law holds")


def total(report: Report) -> Count:
    """The sums over all routes."""
    whole = Count()
    for count in report.routes.values():
        whole.requests += count.requests
        whole.statuses += count.statuses
        whole.away += count.away
        whole.broken += count.broken
        whole.slowest_s = max(whole.slowest_s, count.slowest_s)
    return whole


def cells(route: str, report: Report) -> tuple[str, ...]:
    """One line of the table."""
    return _cells(route, report.routes[route])


def _cells(name: str, count: Count) -> tuple[str, ...]:
    kinds = [str(count.statuses[kind]) for kind in KINDS]
    ends = (str(count.away), str(count.broken), f"{count.slowest_s:.1f} s")
    return (name, str(count.requests), *kinds, *ends)
