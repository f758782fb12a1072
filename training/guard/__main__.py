"""Train, export and score the domain guard: ``python -m maquette.training.guard``.

    train    the world's pictures against outsiders
    export   choose the limits and write the pack
    score    measure the pack on held-out scenes, photographs and unseen kinds of outsiders
    smoke    all of the above in seconds, at toy size

Training resumes from the checkpoint in ``--work``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from maquette.model_servers.guard.guard import Guard
from maquette.model_servers.loading.model_files import bundled_directory
from maquette.training.data.shards import read_shard, write_shard
from maquette.training.evaluation.rows import Bench, Row, measure_rows
from maquette.training.guard.card import model_card
from maquette.training.guard.examples.pool import read_pool, write_pool
from maquette.training.guard.export import export_pack, set_limits, trained_guard
from maquette.training.guard.run import GuardRecipe, GuardRun
from maquette.training.recipes.driver import follow
from maquette.training.shell import (
    Compiled,
    Measured,
    Minutes,
    Pack,
    Steps,
    To,
    Tower,
    Work,
    pick_device,
    recipe_app,
)
from maquette.training.vision.run import trained_tower
from maquette.training.vision.tower import TOY

app = recipe_app(__doc__)

Photographs = Annotated[Path | None, typer.Option(help="folder of photographs for the test")]
WORK = Path("runs/guard")
PACK = bundled_directory("guard")
SEED = 8
PLOTTED = ["cross_entropy", "world_right", "outside_right"]


@app.command()
def train(
    work: Work = WORK,
    minutes: Minutes = 15.0,
    steps: Steps = None,
    scenes: Annotated[int, typer.Option(help="pictures of each side")] = 6_000,
    compiled: Compiled = True,
    tower: Tower = None,
) -> None:
    """Train the guard."""
    write_shard(work / "shard", scenes, seed=SEED)
    write_pool(work / "pool", scenes, seed=SEED)
    world = read_shard(work / "shard").pixels
    start = trained_tower(tower) if tower else None
    pool = read_pool(work / "pool")
    run = GuardRun(work, world, pool, pick_device(), compiled=compiled, start=start)
    follow(run, work, minutes, steps, PLOTTED)


@app.command()
def export(
    work: Work = WORK,
    to: To = PACK,
    photographs: Photographs = None,
    measured: Measured = True,
) -> None:
    """Write the trained guard as a pack, replacing the one that is there."""
    model = trained_guard(work)
    config = set_limits(model, read_shard(work / "shard").pixels, read_pool(work / "pool"))
    export_pack(model, config, to, model_card([]))
    if measured:
        typer.echo(export_pack(model, config, to, model_card(_measured(to, photographs))))


@app.command()
def score(
    pack: Pack = PACK,
    photographs: Photographs = None,
) -> None:
    """Measure a pack; one JSON object a line."""
    for found in _measured(pack, photographs):
        typer.echo(json.dumps(found.record()))


@app.command()
def smoke(work: Work = Path("runs/smoke-guard"), steps: int = 3) -> None:
    """Train, export and load at toy size, in seconds, to see that every part runs."""
    import torch
    from PIL import Image

    write_shard(work / "shard", 40, seed=SEED, workers=1)
    write_pool(work / "pool", 40, seed=SEED, workers=1)
    world, pool = read_shard(work / "shard").pixels, read_pool(work / "pool")
    run = GuardRun(work, world, pool, torch.device("cpu"), GuardRecipe(batch=8), TOY)
    follow(run, work, None, steps, PLOTTED)
    model = trained_guard(work, TOY)
    config = set_limits(model, world, pool)
    pack = export_pack(model, config, work / "pack", model_card([]))
    typer.echo(f"{pack}: {Guard(pack).judge(Image.new('RGB', (50, 60))).in_world}")


def _measured(pack: Path, photographs: Path | None) -> list[Row]:
    bench = replace(Bench.of_pack("guard", pack), photographs=photographs)
    return measure_rows(bench, ["guard_photo", "guard_world"])


if __name__ == "__main__":
    app()
