"""Training commands for the ``maquette`` command line (entry point ``maquette.commands``)."""

from __future__ import annotations

import typer

from maquette.training import evaluate, generator

app = typer.Typer(no_args_is_help=True, help="Train and measure the bundled models.")
app.add_typer(generator.app, name="train", help="Train and export the bundled generator.")
app.add_typer(evaluate.app, name="eval-generator", help="Measure a generator against truth.")
