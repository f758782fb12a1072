"""A soak as a person reads it: pace, memory of each part, and whether the bar holds."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from maquette.benchmarks.soak import LEAST_PACE, SoakFigures


def show_soak(figures: SoakFigures) -> None:
    """Print the table and the verdict."""
    table = Table("part", "minute 2", "last minute", "growth", "per task", "flat", box=None)
    for part in figures.parts:
        table.add_row(
            part.part,
            f"{part.first_mb:,.0f} MB",
            f"{part.last_mb:,.0f} MB",
            f"{part.last_mb - part.first_mb:+,.1f} MB",
            f"{part.kb_per_task:+,.1f} kB",
            "yes" if part.flat else "no",
        )
    console = Console()
    console.print(table)
    ends = ", ".join(f"{count} {how}" for how, count in sorted(figures.ended.items()))
    console.print(f"{figures.at_once} at once: {ends}")
    first, last = figures.tasks_per_minute[0], figures.tasks_per_minute[-1]
    console.print(
        f"last minute / first minute: {last} / {first} = {figures.pace:.2f} (bar {LEAST_PACE:g})"
    )
    console.print("holds" if figures.holds else "does not hold")
