"""``maquette run``: a sentence in, a checked picture out."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from maquette.api.cli.connect import local_place, make_client, settings_of
from maquette.api.cli.delivery.attend import attend_and_deliver, screen_head
from maquette.api.cli.delivery.room import room_at
from maquette.api.cli.delivery.saving import check_target
from maquette.api.cli.delivery.started import note_started
from maquette.api.cli.delivery.vector import source_for
from maquette.api.cli.direct.arguments import read_picture, read_plan
from maquette.api.cli.terminal import exits
from maquette.api.cli.terminal.options import DataDir, Force, Json, Preview, Yes
from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.terminal.validation import check_options
from maquette.api.schemas import task_view


class Approve(StrEnum):
    NEVER = "never"
    PLAN = "plan"
    FINAL = "final"


class Source(StrEnum):
    AUTO = "auto"
    ART = "art"
    DRAWN = "drawn"


def run(
    text: Annotated[
        str, typer.Argument(metavar="REQUEST", help="What you want, in plain words.")
    ] = "",
    image: Annotated[
        list[Path] | None,
        typer.Option("--image", "-i", help="Attach a picture; may be given several times."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same picture.")] = 0,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to save the picture; - for stdout."),
    ] = None,
    rounds: Annotated[int | None, typer.Option(help="Rounds of judging and revising.")] = None,
    candidates: Annotated[int | None, typer.Option(help="Drafts in each round.")] = None,
    budget: Annotated[float | None, typer.Option(help="Seconds it may take at most.")] = None,
    approve: Annotated[
        Approve, typer.Option(help="Ask before running the plan, or before delivering.")
    ] = Approve.NEVER,
    source: Annotated[
        Source, typer.Option(help="Compose it of art, let the generator draw it, or either.")
    ] = Source.AUTO,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", help="Run this plan (a JSON file, - for stdin) as it is."),
    ] = None,
    strategy: Annotated[
        str | None, typer.Option(help="How drafts lead to the best one: revise, best_of_n, ...")
    ] = None,
    yes: Yes = False,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Print the task's id and leave it running.")
    ] = False,
    force: Force = False,
    preview: Preview = True,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Turn a request into a finished, checked picture.

    Starts the local stack when none runs. Ctrl-C steps away and leaves the task running; twice
    cancels it. The path of the picture, or the text of an answer, is printed on stdout.
    """
    screen = Screen(as_json=as_json)
    ready = None if plan is None else read_plan(plan)
    if ready is None and not text:
        raise typer.BadParameter("Missing argument 'REQUEST': what you want, or --plan FILE.")
    if output is not None and str(output) != "-":
        check_target(output)
    options = check_options(
        text,
        {
            "seed": seed,
            "rounds": rounds,
            "candidates": candidates,
            "budget_s": budget,
            "approve": approve.value,
            "source": source.value if ready else source_for(output, source.value),
            "strategy": strategy,
            "assume": yes or None,
        },
        plan=ready,
    )
    pictures = pictures_of(image)
    client = make_client(screen, data_dir, start=True)
    place = local_place(data_dir)
    with room_at(place):
        code = asyncio.run(
            _run(
                client,
                screen,
                text,
                ready,
                options,
                pictures,
                output,
                detach,
                force,
                preview,
                place,
                settings_of(data_dir).data_dir,
            )
        )
    raise typer.Exit(code)


def pictures_of(paths: list[Path] | None) -> list[bytes]:
    """The pictures that were attached. Raises: InvalidInput: one cannot be read."""
    return [read_picture(path) for path in paths or ()]


async def _run(
    client: Any,
    screen: Screen,
    text: str,
    plan: dict[str, Any] | None,
    options: Any,
    pictures: list[bytes],
    output: Path | None,
    detach: bool,
    force: bool,
    preview: bool,
    place: Path | None,
    data_dir: Path,
) -> int:
    async with client:
        inputs = [await client.upload(data) for data in pictures]
        task = await client.submit(text, inputs=inputs, options=options, plan=plan)
        note_started(data_dir, task.id)
        if detach:
            if screen.as_json:
                screen.document(task_view(task))
            else:
                screen.say(Text(f"come back with: maquette task watch {task.id}", style="quiet"))
                screen.answer(task.id)
            return exits.OK
        screen_head(screen, task.request.text, task.id, options.seed)
        return await attend_and_deliver(
            client, screen, task.id, output=output, force=force, preview=preview, place=place
        )
