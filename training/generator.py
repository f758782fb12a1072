"""Train, export and try the bundled generator: ``python -m maquette.training.generator``.

    autoencoder   pixels to latents and back
    flow          captions and layouts to latents (needs the autoencoder)
    export        write the pack
    smoke         all of the above in seconds, at toy size

Every command resumes from the checkpoint in ``--work``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import torch
import typer

from maquette.training.data.latents import read_latents, write_latents
from maquette.training.data.shards import read_shard, write_shard
from maquette.training.recipes.components import BUNDLED, TOY
from maquette.training.recipes.driver import follow

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)

Work = Annotated[Path, typer.Option(help="folder for checkpoints, logs and caches")]
Minutes = Annotated[float | None, typer.Option(help="wall time over all resumed runs")]
Steps = Annotated[int | None, typer.Option(help="largest number of steps over all runs")]
WORK = Path("runs/generator")
PACK = Path(__file__).parents[1] / "model_servers" / "bundled" / "generation"
SHARDS = ("shard", "shard2")
"""Folders of rendered training scenes; seed 1 and 2."""


def pick_device() -> torch.device:
    """Choose a GPU if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@app.command()
def autoencoder(
    work: Work = WORK,
    minutes: Minutes = 40.0,
    steps: Steps = None,
    scenes: Annotated[int, typer.Option(help="rendered training scenes")] = 20_000,
    decoder_only: Annotated[bool, typer.Option(help="freeze the encoder")] = False,
) -> None:
    """Train the autoencoder, or with --decoder-only its decoder on fixed latents."""
    from maquette.training.recipes.autoencoder_run import AutoencoderRun

    write_shard(work / SHARDS[0], scenes, seed=1)
    run = AutoencoderRun(work, read_shard(work / SHARDS[0]), pick_device(), decoder_only)
    follow(run, work, minutes, steps, ["pixel", "gradient", "block", "held_out"])


@app.command()
def flow(
    work: Work = WORK,
    minutes: Minutes = 45.0,
    steps: Steps = None,
    scenes: Annotated[int, typer.Option(help="rendered scenes in each of two shards")] = 20_000,
    compiled: Annotated[bool, typer.Option(help="compile layers; needs a C++ compiler")] = True,
) -> None:
    """Train the transformer and the text encoder on the finished encoder's latents."""
    from maquette.training.recipes.autoencoder_run import finished_autoencoder
    from maquette.training.recipes.flow_run import FlowRun

    for seed, name in enumerate(SHARDS, 1):
        write_shard(work / name, scenes, seed=seed)
    shards = [read_shard(work / name) for name in SHARDS]
    device = pick_device()
    write_latents(work / "latents", shards, finished_autoencoder(work), device)
    truth = [scene for shard in shards for scene in shard.scenes]
    run = FlowRun(work, read_latents(work / "latents"), truth, device, BUNDLED, compiled=compiled)
    follow(run, work, minutes, steps, ["velocity", "held_out"])


@app.command()
def export(
    work: Work = WORK,
    to: Annotated[Path, typer.Option(help="folder of the pack")] = PACK,
    card: Annotated[Path | None, typer.Option(help="text of MODEL_CARD.md")] = None,
) -> None:
    """Write the trained generator as a pack, replacing the one that is there."""
    from maquette.training.pack.assemble import trained_pipeline
    from maquette.training.pack.export import export_pack

    text = card.read_text(encoding="utf-8") if card else "# Interim weights, not measured yet\n"
    typer.echo(export_pack(trained_pipeline(work), to, text))


@app.command()
def smoke(work: Work = Path("runs/smoke"), steps: int = 3) -> None:
    """Train and export at toy size, in seconds, to see that every part runs."""
    from maquette.training.pack.assemble import trained_pipeline
    from maquette.training.pack.export import export_pack
    from maquette.training.recipes.autoencoder import AutoencoderRecipe
    from maquette.training.recipes.autoencoder_run import AutoencoderRun, finished_autoencoder
    from maquette.training.recipes.flow import FlowRecipe
    from maquette.training.recipes.flow_run import FlowRun

    device = torch.device("cpu")
    write_shard(work / SHARDS[0], 20, seed=1, workers=1)
    shard = read_shard(work / SHARDS[0])
    widths = TOY.autoencoder_widths
    recipe = AutoencoderRecipe(batch=2, crop_px=64)
    first = AutoencoderRun(work, shard, device, recipe=recipe, widths=widths)
    follow(first, work, None, steps, ["pixel"])
    write_latents(work / "latents", [shard], finished_autoencoder(work, widths), device)
    cache = read_latents(work / "latents")
    second = FlowRun(work, cache, shard.scenes, device, TOY, FlowRecipe(batch=4))
    follow(second, work, None, steps, ["velocity"])
    typer.echo(export_pack(trained_pipeline(work, TOY), work / "pack", "# Smoke run\n"))


if __name__ == "__main__":
    app()
