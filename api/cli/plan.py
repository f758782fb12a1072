"""``maquette plan``: how a request would be carried out, without running it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from maquette.api.cli.connect import make_client
from maquette.api.cli.direct.forecast import forecast_lines
from maquette.api.cli.run import Source, pictures_of
from maquette.api.cli.terminal import exits
from maquette.api.cli.terminal.options import DataDir, Json, Yes
from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.terminal.validation import check_options
from maquette.api.cli.views.ledger import ledger_table
from maquette.api.cli.views.questions import question_lines
from maquette.api.cli.views.tables import plan_tree
from maquette.records.plan import Plan
from maquette.records.planning.forecast import Forecast
from maquette.records.planning.question import Question


def plan(
    text: Annotated[str, typer.Argument(metavar="REQUEST", help="What you want, in plain words.")],
    image: Annotated[
        list[Path] | None,
        typer.Option("--image", "-i", help="Attach a picture; may be given several times."),
    ] = None,
    rounds: Annotated[int | None, typer.Option(help="Rounds of judging and revising.")] = None,
    candidates: Annotated[int | None, typer.Option(help="Drafts in each round.")] = None,
    source: Annotated[
        Source, typer.Option(help="Compose it of art, let the generator draw it, or either.")
    ] = Source.AUTO,
    strategy: Annotated[
        str | None, typer.Option(help="How drafts lead to the best one: revise, best_of_n, ...")
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Show how a request would be carried out: its steps, what becomes of each word, what will be
    checked, how long it will take. Nothing is run."""
    screen = Screen(as_json=as_json)
    options = check_options(
        text,
        {
            "rounds": rounds,
            "candidates": candidates,
            "source": source.value,
            "strategy": strategy,
            "assume": yes or None,
        },
    )
    pictures = pictures_of(image)
    client = make_client(screen, data_dir, start=True)

    async def ask() -> tuple[Plan | Question, Forecast | None]:
        async with client:
            inputs = [await client.upload(data) for data in pictures]
            found = await client.plan(text, inputs=inputs, options=options)
            if as_json or isinstance(found, Question):
                return found, None
            return found, await client.forecast(found.model_dump(mode="json"), inputs=inputs)

    found, forecast = asyncio.run(ask())
    if isinstance(found, Question):
        _tell_question(found, screen)
        raise typer.Exit(exits.INPUT_REQUIRED)
    if as_json:
        screen.document({"object": "plan", "plan": found.model_dump(mode="json"), "question": None})
    else:
        _tell_plan(found, screen)
    if forecast is not None:
        screen.table(Padding(forecast_lines(forecast), (1, 0, 0, 0), expand=False))


def _tell_plan(found: Plan, screen: Screen) -> None:
    """The plan is the answer: on stdout, as people read it."""
    if found.summary:
        screen.table(Text(found.summary, style="bold"))
    screen.table(plan_tree(found, ledger=False))
    if found.ledger is not None:
        screen.table(Padding(ledger_table(found.ledger), (1, 0, 0, 0), expand=False))


def _tell_question(asked: Question, screen: Screen) -> None:
    if screen.as_json:
        told = asked.model_dump(mode="json")
        screen.document({"object": "plan", "plan": None, "question": told})
        return
    for line in question_lines(asked):
        screen.say(line)
    screen.say(
        Text.assemble(
            ("  next: ", "title"),
            "say it in the request"
            + ("" if asked.guess is None else "; or --yes takes the best guess"),
        )
    )
