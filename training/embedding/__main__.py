"""Train, export and score the bundled dual encoder: ``python -m maquette.training.embedding``.

    train    pictures and captions into one space
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

from maquette.model_servers.embedding.backends.dual_encoder import DualEncoder
from maquette.model_servers.loading.model_files import bundled_directory
from maquette.training.data.shards import read_shard, write_shard
from maquette.training.embedding.card import model_card
from maquette.training.embedding.components import BUNDLED, TOY
from maquette.training.embedding.export import export_pack, trained_encoder
from maquette.training.embedding.run import EmbeddingRecipe, EmbeddingRun
from maquette.training.evaluation.rows import Bench, measure_rows
from maquette.training.recipes.driver import follow
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

WORK = Path("runs/embedding")
PACK = bundled_directory("embedding")
SEED = 31
"""Of the rendered scenes; the segmenter learns from the same ones, so a shard serves both."""
PLOTTED = ["image_to_text", "text_to_image", "patches", "image_r1", "text_r1"]


@app.command()
def train(
    work: Work = WORK,
    minutes: Minutes = 45.0,
    steps: Steps = None,
    scenes: Scenes = 24_000,
    compiled: Compiled = True,
    shards: Shards = None,
    tower: Tower = None,
) -> None:
    """Train the dual encoder."""
    shard, owners = scenes_with_owners(work, shards, scenes, SEED, BUNDLED.tower.image_px)
    start = trained_tower(tower) if tower else None
    run = EmbeddingRun(work, shard, owners, pick_device(), compiled=compiled, start=start)
    follow(run, work, minutes, steps, PLOTTED)


@app.command()
def export(
    work: Work = WORK,
    to: To = PACK,
    measured: Measured = True,
) -> None:
    """Write the trained encoder as a pack, replacing the one that is there."""
    encoder = trained_encoder(work)
    export_pack(encoder, to, model_card([], work))
    if measured:
        rows = measure_rows(Bench.of_pack("embedding", to), ["retrieval_r1"])
        typer.echo(export_pack(trained_encoder(work), to, model_card(rows, work)))


@app.command()
def score(
    pack: Pack = PACK,
    trials: Annotated[int | None, typer.Option(help="scenes, in sets of 100")] = None,
) -> None:
    """Measure a pack on held-out scenes; one JSON object a line."""
    for found in measure_rows(Bench.of_pack("embedding", pack), ["retrieval_r1"], trials):
        typer.echo(json.dumps(found.record()))


@app.command()
def smoke(work: Work = Path("runs/smoke-embedding"), steps: int = 3) -> None:
    """Train, export and load at toy size, in seconds, to see that every part runs."""
    import torch

    write_shard(work / "shard", 40, seed=SEED, size_px=TOY.tower.image_px, workers=1)
    shard = read_shard(work / "shard")
    write_owners(work / "owners", shard.scenes, TOY.tower.image_px, workers=1)
    owners, recipe = read_owners(work / "owners"), EmbeddingRecipe(batch=8)
    run = EmbeddingRun(work, shard, owners, torch.device("cpu"), TOY, recipe)
    follow(run, work, None, steps, PLOTTED)
    pack = export_pack(trained_encoder(work, TOY), work / "pack", model_card([], work))
    width = len(DualEncoder(pack).embed_caption("a red circle"))
    typer.echo(f"{pack}: vectors of width {width}")


if __name__ == "__main__":
    app()
