"""``maquette art``: the things drawn beforehand, whose they are, and packs of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from maquette.api.cli.art_find import find_things
from maquette.api.cli.connect import settings_of
from maquette.api.cli.delivery.saving import check_target, save
from maquette.api.cli.terminal.options import DataDir, Force, Json
from maquette.api.cli.terminal.screen import Screen
from maquette.records.errors import InvalidInput, MaquetteError
from maquette.tools.art.contract import ArtPack, Licence
from maquette.tools.art.packs import table as packs
from maquette.tools.art.packs.added import add
from maquette.tools.art.packs.names import unicode_names

app = typer.Typer(no_args_is_help=True, help="Things drawn beforehand: packs, names, licences.")

SIZE_PX = 512


@app.callback()
def _group() -> None:
    """Things drawn beforehand: packs, names, licences."""


@app.command("ls")
def list_packs(as_json: Json = False, data_dir: DataDir = None) -> None:
    """List the art packs with their licences."""
    screen = Screen(as_json=as_json)
    packs.look_in(settings_of(data_dir).data_dir)
    rows = [_row(pack) for pack in packs.all_packs().values()]
    names = unicode_names().licence
    problems = [{"pack": one.plugin, "reason": one.reason} for one in packs.opened().problems]
    if as_json:
        screen.document({"packs": rows, "names": _licence(names), "problems": problems})
        return
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="quiet")
    for column in ("pack", "title", "things", "style", "licence", "source"):
        shown.add_column(column, overflow="fold", no_wrap=column in ("pack", "things"))
    for row in rows:
        cells = (row["name"], row["title"], str(row["things"]), row["style"])
        terms = row["licence"]
        shown.add_row(*map(Text, (*cells, _terms(terms), terms["source"])))
    screen.table(shown)
    screen.answer(f"names of emoji: {names.name}, {names.holder} ({names.source})")
    for row in rows:
        if row["problem"]:
            screen.say(Text.assemble(("! ", "failed"), f"{row['name']}: {row['problem']}"))
    for one in problems:
        screen.say(Text.assemble(("! ", "failed"), f"{one['pack']}: {one['reason']}"))


app.command("find")(find_things)


@app.command("show")
def show_thing(
    thing: Annotated[str, typer.Argument(metavar="THING", help="Its id, or its exact name.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it to FILE.svg or FILE.png.")
    ] = None,
    size: Annotated[
        int, typer.Option(min=16, max=4096, help="Longer side of a PNG, in pixels.")
    ] = SIZE_PX,
    force: Force = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Show what a thing is called and under what licence it stands; save its picture."""
    screen = Screen(as_json=as_json)
    packs.look_in(settings_of(data_dir).data_dir)
    id = _id_of(thing)
    told = _told(id)
    if output is not None:
        _save(id, output, size, force)
        told["saved"] = str(output)
    if as_json:
        screen.document(told)
        return
    lines = [f"{told['name']}  ({id})", f"{told['title']}: {_terms(told['licence'])}"]
    for language, names in told["names"].items():
        more = told["keywords"].get(language, ())
        lines.append(f"{language}  {', '.join(names)}" + (f"  · {', '.join(more)}" if more else ""))
    screen.answer("\n".join([*lines, *([str(output)] if output else [])]))


@app.command("add")
def add_pack(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A folder of SVG files, Iconify JSON, a font.")
    ],
    name: Annotated[
        str | None, typer.Option(help="The pack's name in ids; else that of the folder or file.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option(help="SPDX identifier, where the pack does not tell its own.")
    ] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Check a pack of drawings and keep a copy of it. A running stack sees it after a restart."""
    screen = Screen(as_json=as_json)
    root = settings_of(data_dir).data_dir
    packs.look_in(root)
    place, taken = root / packs.FOLDER, packs.all_packs()
    done = add(path, place, name=name, licence=licence, taken=taken)
    row = _row(done.pack)
    if as_json:
        screen.document({**row, "refused": list(done.refused)})
        return
    for reason in done.refused:
        screen.say(Text.assemble(("! left out ", "failed"), reason))
    screen.answer(f"{row['name']}: {row['things']} things, {_terms(row['licence'])}")


def _row(pack: ArtPack) -> dict[str, Any]:
    """What is told of a pack; of one that cannot be read, why."""
    things, digest, problem = 0, "", ""
    try:
        things, digest = len(pack.cards()), pack.digest
    except MaquetteError as error:
        problem = f"{error.message}; {error.hint}" if error.hint else error.message
    return {
        "name": pack.name,
        "title": pack.title,
        "things": things,
        "style": pack.style,
        "licence": _licence(pack.licence),
        "digest": digest,
        "from": packs.opened().origins.get(pack.name, f"added pack {pack.name}"),
        "problem": problem,
    }


def _licence(licence: Licence) -> dict[str, str]:
    return {"name": licence.name, "holder": licence.holder, "source": licence.source}


def _terms(licence: dict[str, str]) -> str:
    return ", ".join(part for part in (licence["name"], licence["holder"]) if part)


def _id_of(thing: str) -> str:
    """Raises: InvalidInput: nothing has the name, or several things have."""
    if ":" in thing:
        return thing
    wanted = " ".join(thing.lower().split())
    cards = packs.all_cards()
    found = [id for id, card in cards.items() if wanted in card.names.get("en", ())]
    found = found or [
        id for id, card in cards.items() if any(wanted in names for names in card.names.values())
    ]
    if len(found) != 1:
        several = f"{len(found)} things are named" if found else "nothing is named exactly"
        raise InvalidInput(
            f"{several} {thing!r}",
            hint=f"choose one: {', '.join(found[:8])}" if found else f"maquette art find {thing!r}",
        )
    return found[0]


def _told(id: str) -> dict[str, Any]:
    pack = packs.pack_of(id)
    card = pack.cards().get(id)
    return {
        "id": id,
        "name": card.name if card else id,
        "kind": card.kind if card else "thing",
        "group": card.group if card else "",
        "names": {lang: list(names) for lang, names in card.names.items()} if card else {},
        "keywords": {lang: list(words) for lang, words in card.keywords.items()} if card else {},
        "pack": pack.name,
        "title": pack.title,
        "licence": _licence(pack.licence),
        "digest": pack.digest,
    }


def _save(id: str, path: Path, size: int, force: bool) -> None:
    from maquette.tools.art.packs.picture import png_of, svg_of

    if path.suffix.lower() not in (".svg", ".png"):
        raise InvalidInput(f"{path.name} ends in neither .svg nor .png", hint="use -o FILE.svg")
    check_target(path)
    art = packs.art_of(id)
    svg = path.suffix.lower() == ".svg"
    save(svg_of(art).encode() if svg else png_of(art, size), path, overwrite=force)
