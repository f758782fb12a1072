"""Commands of ``maquette eval`` that plan: routing, requests, words, plans over unseen tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from maquette.records.errors import MaquetteError
from maquette.training.evaluation.results import told


def add_to(app: typer.Typer) -> None:
    """Add them to an app."""
    for command in (routing, requests, words, plans):
        app.command()(command)


def routing(
    file: Annotated[Path, typer.Argument(help="lines {id, text, media, gold}")],
    half: Annotated[str | None, typer.Option(help="dev or held; all lines without")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print rows as JSON")] = False,
) -> None:
    """Tell which kinds of output instructions ask for, beside a baseline of keywords."""
    from maquette.training.evaluation.requests import measure

    found = measure.measure_routing(file, half).record()
    short = f"macro-F1 {found['macro_f1']:.3f}, by keywords {found['keywords_macro_f1']:.3f}"
    typer.echo(measure.as_json(found) if as_json else short)


def requests(
    file: Annotated[Path | None, typer.Argument(help="lines with gold; the English 200")] = None,
    labels: Annotated[
        Path | None, typer.Option(help="their labels by hand, in place of the reader's")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print all as JSON")] = False,
) -> None:
    """Plan ordinary requests and hold the plans against what was asked for."""
    from maquette.training.evaluation.requests import measure

    chosen = file or measure.FOLDER / "requests_en.jsonl"
    found = measure.measure_requests(chosen, labels).record()
    typer.echo(measure.as_json(found) if as_json else measure.table(found))


def words(as_json: Annotated[bool, typer.Option("--json", help="print as JSON")] = False) -> None:
    """Hold the ledgers of requests against what each of their content words is for."""
    from maquette.training.evaluation.requests import measure

    found = measure.measure_words(measure.FOLDER / "words.jsonl")
    short = f"{len(found.waved_away)} of {found.n} words waved away, {len(found.lost)} in no entry"
    full = {
        "n": found.n,
        "waved_away": found.waved_away,
        "unused": found.unused,
        "lost": found.lost,
    }
    typer.echo(measure.as_json(full) if as_json else short)


def plans(
    file: Annotated[Path, typer.Argument(help="lines {id, text, gold: {nodes, edges}}")],
    tools: Annotated[
        Path | None, typer.Option(help="tools as {nodes: [{id, desc, ...}]}; TaskBench's forty")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="JSON lines of what was planned")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print rows as JSON")] = False,
) -> None:
    """Plan requests over tools known by their cards only. Exits with 1 below a bar."""
    from maquette.training.evaluation.plans import measure as planning

    try:
        cards = planning.read_tools(tools or planning.TOOLS)
        planned = planning.run(planning.read_requests(file), cards)
        found = planning.rows(planned, cards)
    except MaquetteError as error:
        raise typer.BadParameter(told(error)) from error
    if out is not None:
        lines = [
            {"id": one.id, "nodes": one.nodes, "edges": one.edges, "faults": one.faults}
            for one in planned
        ]
        text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
        out.write_text(text, encoding="utf-8")
    rows = [row.record() for row in found]
    typer.echo(json.dumps(rows, indent=1) if as_json else planning.table(found))
    raise typer.Exit(1 if any(row.holds is False for row in found) else 0)
