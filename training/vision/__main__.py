"""Train the vision tower that other models begin from: ``python -m maquette.training.vision``.

    train    close-ups and scenes to what each patch shows
    smoke    the same in seconds, at toy size

Training resumes from the checkpoint in ``--work``. The recipes of understanding, segmentation
and embedding take that folder as ``--tower``.
"""

from __future__ import annotations

import json
from pathlib import Path

import typer

from maquette.training.data.shards import read_shard, write_shard
from maquette.training.recipes.driver import follow
from maquette.training.shell import (
    Compiled,
    Minutes,
    Scenes,
    Shards,
    Steps,
    Work,
    pick_device,
    recipe_app,
)
from maquette.training.vision.owners import read_owners, scenes_with_owners, write_owners
from maquette.training.vision.run import TowerRecipe, TowerRun
from maquette.training.vision.tower import BUNDLED, TOY

app = recipe_app(__doc__)

WORK = Path("runs/vision")
SEED = 31
"""Of the rendered scenes; the segmenter and the encoder learn from the same ones."""
PLOTTED = ["close_up", "scene", "print", "outline", "close_up_right", "thing_right", "letter_right"]


@app.command()
def train(
    work: Work = WORK,
    minutes: Minutes = 90.0,
    steps: Steps = None,
    scenes: Scenes = 24_000,
    shards: Shards = None,
    compiled: Compiled = True,
) -> None:
    """Train the tower."""
    shard, owners = scenes_with_owners(work, shards, scenes, SEED, BUNDLED.image_px)
    run = TowerRun(work, shard, owners, pick_device(), compiled=compiled)
    follow(run, work, minutes, steps, PLOTTED)


@app.command()
def smoke(work: Work = Path("runs/smoke-vision"), steps: int = 4) -> None:
    """Train at toy size, in seconds, to see that every part runs."""
    import torch

    write_shard(work / "shard", 20, seed=SEED, size_px=TOY.image_px, workers=1)
    shard = read_shard(work / "shard")
    write_owners(work / "owners", shard.scenes, TOY.image_px, workers=1)
    recipe = TowerRecipe(close_ups=3, window=2, close_steps=2, scenes=2)
    device = torch.device("cpu")
    run = TowerRun(work, shard, read_owners(work / "owners"), device, TOY, recipe)
    follow(run, work, None, steps, PLOTTED)
    typer.echo(json.dumps(run.score()))


if __name__ == "__main__":
    app()
