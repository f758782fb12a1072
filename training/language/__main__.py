"""Teach a small decoder to plan: ``python -m maquette.training.language``.

    pairs    make what is taught: requests, variations of them, and the right answers
    train    on the pairs in ``--work``
    export   write the model as a folder that vLLM serves, with its card
    score    measure an exported model on the requests kept from training
    smoke    all of it on a few requests

Pairs and training resume from what lies in ``--work``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import torch
import typer
from tokenizers import Tokenizer

from maquette.training.language.export import FOLDER, export_model, exported_score
from maquette.training.language.pairs import Pair, Teacher, read_pairs, write_pairs
from maquette.training.language.run import DecoderRun
from maquette.training.language.tokens import train_tokenizer
from maquette.training.language.variations import variations
from maquette.training.reading.examples import read_all, things_by_language
from maquette.training.recipes.driver import follow
from maquette.training.shell import Minutes, Steps, To, Work, recipe_app

app = recipe_app(__doc__)
WORK = Path("runs/language")
PAIRS = "pairs.jsonl"
TOKENIZER = "tokenizer.json"
PLOTTED = ["answer", "kept", "tokens", "answers"]
Requests = Annotated[int, typer.Option(help="kept from training, that are answered")]
Threads = Annotated[int, typer.Option(help="of the processor")]


@app.command()
def pairs(
    work: Work = WORK,
    lines: Annotated[int | None, typer.Option(help="annotated requests; without it all")] = None,
    varied: Annotated[int, typer.Option(help="variations of each")] = 2,
    threads: Threads = 1,
) -> None:
    """Make the pairs. One thread is fastest: what is computed is small."""
    torch.set_num_threads(threads)
    work.mkdir(parents=True, exist_ok=True)
    examples = read_all()
    chosen = examples[:: max(1, len(examples) // lines)][:lines] if lines else examples
    added = write_pairs(work / PAIRS, variations(chosen, varied, things_by_language()), Teacher())
    found = read_pairs(work / PAIRS)
    kept = sum(one.kept for one in found)
    typer.echo(f"{added} requests answered now; {len(found)} pairs in all, {kept} kept for scores")


@app.command()
def train(
    work: Work = WORK, minutes: Minutes = 60.0, steps: Steps = None, threads: Threads = 2
) -> None:
    """Train the decoder."""
    torch.set_num_threads(threads)
    run, _ = _run(work)
    follow(run, work, minutes, steps, PLOTTED)


@app.command()
def export(
    work: Work = WORK, to: To = FOLDER, requests: Requests = 300, threads: Threads = 2
) -> None:
    """Write the trained model, replacing the one that is there, and measure it for its card."""
    torch.set_num_threads(threads)
    run, found = _run(work)
    run.restore()
    typer.echo(export_model(run, found, to, requests))


@app.command()
def score(
    work: Work = WORK, pack: Path = FOLDER, requests: Requests = 300, threads: Threads = 2
) -> None:
    """Measure an exported model on the requests kept from training."""
    torch.set_num_threads(threads)
    told = exported_score(pack, read_pairs(work / PAIRS), requests)
    typer.echo(json.dumps(told, indent=1))


@app.command()
def smoke(work: Work = Path("runs/language_smoke"), steps: int = 2, lines: int = 40) -> None:
    """Make some pairs, train, export and score, in a minute, to see that every part runs."""
    pairs(work, lines=lines, varied=1)
    train(work, minutes=None, steps=steps)
    export(work, to=work / "model", requests=1)
    score(work, pack=work / "model", requests=1)


def _run(work: Path) -> tuple[DecoderRun, list[Pair]]:
    """The training of a folder's pairs. Its tokenizer is trained once, since a checkpoint is worth
    nothing with another one."""
    found = read_pairs(work / PAIRS)
    path = work / TOKENIZER
    if not path.exists():
        taught = [one for one in found if not one.kept]
        train_tokenizer(text for one in taught for text in (one.user, one.answer)).save(str(path))
    return DecoderRun(work, found, Tokenizer.from_file(str(path))), found


if __name__ == "__main__":
    app()
