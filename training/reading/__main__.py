"""Train, export and score the reader of requests: ``python -m maquette.training.reading``.

    train    on the annotated requests of ``requests/``, varied
    export   write the weights into the model servers
    score    measure on the requests kept from training

Training resumes from the checkpoint in ``--work``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import torch
import typer

from maquette.training.reading.examples import read_all, things_by_language
from maquette.training.reading.run import ReaderRun
from maquette.training.recipes.driver import follow
from maquette.training.shell import Minutes, Steps, Work, recipe_app

app = recipe_app(__doc__)
WORK = Path("runs/reader")
PLOTTED = ["tags", "heads", "kinds", "spans", "arcs", "whole"]


@app.command()
def train(
    work: Work = WORK,
    minutes: Minutes = 60.0,
    steps: Steps = None,
    threads: int = 2,
    begin: Annotated[Path | None, typer.Option(help="weights to begin with")] = None,
) -> None:
    """Train the reader."""
    torch.set_num_threads(threads)
    run = ReaderRun(work, read_all(), things_by_language(), begin=begin)
    follow(run, work, minutes, steps, PLOTTED)


@app.command()
def export(work: Work = WORK) -> None:
    """Write the trained reader's weights, replacing those that are there."""
    from maquette.training.reading.export import export_reader

    run = ReaderRun(work, read_all(), things_by_language())
    run.restore()
    typer.echo(export_reader(run.average.module))


@app.command()
def score() -> None:
    """Measure the exported reader on the requests kept from training, by language."""
    from maquette.training.reading.export import exported_score

    typer.echo(json.dumps(exported_score(), indent=1))


if __name__ == "__main__":
    app()
