"""Prove on this machine what the product promises: crashes, fuzz, licences, audit."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import signal
import tempfile
from collections.abc import Coroutine
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from maquette.benchmarks.certify.crash import table
from maquette.benchmarks.certify.crash.crash import certify as disturb_all
from maquette.benchmarks.certify.crash.journal import Heading, Journal
from maquette.benchmarks.certify.crash.laws import all_hold
from maquette.benchmarks.certify.crash.schedule import schedule
from maquette.benchmarks.certify.fuzz import table as fuzz_table
from maquette.benchmarks.certify.fuzz.fuzz import Report, fuzz_own_stack
from maquette.benchmarks.certify.fuzz.picture_fuzz import fuzz_pictures
from maquette.benchmarks.certify.licences.audit import audit as look_up
from maquette.benchmarks.certify.licences.licences import copyleft, not_allowed
from maquette.benchmarks.certify.licences.licences import licences as installed
from maquette.benchmarks.certify.licences.page import page
from maquette.records.errors import InvalidInput

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document")]
Seed = Annotated[int, typer.Option(min=0, help="what is tried is drawn from it")]
T = TypeVar("T")

JOURNAL = "certify-crash.jsonl"


@app.callback()
def certify() -> None:
    """Disturb, fuzz and audit this installation."""


@app.command()
def crash(
    trials: Annotated[int, typer.Option(min=1, max=100_000)] = 200,
    seed: Seed = 1,
    only: Annotated[
        list[str] | None, typer.Option(help="this part alone, such as worker; repeat it for more")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="keep stacks and journal here; default: a folder for now")
    ] = None,
    resume: Annotated[bool, typer.Option(help="go on with the journal in --data-dir")] = False,
    as_json: AsJson = False,
) -> None:
    """Kill, freeze and damage every part of a real stack; no acknowledged task may be lost.

    A stack of its own, laptop profile. A trial takes about half a minute. Exit code 1 when a
    law is broken.
    """
    from rich.console import Console

    if resume and data_dir is None:
        raise InvalidInput("--resume needs --data-dir", hint="name the folder of the journal")
    parts = tuple(only or ())
    planned = schedule(trials, seed, parts)
    folder = (data_dir or Path(tempfile.mkdtemp(prefix="maquette-certify-"))).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    heading, journal = Heading(trials=trials, seed=seed, only=parts), Journal(folder / JOURNAL)
    done = journal.go_on(heading) if resume else []
    if not resume:
        journal.begin(heading)
    err = Console(stderr=True, highlight=False)
    try:
        outcomes = _until_stopped(
            disturb_all(
                planned, done, folder, journal, lambda one: err.print(table.line(one), markup=False)
            )
        )
    except (KeyboardInterrupt, asyncio.CancelledError):
        err.print(f"go on with: --resume --data-dir {folder}", markup=False)
        raise KeyboardInterrupt from None
    if as_json:
        typer.echo(json.dumps(table.document(outcomes), indent=1))
    else:
        table.show(outcomes, Console())
    if data_dir is None:
        shutil.rmtree(folder, ignore_errors=True)
    raise typer.Exit(0 if all_hold(outcomes) else 1)


@app.command()
def fuzz(
    requests: Annotated[int, typer.Option(min=0, max=10_000_000)] = 20_000,
    pictures: Annotated[int, typer.Option(min=0, max=10_000_000)] = 5_000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Ask every route of a real stack in every wrong way, and hand in mutated pictures.

    No 5xx, no hang, nothing of the inside told. Exit code 1 when a law is broken.
    """
    from rich.console import Console
    from rich.progress import Progress

    report = Report()
    if requests:
        with (
            Progress(console=Console(stderr=True), transient=True) as progress,
            tempfile.TemporaryDirectory(prefix="maquette-fuzz-") as folder,
        ):
            bar = progress.add_task("requests", total=requests)
            tell = partial(progress.update, bar, advance=1)
            report = _until_stopped(fuzz_own_stack(Path(folder), requests, seed, tell))
    seen = fuzz_pictures(pictures, seed)
    if as_json:
        document = fuzz_table.document(report) | {"pictures": asdict(seen)}
        typer.echo(json.dumps(document, indent=1))
    else:
        fuzz_table.show(report, seen, Console())
    raise typer.Exit(0 if report.holds and not seen.faults else 1)


@app.command()
def licences(
    write: Annotated[Path | None, typer.Option(help="write the page here")] = None,
    as_json: AsJson = False,
) -> None:
    """List the licence of every installed dependency; exit code 1 when one is not allowed."""
    packages = installed()
    refused = not_allowed(packages)
    if write is not None:
        write.write_text(page(packages), encoding="utf-8")
    elif as_json:
        named = {one.name: one.licence for one in packages}
        typer.echo(json.dumps({"packages": named, "not_allowed": refused}, indent=1))
    else:
        for part, licence, purpose in copyleft(packages):
            typer.echo(f"{licence}: {part}: {purpose}")
        typer.echo(f"{len(packages)} packages")
    for name, found in refused.items():
        typer.echo(f"not allowed: {name}: {', '.join(found)}", err=True)
    raise typer.Exit(1 if refused else 0)


@app.command()
def audit(
    pins: Annotated[Path, typer.Option(help="pinned versions")] = Path("constraints.txt"),
    as_json: AsJson = False,
) -> None:
    """Look up known vulnerabilities of the pinned versions (needs pip-audit and pypi.org)."""
    found = look_up(pins)
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=1))
    else:
        for one in found.found:
            mended = ", ".join(one.mended_in) or "no version yet"
            typer.echo(f"{one.package} {one.version}: {one.advisory}, mended in {mended}")
        typer.echo(f"{found.audited} pins audited, {len(found.skipped)} unknown to the source")
    raise typer.Exit(1 if found.found else 0)


def _until_stopped(work: Coroutine[Any, Any, T]) -> T:
    """Run it; SIGTERM and SIGINT let it clean up first."""

    async def main() -> T:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, task.cancel)
        return await task

    return asyncio.run(main())
