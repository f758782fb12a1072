"""``maquette check ...``: the laws of this code, proved on a checkout."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from maquette.benchmarks.house.laws import Measured, measure, told
from maquette.benchmarks.house.source import read_checkout

app = typer.Typer(help="Prove the laws of this code on a checkout.", no_args_is_help=True)


@app.callback()
def check() -> None:
    """Prove the laws of this code on a checkout."""


@app.command()
def house(
    root: Annotated[Path, typer.Option(help="the checkout", envvar="MAQUETTE_CHECKOUT")] = Path(),
    names: Annotated[
        bool, typer.Option("--names", help="name all that breaks a law, and untested modules")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
) -> None:
    """Sizes, imports, words, addresses and seams. Exits with 1 where a law is broken."""
    checkout = read_checkout(root.resolve())
    findings, facts = measure(checkout), told(checkout)
    if as_json:
        typer.echo(json.dumps({"laws": [asdict(one) for one in findings], **facts}, indent=2))
    else:
        _show(findings, facts, names)
    raise typer.Exit(0 if all(one.holds for one in findings) else 1)


def _show(findings: list[Measured], facts: dict[str, object], names: bool) -> None:
    console = Console()
    table = Table("law", "bar", "measured", "holds", box=None)
    for one in findings:
        table.add_row(one.law, one.bar, one.measured, "yes" if one.holds else "NO")
    console.print(table)
    untested = facts["imported_by_no_test"]
    assert isinstance(untested, list)
    console.print(
        f"{facts['modules']} modules, {len(untested)} imported by no test; "
        f"lines of tests to lines of product {facts['tests_to_product']}"
    )
    for one in findings:
        if one.breaches and (names or not one.holds):
            console.print(f"\n{one.law}:")
            for breach in one.breaches if names else one.breaches[:10]:
                console.print(f"  {breach}", highlight=False)
    if names:
        console.print("\nimported by no test:")
        for name in untested:
            console.print(f"  {name}", highlight=False)
