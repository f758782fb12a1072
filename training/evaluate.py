"""Measure the bundled models against truth: ``maquette eval``.

judge   train the judge of pictures on exact renders
pack    measure rows and write table, plot, sheets and outcomes; or recheck stored outcomes
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from maquette.model_servers.model_files import PACKS

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)

Work = Annotated[Path, typer.Option(help="folder of the judge's weights")]
WORK = Path("runs/evaluation")
JUDGE_SEED = 3


@app.command()
def judge(
    work: Work = WORK,
    minutes: Annotated[float | None, typer.Option(help="wall time over all runs")] = 20.0,
    steps: Annotated[int | None, typer.Option(help="largest number of steps")] = None,
    scenes: Annotated[int, typer.Option(help="rendered scenes, held-out pairs among them")] = 6000,
) -> None:
    """Train the judge, or go on from its checkpoint, and tell how often it is right."""
    import torch

    from maquette.training.data.shards import read_shard, write_shard
    from maquette.training.evaluation.judge import JudgeRun, judge_scores, load_judge
    from maquette.training.recipes.driver import follow

    folder = work / "judge_shard"
    write_shard(folder, scenes, seed=JUDGE_SEED, everything=True)
    shard = read_shard(folder)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    run = JudgeRun(work, shard, device)
    keys = ["named", "found", "wrong_named", "wrong_found", "wrong_pictures"]
    follow(run, work, minutes, steps, keys)
    first = len(shard.scenes) - run.kept
    scores = judge_scores(load_judge(work), shard.pixels[first:], shard.scenes[first:])
    typer.echo(json.dumps(scores))


@app.command()
def pack(
    work: Work = WORK,
    rows: Annotated[list[str] | None, typer.Option("--row", help="a row; repeat; all")] = None,
    trials: Annotated[int | None, typer.Option(help="trials a row; each row's own")] = None,
    packs: Annotated[Path, typer.Option(help="folder of packs, one a role")] = PACKS,
    out: Annotated[Path | None, typer.Option(help="folder of results; --work")] = None,
    recheck_count: Annotated[
        int, typer.Option("--recheck", help="measure so many stored outcomes afresh instead")
    ] = 0,
    seed: Annotated[int, typer.Option(help="chooses what is rechecked")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="print rows as JSON")] = False,
    steps: Annotated[int | None, typer.Option(help="sampling steps of the generator")] = None,
    guidance: Annotated[float | None, typer.Option(help="guidance of the generator")] = None,
    plan: Annotated[bool, typer.Option(help="let the layout prior plan boxes")] = True,
) -> None:
    """Measure rows, or with --recheck some of their stored outcomes."""
    from maquette.training.evaluation.results import (
        load_rows,
        measure,
        recheck,
        save_rows,
        table,
    )
    from maquette.training.evaluation.rows import Bench, known_rows

    bench = Bench(work, packs, steps, guidance, plan)
    specs = known_rows(rows or ())
    folder = out or work
    if recheck_count:
        checks = recheck(bench, specs, recheck_count, seed, folder)
        for check in checks:
            said = "agrees" if check.agrees else f"differs: {check.before} before, {check.now} now"
            typer.echo(f"{check.row} {check.trial}: {said}")
        wrong = sum(not check.agrees for check in checks)
        typer.echo(f"{len(checks) - wrong} of {len(checks)} agree")
        raise typer.Exit(1 if wrong or not checks else 0)
    for spec in tqdm(specs, desc="rows", mininterval=5):
        save_rows([measure(bench, spec, trials, folder)], folder)
    measured = load_rows(folder)
    typer.echo(json.dumps(measured, indent=1) if as_json else table(measured, folder))


if __name__ == "__main__":
    app()
