"""Train, measure and export the reward model: ``python -m maquette.training.reward``.

    train     one perspective, on features of the frozen tower that are computed once
    score     held-out pairs of every trained perspective, and of the swapped controls
    export    write the pack
    second-look   how low true requests fall, for the line of the second look
    smoke     all of the above in seconds, at toy size

Every command resumes from what lies in ``--work``.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Annotated

import typer

from maquette.model_servers.loading.model_files import BUNDLED, bundled_directory
from maquette.model_servers.reward.heads import HeadKind
from maquette.training.reward.lessons.pairs import SUBJECTS
from maquette.training.reward.second_look import measured
from maquette.training.reward.session import export_all, score_all, train_perspective
from maquette.training.reward.toy import toy_backbone
from maquette.training.shell import To, Work, pick_device, recipe_app

app = recipe_app(__doc__)

Backbone = Annotated[str, typer.Option(help="the word bundled, or a LLaVA directory")]
WORK = Path("runs/reward")
PACK = bundled_directory("reward")


@app.command()
def train(
    perspective: Annotated[str, typer.Option(help=f"one of {', '.join(SUBJECTS)}")],
    work: Work = WORK,
    backbone: Backbone = BUNDLED,
    minutes: Annotated[float | None, typer.Option(help="over all resumed runs")] = 12.0,
    steps: Annotated[int | None, typer.Option(help="over all resumed runs")] = None,
    lessons: Annotated[int, typer.Option(help="lessons to draw, two pictures each")] = 5000,
    head: Annotated[HeadKind | None, typer.Option(help="instead of the usual one")] = None,
    margin: Annotated[float, typer.Option(help="by how much the better must win")] = 0.0,
    swap_labels: Annotated[bool, typer.Option(help="the control: teach the opposite")] = False,
    workers: Annotated[int, typer.Option(help="processes that draw lessons; 0: this one")] = 2,
) -> None:
    """Train one perspective."""
    if perspective not in SUBJECTS:
        raise typer.BadParameter(f"{perspective!r}; expected one of {', '.join(SUBJECTS)}")
    logging.getLogger("transformers").setLevel(logging.ERROR)
    folder = train_perspective(
        work,
        backbone,
        perspective,
        minutes=minutes,
        steps=steps,
        lessons=lessons,
        head=head,
        margin=margin,
        swap_labels=swap_labels,
        workers=workers,
        device=pick_device(),
    )
    typer.echo(folder)


@app.command()
def score(
    work: Work = WORK,
    backbone: Backbone = BUNDLED,
    pairs: Annotated[int, typer.Option(help="held-out pairs a perspective")] = 200,
) -> None:
    """Measure what is trained; writes scores.json and scores.md into --work."""
    rows, text = score_all(work, backbone, pairs)
    (work / "scores.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    typer.echo(text)


@app.command()
def export(
    work: Work = WORK,
    backbone: Backbone = BUNDLED,
    to: To = PACK,
) -> None:
    """Write every trained perspective as a pack, replacing the one that is there."""
    typer.echo(export_all(work, backbone, to))


@app.command("second-look")
def second_look() -> None:
    """Measure the line below which a second look doubts, on the labelled pictures."""
    typer.echo(measured())


@app.command()
def smoke(work: Work = Path("runs/reward_smoke"), steps: int = 2) -> None:
    """Train, measure and export at toy size, in seconds, to see that every part runs."""
    home = str(toy_backbone(work / "backbone"))
    for name in SUBJECTS:
        train_perspective(work, home, name, steps=steps, lessons=16, batch=4, workers=0)
    score_all(work, home, 2)
    typer.echo(export_all(work, home, work / "pack"))


if __name__ == "__main__":
    app()
