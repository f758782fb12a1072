"""``maquette artifact``: fetch pictures and documents by their hash."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from maquette.api.cli.connect import make_client
from maquette.api.cli.delivery.saving import ENDINGS, check_target, save
from maquette.api.cli.delivery.vector import painted, vector_of, wants_vector
from maquette.api.cli.terminal.options import DataDir, Force, Json
from maquette.api.cli.terminal.screen import Screen

app = typer.Typer(no_args_is_help=True, help="Fetch pictures and documents by their hash.")


@app.callback()
def _group() -> None:
    """Fetch pictures and documents by their hash."""


@app.command("search")
def search_artifacts(
    words: Annotated[str, typer.Argument(metavar="WORDS", help="What the picture shows.")],
    k: Annotated[int, typer.Option("--k", "-k", help="How many to find, 1 to 100.")] = 10,
    kind: Annotated[str | None, typer.Option(help="Only uploads, or only results.")] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Find pictures made or uploaded before by what they show. Prints hashes, best first."""
    screen = Screen(as_json=as_json)
    client = make_client(screen, data_dir)

    async def ask() -> dict[str, Any]:
        async with client:
            return await client.search(words, k=k, kind=kind)

    found = asyncio.run(ask())
    if as_json:
        screen.document(found)
        return
    for warning in found["warnings"]:
        screen.say(Text.assemble(("! ", "unjudged"), warning))
    if not found["data"]:
        screen.say(Text("no picture was found"))
        return
    screen.answer("\n".join(_hit_line(hit) for hit in found["data"]))


def _hit_line(hit: dict[str, Any]) -> str:
    """Hash, likelihood, kind and words of a picture found; the hash is what ``get`` takes."""
    strange = " (outside the bundled models' world)" if hit["in_world"] is False else ""
    told = f"{hit['artifact']['sha256']}  {hit['score']:5.2f}  {hit['kind']:<6}{strange}"
    return f"{told}  {' '.join(hit['text'].split())[:80]}".rstrip()


@app.command("get")
def get_artifact(
    sha256: Annotated[str, typer.Argument(metavar="SHA256", help="The artifact's hash.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to save it; - for stdout.")
    ] = None,
    width: Annotated[
        int | None, typer.Option(help="Paint a composed picture anew, so many pixels wide.")
    ] = None,
    force: Force = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Save an artifact to a file, checked against its hash. Prints the path.

    A composed picture can be had as vectors (-o FILE.svg) and in any size (--width).
    """
    screen = Screen(as_json=as_json)
    if output is not None and str(output) != "-":
        check_target(output)
    client = make_client(screen, data_dir)

    async def fetch() -> tuple[Any, bytes, Any]:
        async with client:
            ref = await client.artifact(sha256)
            if ref.is_picture and (wants_vector(output) or width is not None):
                ref = await vector_of(client, ref)
            data = await client.download(ref.sha256)
            data = data if width is None else painted(data, width)
            return ref, data, await client.lineage(ref.sha256)

    ref, data, lineage = asyncio.run(fetch())
    if output is not None and str(output) == "-":
        screen.raw(data)
        return
    ending = ENDINGS.get(ref.media_type if width is None else "image/png", ".bin")
    path = output or Path(f"{sha256[:12]}{ending}")
    save(data, path, overwrite=force or output is not None)
    if as_json:
        screen.document(
            {
                "file": str(path),
                "artifact": ref.model_dump(mode="json"),
                "lineage": lineage.model_dump(mode="json") if lineage else None,
            }
        )
    else:
        screen.answer(str(path))
