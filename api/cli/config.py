"""``maquette config``: the settings, and where each value comes from."""

from __future__ import annotations

from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from maquette.api.cli.terminal.options import DataDir, Json
from maquette.api.cli.terminal.screen import Screen
from maquette.infra.settings.dump import describe_settings
from maquette.infra.settings.load import load_settings

app = typer.Typer(no_args_is_help=True, help="The settings, and where each value comes from.")


@app.callback()
def _group() -> None:
    """The settings, and where each value comes from."""


@app.command("show")
def show_config(
    origin: Annotated[bool, typer.Option("--origin", help="Say where each value is from.")] = False,
    profile: Annotated[str | None, typer.Option(help="Another profile than the current.")] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Print every setting. Secrets are hidden."""
    screen = Screen(as_json=as_json)
    overrides = {} if data_dir is None else {"data_dir": str(data_dir.absolute())}
    rows = describe_settings(load_settings(profile, overrides=overrides))
    if as_json:
        screen.document(
            {
                row.name: {"value": row.value, "origin": row.origin} if origin else row.value
                for row in rows
            }
        )
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="quiet")
    table.add_column("setting", no_wrap=True)
    table.add_column("value", overflow="fold")
    if origin:
        table.add_column("from", overflow="fold", style="quiet")
    for row in rows:
        shown = "" if row.value is None else str(row.value)
        cells = [Text(row.name), Text(shown)] + ([Text(row.origin)] if origin else [])
        table.add_row(*cells)
    screen.table(table)
