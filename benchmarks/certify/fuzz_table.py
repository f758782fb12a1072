"""The table of a fuzz, for people and as a document."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from maquette.benchmarks.certify.fuzz import Report
from maquette.benchmarks.certify.fuzz_laws import Count

KINDS = ("2xx", "3xx", "4xx", "5xx", "closed")
HEADINGS = ("route", "requests", *KINDS, "away", "broken", "slowest")
SHOWN_BYTES = 400


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


def show(report: Report, console: Console) -> None:
    """The table, then every finding with the request that led to it."""
    table = Table(*HEADINGS, box=None)
    for name in sorted(report.routes):
        table.add_row(*cells(name, report))
    table.add_row(*_cells("all", total(report)))
    console.print(table)
    for one in report.findings:
        console.print(f"{one.route}: {one.law}", style="red", markup=False)
        console.print(f"  {one.request[:SHOWN_BYTES]!r}", markup=False)
    console.print("every law holds" if report.holds else "not every law holds")


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
