"""Packs that a person added: each in a folder of its name, as a copy that was checked.

``<folder>/<name>/`` holds ``pack.json`` and what the pack is read from: ``drawings/`` with SVG
files and ``names.json``, or ``icons.json``.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, ValidationError

from maquette.records.base import Document
from maquette.records.errors import Conflict, InvalidInput, MaquetteError, MediaRejected
from maquette.tools.art.packs.drawn import DrawnPack
from maquette.tools.art.packs.folder import (
    NAMES_FILE,
    ToldLicence,
    ToldPack,
    read_folder,
    read_names,
)
from maquette.tools.art.packs.iconify import load, read_iconify

NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")
SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*(?: (?:AND|OR|WITH) [A-Za-z0-9][A-Za-z0-9.+-]*)*")
_PACK, _DRAWINGS, _ICONS = "pack.json", "drawings", "icons.json"


class AddedPack(Document):
    """What was said when it was added."""

    licence: str | None = Field(default=None, description="SPDX; None: as the pack tells")


@dataclass(frozen=True)
class Added:
    """A pack that was added, and the drawings of it that cannot be used, each with its reason."""

    pack: DrawnPack
    refused: tuple[str, ...]


def add(path: Path, folder: Path, *, name: str | None = None, licence: str | None = None) -> Added:
    """Check a folder of SVG files or an Iconify JSON file, and keep a copy in ``folder``.

    Every drawing is tried; those that are refused are not copied.

    Raises:
        InvalidInput: the name or the licence is none, or a file cannot be read or written.
        Conflict: a pack of that name was added before.
        MediaRejected: it cannot be read as a pack, or no drawing of it can be used.
    """
    try:
        return _add(path, folder, name, licence)
    except OSError as error:
        raise InvalidInput(
            f"{path.name} cannot be read or kept ({error.strerror})",
            hint="check who may read it, and the room on the disk",
        ) from error


def _add(path: Path, folder: Path, name: str | None, licence: str | None) -> Added:
    if licence is not None and not SPDX.fullmatch(licence):
        raise InvalidInput(f"{licence!r} is no SPDX identifier", hint="such as CC-BY-4.0 or MIT")
    if not path.exists():
        raise InvalidInput(f"there is no {path}", hint="give a folder of SVG files, or a JSON file")
    name = name or (path.name.lower() if path.is_dir() else load(path).prefix)
    if not NAME.fullmatch(name):
        raise InvalidInput(
            f"{name!r} is no name of a pack", hint="--name: small letters, digits, - and _"
        )
    if (folder / name).exists():
        raise Conflict(f"an art pack {name!r} was added before", hint="choose another --name")
    pack = _read(path, name, licence)
    good, refused = _tried(pack)
    if not good:
        raise MediaRejected(f"no drawing of {path.name} can be used: {refused[0]}")
    _keep(path, folder, pack, {id.partition(":")[2] for id in good})
    return Added(_open(folder / name), tuple(refused))


def added(folder: Path) -> Iterator[tuple[str, DrawnPack | MaquetteError]]:
    """Every pack that was added, by name; an error in the place of one that cannot be read."""
    if not folder.is_dir():
        return
    for place in sorted(folder.iterdir()):
        if place.is_dir() and NAME.fullmatch(place.name):
            try:
                yield place.name, _open(place)
            except MaquetteError as error:
                yield place.name, error
            except OSError as error:
                yield place.name, MediaRejected(f"it cannot be read ({error.strerror})")


def _open(place: Path) -> DrawnPack:
    try:
        said = AddedPack.model_validate_json((place / _PACK).read_bytes())
    except ValidationError as error:
        raise MediaRejected(f"{_PACK} of the art pack {place.name} is damaged") from error
    drawings = place / _DRAWINGS
    return _read(drawings if drawings.is_dir() else place / _ICONS, place.name, said.licence)


def _read(path: Path, name: str, licence: str | None) -> DrawnPack:
    if path.is_dir():
        return read_folder(path, name, licence=licence)
    return read_iconify(path, name, licence=licence)


def _tried(pack: DrawnPack) -> tuple[list[str], list[str]]:
    good, refused = [], []
    for id in pack.cards():
        try:
            pack.art(id)
        except MaquetteError as error:
            refused.append(error.message)
        else:
            good.append(id)
    return good, refused


def _keep(path: Path, folder: Path, pack: DrawnPack, good: set[str]) -> None:
    """Copy what is good beside its place, then put it there at once."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".adding-", dir=folder) as beside:
        whole = Path(beside) / pack.name
        whole.mkdir(mode=0o700)
        (whole / _PACK).write_text(AddedPack(licence=pack.licence.name).model_dump_json())
        if path.is_dir():
            _copy_folder(path, whole / _DRAWINGS, pack, good)
        else:
            _copy_icons(path, whole / _ICONS, good)
        whole.rename(folder / pack.name)


def _copy_folder(path: Path, to: Path, pack: DrawnPack, good: set[str]) -> None:
    to.mkdir(mode=0o700)
    for id in sorted(good):
        shutil.copyfile(path / f"{id}.svg", to / f"{id}.svg")
    told = read_names(path / NAMES_FILE)
    terms = pack.licence
    whole = ToldPack(
        title=pack.title,
        style=pack.style,
        licence=ToldLicence(name=terms.name, holder=terms.holder, source=terms.source),
        things={id: thing for id, thing in told.things.items() if id in good},
    )
    (to / NAMES_FILE).write_text(whole.model_dump_json())


def _copy_icons(path: Path, to: Path, good: set[str]) -> None:
    file = load(path)
    kept = {id: icon for id, icon in file.icons.items() if id in good}
    to.write_text(file.model_copy(update={"icons": kept}).model_dump_json(by_alias=True))
