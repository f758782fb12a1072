"""Train, export and score the bundled segmenter: ``python -m maquette.training.segmentation``.

    train    pictures and phrases to masks
    export   write the pack
    score    measure the pack on held-out scenes
    smoke    all of the above in seconds, at toy size

Training resumes from the checkpoint in ``--work``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from maquette.model_servers.loading.model_files import bundled_directory
from maquette.model_servers.segmentation.backends.clipseg import Segmenter
from maquette.training.data.shards import read_shard, write_shard
from maquette.training.evaluation.rows import Bench, measure_rows
from maquette.training.recipes.driver import follow
from maquette.training.segmentation.calibrate import least_mask_score
from maquette.training.segmentation.card import model_card
from maquette.training.segmentation.components import BUNDLED, TOY
from maquette.training.segmentation.export import export_pack, trained_segmenter
from maquette.training.segmentation.run import SegmentationRecipe, SegmentationRun
from maquette.training.shell import (
    Compiled,
    Measured,
    Minutes,
    Pack,
    Scenes,
    Shards,
    Steps,
    To,
    Tower,
    Work,
    pick_device,
    recipe_app,
)
from maquette.training.vision.owners import read_owners, scenes_with_owners, write_owners
from maquette.training.vision.run import trained_tower

app = recipe_app(__doc__)

WORK = Path("runs/segmentation")
PACK = bundled_directory("segmentation")
SEED = 31
"""Of the rendered scenes; other trainings have others."""
PLOTTED = ["pixel", "dice", "align", "patch", "held_out_iou", "held_out_absent"]


@app.command()
def train(
    work: Work = WORK,
    minutes: Minutes = 60.0,
    steps: Steps = None,
    scenes: Scenes = 24_000,
    compiled: Compiled = True,
    shards: Shards = None,
    tower: Tower = None,
) -> None:
    """Train the segmenter."""
    shard, owners = scenes_with_owners(work, shards, scenes, SEED, BUNDLED.tower.image_px)
    start = trained_tower(tower) if tower else None
    run = SegmentationRun(work, shard, owners, pick_device(), compiled=compiled, start=start)
    follow(run, work, minutes, steps, PLOTTED)


@app.command()
def export(
    work: Work = WORK,
    to: To = PACK,
    measured: Measured = True,
) -> None:
    """Write the trained segmenter as a pack, replacing the one that is there."""
    segmenter, card = trained_segmenter(work), model_card([], work)
    limit = least_mask_score(Segmenter(export_pack(segmenter, to, card)))
    export_pack(segmenter, to, card, limit)
    if measured:
        rows = measure_rows(Bench.of_pack("segmentation", to), ["phrase_iou"])
        typer.echo(export_pack(segmenter, to, model_card(rows, work), limit))


@app.command()
def score(
    pack: Pack = PACK,
    scenes: Annotated[int | None, typer.Option(help="held-out scenes, of three groups")] = None,
) -> None:
    """Measure a pack on held-out scenes; one JSON object a line."""
    for found in measure_rows(Bench.of_pack("segmentation", pack), ["phrase_iou"], scenes):
        typer.echo(json.dumps(found.record()))


@app.command()
def smoke(work: Work = Path("runs/smoke-segmentation"), steps: int = 3) -> None:
    """Train, export and score at toy size, in seconds, to see that every part runs."""
    import torch

    write_shard(work / "shard", 20, seed=SEED, size_px=TOY.tower.image_px, workers=1)
    shard = read_shard(work / "shard")
    write_owners(work / "owners", shard.scenes, TOY.tower.image_px, workers=1)
    recipe = SegmentationRecipe(pictures=4, phrases=3, aligned_steps=1)
    owners = read_owners(work / "owners")
    run = SegmentationRun(work, shard, owners, torch.device("cpu"), TOY, recipe)
    follow(run, work, None, steps, PLOTTED)
    pack = export_pack(trained_segmenter(work, TOY), work / "pack", model_card([], work))
    for row in measure_rows(Bench.of_pack("segmentation", pack), ["phrase_iou"], 6):
        typer.echo(json.dumps(row.record()))


if __name__ == "__main__":
    app()
