"""``maquette tool``: list the tools, show one, call one by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from maquette.api.cli.connect import local_place, make_client
from maquette.api.cli.delivery.attend import attend_and_deliver, screen_head
from maquette.api.cli.delivery.saving import check_target
from maquette.api.cli.direct.arguments import read_arguments, read_picture
from maquette.api.cli.terminal.options import DataDir, Force, Json, Preview
from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.terminal.validation import check_options
from maquette.api.client import MaquetteClient
from maquette.api.http.errors import Unreachable
from maquette.api.schemas import tool_view
from maquette.records.task import TaskOptions

app = typer.Typer(no_args_is_help=True, help="The tools that plans are made of, one by one.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the tool: maquette tool ls.")]


@app.callback()
def _group() -> None:
    """The tools that plans are made of, one by one."""


@app.command("ls")
def list_tools(as_json: Json = False, data_dir: DataDir = None) -> None:
    """List the tools: of the running server, else those that are installed here."""
    screen = Screen(as_json=as_json)
    found = _asked(screen, data_dir, lambda client: client.tools(), _installed)
    if as_json:
        screen.document(found)
        return
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="quiet")
    for column in ("tool", "what it does"):
        shown.add_column(column, overflow="fold", no_wrap=column == "tool")
    for one in found:
        shown.add_row(Text(one["name"]), Text(one["description"]))
    screen.table(shown)


@app.command("show")
def show_tool(name: Name, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show what a tool does, takes and gives."""
    screen = Screen(as_json=as_json)
    one = _asked(screen, data_dir, lambda client: client.tool(name), lambda: _installed_one(name))
    if as_json:
        screen.document(one)
        return
    lines = [f"{one['name']}  version {one['version']}, {one['origin']}", one["description"], ""]
    fields = one["input_schema"].get("properties", {})
    for argument, modality in one["inputs"].items():
        told = " ".join(filter(None, _told(fields[argument], modality)))
        must = "" if argument in one["required"] else f" (else {_default(fields[argument])})"
        lines.append(f"  {argument}  {told}{must}")
    lines += ["", f"gives  {', '.join(f'{k} ({v})' for k, v in one['outputs'].items())}"]
    lines += [f"models  {', '.join(one['roles']) or 'none'}", f"costs about {one['cost_s']:g} s"]
    screen.answer("\n".join(lines))


@app.command("call")
def call_tool(
    name: Name,
    image: Annotated[
        list[Path] | None,
        typer.Option("--image", "-i", help="A picture for it; may be given several times."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", "-s", metavar="KEY=VALUE", help="An argument; again for more."),
    ] = None,
    arguments: Annotated[
        str | None, typer.Option("--arguments", "-a", help="Arguments as a JSON object.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same result.")] = 0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to save a picture; - for stdout.")
    ] = None,
    force: Force = False,
    preview: Preview = True,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Call one tool by itself, as a task: kept, traced and found again like any other."""
    screen = Screen(as_json=as_json)
    if output is not None and str(output) != "-":
        check_target(output)
    options = check_options("call a tool", {"seed": seed})
    pictures = [read_picture(path) for path in image or ()]
    read_arguments(settings or (), arguments, {})  # what cannot be read starts no stack
    client = make_client(screen, data_dir, start=True)
    place = local_place(data_dir)

    async def call() -> int:
        async with client:
            view = await client.tool(name)
            given = read_arguments(settings or (), arguments, view["inputs"])
            task_id = await _start(client, screen, name, given, pictures, options)
            words_or_pictures = {"text", "image", "mask", "document"} & set(
                view["outputs"].values()
            )
            code = await attend_and_deliver(
                client,
                screen,
                task_id,
                output=output,
                force=force,
                preview=preview,
                lines=as_json and not words_or_pictures,
                save=bool(words_or_pictures),
                place=place,
            )
            if not words_or_pictures and not as_json:
                screen.document((await client.outputs(task_id)).get(name, {}))
            return code

    raise typer.Exit(asyncio.run(call()))


async def _start(
    client: MaquetteClient,
    screen: Screen,
    name: str,
    given: dict[str, Any],
    pictures: list[bytes],
    options: TaskOptions,
) -> str:
    inputs = [await client.upload(data) for data in pictures]
    task = await client.call_tool(name, given, inputs=inputs, options=options)
    screen_head(screen, task.request.text, task.id, options.seed)
    return task.id


def _told(field: dict[str, Any], modality: str) -> Iterator[str]:
    """What an argument takes, in words: its kind or choices, its limits, what it is."""
    for one in [one for one in field.get("anyOf", [field]) if one.get("type") != "null"][:1]:
        if "enum" in one:
            yield " | ".join(map(str, one["enum"]))
        elif modality == "json":
            yield str(one.get("type", "value"))
        else:
            yield modality
        limits = [(">=", "minimum"), (">", "exclusiveMinimum"), ("<=", "maximum")]
        yield ", ".join(f"{sign} {one[name]:g}" for sign, name in limits if name in one)
        yield str(one.get("description", field.get("description", "")))


def _default(field: dict[str, Any]) -> str:
    return str(field.get("default", "nothing"))


def _installed() -> list[dict[str, Any]]:
    from maquette.tools.registry import load_registry

    registry = load_registry()
    return [tool_view(registry, spec) for spec in registry]


def _installed_one(name: str) -> dict[str, Any]:
    from maquette.tools.registry import load_registry

    registry = load_registry()
    return tool_view(registry, registry.get(name))


def _asked(
    screen: Screen,
    data_dir: Path | None,
    ask: Callable[[MaquetteClient], Awaitable[Any]],
    here: Callable[[], Any],
) -> Any:
    """What the server says; where none runs, what is installed here."""
    try:
        client = make_client(screen, data_dir)
    except Unreachable:
        return here()

    async def whole() -> Any:
        async with client:
            return await ask(client)

    return asyncio.run(whole())
