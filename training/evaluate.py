"""Measure the bundled generator against truth: ``python -m maquette.training.evaluate``.

recogniser    train the judge on exact renders
pack          try a pack on held-out scenes and write numbers and a contact sheet
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)

Work = Annotated[Path, typer.Option(help="folder of the judge's weights and of the results")]
WORK = Path("runs/generator")
PACK = Path(__file__).parents[1] / "model_servers" / "bundled" / "generation"


@app.command()
def recogniser(work: Work = WORK, scenes: int = 2500, epochs: int = 5) -> None:
    """Train the judge on exact renders, if it is not there yet."""
    from maquette.training.evaluation.recogniser import (
        Recogniser,
        make_set,
        save_recogniser,
        train_recogniser,
    )

    target = work / "recogniser.safetensors"
    if target.exists():
        typer.echo(f"{target} is there already")
        return
    work.mkdir(parents=True, exist_ok=True)
    model = Recogniser()
    bar = tqdm(train_recogniser(model, make_set(scenes, seed=1), epochs), desc="recogniser")
    for step, loss in enumerate(bar):
        if step % 20 == 0:
            bar.set_postfix(loss=f"{loss:.4f}")
    save_recogniser(model, target)


@app.command()
def pack(
    work: Work = WORK,
    at: Annotated[Path, typer.Option(help="folder of the pack")] = PACK,
    trials: Annotated[int, typer.Option(help="scenes a group")] = 150,
    steps: Annotated[int, typer.Option(help="Euler steps")] = 20,
    guidance: Annotated[float, typer.Option(help="classifier-free guidance")] = 3.0,
    shown: Annotated[int, typer.Option(help="trials a group on the contact sheet")] = 12,
) -> None:
    """Try a pack; writes scores.json, scores.md and sheet.png into --work."""
    from maquette.model_servers.generation.layout_flow.pipeline import LayoutFlowPipeline
    from maquette.training.evaluation.recogniser import load_recogniser
    from maquette.training.evaluation.report import Settings, evaluate, markdown
    from maquette.training.evaluation.sheet import contact_sheet

    pipeline = LayoutFlowPipeline.from_pretrained(at, local_files_only=True, use_safetensors=True)
    judge = load_recogniser(work / "recogniser.safetensors")
    report = evaluate(pipeline, judge, Settings(trials, steps, guidance), shown)
    scores = {
        "settings": asdict(report.settings),
        "groups": [asdict(group) for group in report.groups],
    }
    (work / "scores.json").write_text(json.dumps(scores, indent=1), encoding="utf-8")
    (work / "scores.md").write_text(markdown(report), encoding="utf-8")
    captions, pictures = zip(*report.pictures, strict=True)
    contact_sheet(list(pictures), list(captions), 8, work / "sheet.png")
    typer.echo(markdown(report))


if __name__ == "__main__":
    app()
