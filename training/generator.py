"""Train, export and try the bundled generator.

    start         name the pack a training starts from (optional)
    autoencoder   pixels to latents and back
    items         the latents of all that the flow learns from (needs the autoencoder)
    flow          captions, layouts, edits, holes, letters and shown things to latents
    prior         captions to layouts
    few-step      teach the finished flow long strides
    export        write the pack
    card          measure a finished pack again, and say so on its card
    smoke         all of the above in seconds, at toy size

Every command resumes from what lies in ``--work``.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import torch
import typer

from maquette.model_servers.loading.model_files import bundled_directory
from maquette.training.data.items import read_items, write_items
from maquette.training.data.shards import read_shard, write_shard
from maquette.training.pack.assemble import trained_pipeline
from maquette.training.pack.card import measured_anew, written_card
from maquette.training.pack.export import export_pack, replace_card
from maquette.training.recipes.autoencoder import AutoencoderRecipe
from maquette.training.recipes.components import BUNDLED, TOY
from maquette.training.recipes.driver import follow
from maquette.training.recipes.few_step import StrideRecipe
from maquette.training.recipes.flow import FlowRecipe
from maquette.training.recipes.growth import known_latents
from maquette.training.recipes.prior import PriorRecipe
from maquette.training.recipes.runs.autoencoder import AutoencoderRun, finished_autoencoder
from maquette.training.recipes.runs.few_step import FewStepRun
from maquette.training.recipes.runs.flow import FlowRun
from maquette.training.recipes.runs.prior import PriorRun
from maquette.training.shell import (
    Compiled,
    Minutes,
    Scenes,
    Steps,
    To,
    Work,
    pick_device,
    recipe_app,
)

app = recipe_app(__doc__)

WORK = Path("runs/generator")
PACK = bundled_directory("generation")
SHARD = "shard"
"""Folder of rendered training scenes for the autoencoder; seed 1."""
ITEMS_SEED = 2


@app.command()
def start(
    work: Work = WORK,
    pack: Annotated[Path, typer.Option(help="an earlier pack of this generator")] = PACK,
) -> None:
    """Let trainings in --work start from the weights of an earlier pack."""
    shutil.copytree(pack, work / "start", dirs_exist_ok=True)
    typer.echo(f"trainings in {work} start from {pack}")


@app.command()
def autoencoder(
    work: Work = WORK,
    minutes: Minutes = 40.0,
    steps: Steps = None,
    scenes: Scenes = 10_000,
    decoder_only: Annotated[bool, typer.Option(help="freeze the encoder")] = False,
) -> None:
    """Train the autoencoder, or with --decoder-only its decoder on fixed latents."""
    write_shard(work / SHARD, scenes, seed=1)
    run = AutoencoderRun(
        work,
        read_shard(work / SHARD),
        pick_device(),
        decoder_only,
        channels=BUNDLED.latent_channels,
    )
    follow(run, work, minutes, steps, ["pixel", "gradient", "block", "anchor", "held_out"])


@app.command()
def items(
    work: Work = WORK,
    count: Annotated[int, typer.Option(help="pictures, each with one thing more")] = 24_000,
    workers: Annotated[int, typer.Option(help="processes that render")] = 2,
) -> None:
    """Render and encode what the flow learns from; a killed run goes on."""
    model = finished_autoencoder(work, BUNDLED.autoencoder_widths, BUNDLED.latent_channels)
    write_items(
        work / "items", count, ITEMS_SEED, model, pick_device(), workers, known_latents(work)
    )


@app.command()
def flow(
    work: Work = WORK, minutes: Minutes = 90.0, steps: Steps = None, compiled: Compiled = True
) -> None:
    """Train the transformer and the text encoder on the items."""
    run = FlowRun(work, read_items(work / "items"), pick_device(), compiled=compiled)
    follow(run, work, minutes, steps, ["velocity", "held_out"])


@app.command()
def prior(work: Work = WORK, minutes: Minutes = 12.0, steps: Steps = None) -> None:
    """Train the layout prior on the items' scenes."""
    scenes = [s for item in read_items(work / "items").items for s in item.scenes]
    follow(PriorRun(work, scenes, pick_device()), work, minutes, steps, ["token", "held_out"])


@app.command()
def few_step(
    work: Work = WORK, minutes: Minutes = 25.0, steps: Steps = None, compiled: Compiled = True
) -> None:
    """Teach the finished flow to draw in 4, 8 or 16 unguided steps."""
    run = FewStepRun(work, read_items(work / "items"), pick_device(), compiled=compiled)
    follow(run, work, minutes, steps, ["stride", "velocity", "held_out"])


@app.command()
def export(
    work: Work = WORK,
    to: To = PACK,
    scores: Annotated[
        Path | None, typer.Option(help="pack.json of `maquette eval pack`, for the card")
    ] = None,
    remarks: Annotated[Path | None, typer.Option(help="what a person saw, in words")] = None,
) -> None:
    """Write the trained generator as a pack, replacing the one that is there.

    Export, measure with `maquette eval pack`, then export again with --scores.
    """
    pipeline = trained_pipeline(work)
    typer.echo(export_pack(pipeline, to, written_card(work, pipeline, scores, remarks)))


@app.command()
def card(
    scores: Annotated[Path, typer.Option(help="pack.json of `maquette eval pack`")],
    remarks: Annotated[Path, typer.Option(help="what a person saw, in words")],
    to: To = PACK,
) -> None:
    """Write what was measured since onto the card of a finished pack."""
    old = (to / "MODEL_CARD.md").read_text(encoding="utf-8")
    typer.echo(replace_card(to, measured_anew(old, scores, remarks)))


@app.command()
def smoke(work: Work = Path("runs/smoke"), steps: int = 3) -> None:
    """Train and export at toy size, in seconds, to see that every part runs."""
    device = torch.device("cpu")
    write_shard(work / SHARD, 12, seed=1, workers=1)
    widths = TOY.autoencoder_widths
    recipe = AutoencoderRecipe(batch=2, crop_px=64)
    shard = read_shard(work / SHARD)
    follow(AutoencoderRun(work, shard, device, recipe=recipe, widths=widths), work, None, steps, [])
    write_items(work / "items", 16, ITEMS_SEED, finished_autoencoder(work, widths), device, 1)
    cache = read_items(work / "items")
    follow(FlowRun(work, cache, device, TOY, FlowRecipe(batch=8)), work, None, steps, ["velocity"])
    scenes = [s for item in cache.items for s in item.scenes]
    follow(PriorRun(work, scenes, device, TOY, PriorRecipe(batch=4)), work, None, steps, ["token"])
    few = FewStepRun(work, cache, device, TOY, StrideRecipe(batch=4))
    follow(few, work, None, steps, ["stride"])
    pipeline = trained_pipeline(work, TOY)
    typer.echo(export_pack(pipeline, work / "pack", written_card(work, pipeline, None, None)))


if __name__ == "__main__":
    app()
