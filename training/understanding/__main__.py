"""Train, export and measure the model that describes pictures and answers questions.

    train    scenes to pictures, then pictures and questions to answers
    export   write the pack
    score    measure a pack on held-out scenes
    card     write what `maquette eval pack` measured onto a finished pack's card
    smoke    all of the above in seconds, at toy size

Run as ``python -m maquette.training.understanding``. Training resumes from the checkpoint in
``--work``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import torch
import typer

from maquette.model_servers.loading.model_files import bundled_directory
from maquette.training.data.shards import read_shard, write_shard
from maquette.training.evaluation.results import stored_rows
from maquette.training.evaluation.rows import Bench, measure_rows
from maquette.training.pack.export import replace_card
from maquette.training.recipes.driver import follow
from maquette.training.shell import (
    Compiled,
    Minutes,
    Scenes,
    Shards,
    Steps,
    To,
    Tower,
    Work,
    pick_device,
    recipe_app,
)
from maquette.training.understanding.components import BUNDLED, TOY
from maquette.training.understanding.export import export_pack, measured_anew, trained_seer
from maquette.training.understanding.run import SeerRecipe, SeerRun
from maquette.training.vision.owners import read_owners, scenes_with_owners, write_owners
from maquette.training.vision.run import trained_tower

app = recipe_app(__doc__)

WORK = Path("runs/understanding")
PACK = bundled_directory("understanding")
SEED = 31
"""Of the rendered scenes, which other recipes share; evaluation draws from 900 000 and more."""
ROWS = ("caption_facts", "qa_renders")
"""What is measured of a pack."""
PLOTTED = [
    "describe",
    "answer",
    "patches",
    "named",
    "pointed",
    "held_out_describe",
    "held_out_answer",
]


@app.command()
def train(
    work: Work = WORK,
    minutes: Minutes = 40.0,
    steps: Steps = None,
    scenes: Scenes = 24_000,
    batch: Annotated[int, typer.Option(help="pictures a step")] = 24,
    shards: Shards = None,
    tower: Tower = None,
    compiled: Compiled = True,
) -> None:
    """Train from rendered scenes, or go on from the checkpoint."""
    shard, owners = scenes_with_owners(work, shards, scenes, SEED, BUNDLED.tower.image_px)
    recipe = SeerRecipe(batch=batch)
    start = trained_tower(tower) if tower else None
    run = SeerRun(work, shard, owners, pick_device(), BUNDLED, recipe, start, compiled)
    follow(run, work, minutes, steps, PLOTTED)


@app.command()
def export(
    work: Work = WORK,
    to: To = PACK,
    measured: Annotated[Path | None, typer.Option(help="rows that score wrote")] = None,
) -> None:
    """Write the trained model as a pack, replacing the one that is there."""
    model, tokenizer, steps = trained_seer(work, BUNDLED)
    rows = json.loads(measured.read_text("utf-8")) if measured else []
    typer.echo(export_pack(model, tokenizer, to, rows, steps))


@app.command()
def score(
    pack: Annotated[Path, typer.Option(help="a pack, or any LLaVA directory")] = PACK,
    scenes: Annotated[int | None, typer.Option(help="held-out scenes")] = None,
    to: Annotated[Path | None, typer.Option(help="JSON file for the rows")] = None,
) -> None:
    """Measure captions and answers on held-out scenes, with the blind ablation."""
    bench = Bench.of_pack("understanding", pack)
    rows = [row.record() for row in measure_rows(bench, ROWS, scenes)]
    for row in rows:
        bar = "" if row["bar"] is None else f"  bar {row['bar']:.2f} {row['holds']}"
        low, high, n = row["low"], row["high"], row["n"]
        typer.echo(f"{row['name']:36} {row['value']:.3f} ({low:.3f} to {high:.3f}) n={n}{bar}")
    if to:
        to.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


@app.command()
def card(
    measured: Annotated[Path, typer.Option(help="the folder of `maquette eval pack`")],
    to: To = PACK,
) -> None:
    """Write what was measured since onto the card of a finished pack."""
    rows = [row.record() for row in stored_rows(ROWS, measured)]
    old = (to / "MODEL_CARD.md").read_text("utf-8")
    typer.echo(replace_card(to, measured_anew(old, rows)))


@app.command()
def smoke(work: Work = Path("runs/smoke_understanding"), steps: int = 3) -> None:
    """Train, export and measure at toy size, in seconds, to see that every part runs."""
    write_shard(work / "shard", 20, seed=SEED, workers=1, size_px=TOY.tower.image_px)
    shard = read_shard(work / "shard")
    write_owners(work / "owners", shard.scenes, TOY.tower.image_px, workers=1)
    owners, recipe = read_owners(work / "owners"), SeerRecipe(batch=2)
    run = SeerRun(work, shard, owners, torch.device("cpu"), TOY, recipe)
    follow(run, work, None, steps, ["describe", "answer"])
    model, tokenizer, done = trained_seer(work, TOY)
    pack = export_pack(model, tokenizer, work / "pack", [], done)
    rows = measure_rows(Bench.of_pack("understanding", pack), ROWS, 2)
    typer.echo(f"{len(rows)} rows measured")


if __name__ == "__main__":
    app()
