"""``maquette bench ...``: measured figures, printed as a table or as JSON."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from maquette.benchmarks.pack import measure_pack, record
from maquette.benchmarks.soak import measure_soak
from maquette.benchmarks.soak_view import show_soak
from maquette.benchmarks.stack import measure_stack
from maquette.benchmarks.step_tax import measure_step_tax
from maquette.infra.settings.load import load_settings
from maquette.infra.stack import control
from maquette.model_servers.loading.model_files import PACKS

app = typer.Typer(help="Measure speed and memory on this machine.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="the stack's data directory")]


@app.command()
def stack(as_json: AsJson = False) -> None:
    """Cold start, first picture and memory at rest, with a stack of its own."""
    _show(asdict(asyncio.run(measure_stack())), as_json)


@app.command("step-tax")
def step_tax(
    repetitions: Annotated[int, typer.Option(min=2, max=100)] = 8,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """No-op steps through the full path against LangGraph and bare Temporal activities.

    Uses the running stack; needs the peers: pip install "maquette[bench]".
    """
    settings = load_settings(overrides={"data_dir": data_dir} if data_dir else None)
    info = control.ensure_stack(settings, idle_stop_s=900, report=lambda _: None)
    running = control.load_stack_settings(info)
    _show(asdict(asyncio.run(measure_step_tax(running, repetitions))), as_json)


@app.command()
def pack(
    packs: Annotated[
        Path | None, typer.Option(help="folder of packs, one a role; the bundled one")
    ] = None,
    repetitions: Annotated[int, typer.Option(min=2, max=100)] = 5,
    cores: Annotated[int, typer.Option(min=1, max=64)] = 2,
    as_json: AsJson = False,
) -> None:
    """Size, load, memory and speed of the bundled models, colocated in a process of their own."""
    figures = measure_pack(packs or PACKS, repetitions, cores)
    if as_json:
        typer.echo(json.dumps([record(figure) for figure in figures], indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("figure", "median", "95 %", "bar", "holds", "", box=None)
    for one in figures:
        found = one.measured
        table.add_row(
            one.name,
            f"{found.median:.3g} {one.unit}" if found else "not measured",
            f"{found.low:.3g} to {found.high:.3g}" if found and found.n > 1 else "",
            "" if one.bar is None else f"{one.bar:g} {one.unit}",
            {None: "", True: "yes", False: "no"}[one.holds],
            one.note,
        )
    Console().print(table)


@app.command()
def soak(
    minutes: Annotated[int, typer.Option(min=3, max=1_440)] = 10,
    at_once: Annotated[int, typer.Option(min=1, max=64, help="tasks at once")] = 8,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Tasks without a pause: throughput by the minute, and the memory of each part.

    Holds when every task completes, the last minute has at least 0.9 of the tasks of the first,
    and no part grows after the first minute. Exit code 1 when it does not hold. Starts a stack
    of its own, unless given the data directory of one.
    """
    say = (lambda line: None) if as_json else typer.echo
    figures = asyncio.run(measure_soak(minutes, at_once, data_dir=data_dir, say=say))
    if as_json:
        typer.echo(json.dumps(figures.as_json(), indent=1))
    else:
        show_soak(figures)
    raise typer.Exit(0 if figures.holds else 1)


def _show(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(figures, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("figure", "value", box=None)
    for name, value in figures.items():
        table.add_row(name, _words(value))
    Console().print(table)


def _words(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, dict) and set(value) == {"median", "low", "high", "n"}:
        return f"{value['median']:.2f}  [{value['low']:.2f}, {value['high']:.2f}]  n={value['n']}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(inner)}" for name, inner in value.items())
    return str(value)
