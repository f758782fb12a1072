"""``maquette art find``: which thing words mean, and how sure that is."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer
from rich.text import Text

from maquette.api.cli.connect import settings_of
from maquette.api.cli.terminal.options import DataDir, Json
from maquette.api.cli.terminal.screen import Screen
from maquette.model_servers.connect import sentences_here
from maquette.tools.art.finding.finder import Finder
from maquette.tools.art.finding.sizes import rests, size_of
from maquette.tools.art.found import SURE, Found
from maquette.tools.art.packs import table as packs


def find_things(
    words: Annotated[str, typer.Argument(metavar="WORDS", help='Such as "birthday cake".')],
    language: Annotated[
        str | None, typer.Option(help="Language of the words, such as de; told from them.")
    ] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Find the thing that words mean. What no pack shows is said, with what is nearest."""
    screen = Screen(as_json=as_json)
    packs.look_in(settings_of(data_dir).data_dir)
    finder = Finder(packs.all_cards(), sentences_here())
    found = asyncio.run(finder.find(words, language=language))
    if as_json:
        screen.document(_told(found))
        return
    if found.state != "found":
        screen.say(Text.assemble(("! ", "unjudged"), _why(found)))
    for match in found.matches:
        sure = "" if match.probability >= SURE else "  (would be unjudged)"
        screen.answer(f"{match.probability:.3f}  {match.thing}  {match.name}, by {match.by}{sure}")


def _why(found: Found) -> str:
    offered = ", ".join(found.nearest)
    if found.state == "unclear":
        return f"{found.phrase!r} may mean several things: {offered}"
    return f"nothing shows {found.phrase!r}" + (f"; nearest: {offered}" if offered else "")


def _told(found: Found) -> dict[str, Any]:
    return {
        "phrase": found.phrase,
        "state": found.state,
        "matches": [
            {
                "thing": match.thing,
                "name": match.name,
                "probability": match.probability,
                "by": match.by,
                "size_m": size_of(match.thing),
                "rests": rests(match.thing),
            }
            for match in found.matches
        ],
        "nearest": list(found.nearest),
    }
