"""``maquette chat``: a conversation about pictures."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from maquette.api.cli.connect import local_place, make_client
from maquette.api.cli.delivery.room import room_at
from maquette.api.cli.run import Source
from maquette.api.cli.talking.lines import Lines
from maquette.api.cli.talking.talk import Talk, picture_at
from maquette.api.cli.terminal import exits
from maquette.api.cli.terminal.options import DataDir, Json
from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.terminal.validation import check_options
from maquette.records.errors import InvalidInput
from maquette.records.task import TaskOptions


def chat(
    session: Annotated[
        str | None, typer.Option("--session", "-s", help="Go on with this session.")
    ] = None,
    image: Annotated[
        list[Path] | None,
        typer.Option("--image", "-i", help="Attach a picture to the first turn."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same pictures.")] = 0,
    budget: Annotated[float | None, typer.Option(help="Seconds each turn may take.")] = None,
    source: Annotated[
        Source, typer.Option(help="Compose it of art, let the generator draw it, or either.")
    ] = Source.AUTO,
    preview: Annotated[
        bool, typer.Option("--preview/--no-preview", help="Show pictures in the terminal.")
    ] = True,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Talk about a picture, turn by turn: "a cat", "make it bigger", "the same, but at night".

    One line of standard input is one turn, typed or piped; /help lists the commands. The session
    stays when you leave. The exit code is that of the last turn.
    """
    screen = Screen(as_json=as_json)
    given = {"seed": seed, "budget_s": budget, "source": source.value}
    options = check_options("a turn", given)
    client = make_client(screen, data_dir, start=True)
    place = local_place(data_dir)
    pictures = [picture_at(path) for path in image or ()]
    try:
        with room_at(place):
            code = asyncio.run(_chat(client, screen, session, pictures, options, preview, place))
    except KeyboardInterrupt:
        screen.say("")
        raise typer.Exit(exits.INTERRUPTED) from None
    raise typer.Exit(code)


async def _chat(
    client: Any,
    screen: Screen,
    session: str | None,
    pictures: list[bytes],
    options: TaskOptions,
    preview: bool,
    place: Path | None,
) -> int:
    async with client:
        found = await (client.open_session() if session is None else client.session(session))
        if found["closed"]:
            raise InvalidInput(
                f"the session {found['id']} is closed", hint="begin a new one: maquette chat"
            )
        if not screen.as_json:
            _greet(screen, found)
        talk = Talk(client, screen, found["id"], options, preview=preview, place=place)
        talk.waiting = [await client.upload(data) for data in pictures]
        code = await talk.hold(Lines(sys.stdin.fileno()))
        if not screen.as_json:
            told = f"maquette chat --session {found['id']}"
            screen.say(Text.assemble(("come back with: ", "title"), told))
        return code


def _greet(screen: Screen, session: dict[str, Any]) -> None:
    screen.say(Text(session["id"], style="quiet"))
    for turn in session["turns"][-3:]:
        screen.say(Text(f"  {turn['number']}. {turn['text']}", style="quiet"))
    if screen.attended:
        screen.say(Text("say what you want; /help lists the commands", style="quiet"))
