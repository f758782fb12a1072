"""Packs that a person added: each in a folder of its name, as a copy that was checked.

``<folder>/<name>/`` holds ``pack.json`` and what the pack is read from: ``drawings/`` with SVG
files and ``names.json``, ``icons.json``, or ``font.ttf``.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, ValidationError

from maquette.records.base import Document
from maquette.records.errors import Conflict, InvalidInput, MaquetteError, MediaRejected
from maquette.tools.art.contract import ArtPack
from maquette.tools.art.packs.folder import (
    NAMES_FILE,
    ToldLicence,
    ToldPack,
    need_licence,
    read_folder,
    read_names,
)
from maquette.tools.art.packs.font import FontPack, read_font
from maquette.tools.art.packs.iconify import load, read_iconify

NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")
SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*(?: (?:AND|OR|WITH) [A-Za-z0-9][A-Za-z0-9.+-]*)*")
_PACK, _DRAWINGS, _ICONS, _FONT = "pack.json", "drawings", "icons.json", "font.ttf"
FONTS = (".ttf", ".otf")
TRIED = 12
"""Glyphs of a font that are tried; the drawings of other packs are tried all."""


class AddedPack(Document):
    """What was said when it was added."""

    licence: str | None = Field(default=None, description="SPDX; None: as the pack tells")


@dataclass(frozen=True)
class Added:
    """A pack that was added, and the drawings of it that cannot be used, each with its reason."""

    pack: ArtPack
    refused: tuple[str, ...]


def add(
    path: Path,
    folder: Path,
    *,
    name: str | None = None,
    licence: str | None = None,
    taken: Collection[str] = (),
) -> Added:
    """Check a folder of SVG files, an Iconify file or a colour font; keep a copy in ``folder``.

    Every drawing is tried, of a font some; drawings that are refused are not copied.

    Args:
        name: what the pack is called in ids; None: as the folder, or the file's prefix.
        licence: SPDX identifier of its terms; None: as the pack tells.
        taken: names of packs that come from elsewhere.

    Raises:
        InvalidInput: the name or the licence is none, or a file cannot be read or written.
        Conflict: a pack of that name is there.
        MediaRejected: it cannot be read as a pack, or no drawing of it can be used.
    """
    if licence is not None and not SPDX.fullmatch(licence):
        raise InvalidInput(f"{licence!r} is no SPDX identifier", hint="such as CC-BY-4.0 or MIT")
    if not path.exists():
        raise InvalidInput(
            f"there is no {path}", hint="give a folder of SVG files, an Iconify JSON file or a font"
        )
    try:
        name = _free_name(name or _own_name(path), folder, taken)
        return _add(path, folder, name, licence)
    except OSError as error:
        raise InvalidInput(
            f"{path.name} cannot be read or kept ({error.strerror})",
            hint="check who may read it, and the room on the disk",
        ) from error


def _own_name(path: Path) -> str:
    if path.suffix.lower() in FONTS:
        return path.stem.lower()
    return path.resolve().name.lower() if path.is_dir() else load(path).prefix


def _free_name(name: str, folder: Path, taken: Collection[str]) -> str:
    if not NAME.fullmatch(name):
        raise InvalidInput(
            f"{name!r} is no name of a pack", hint="--name: small letters, digits, - and _"
        )
    if name in taken or (folder / name).exists():
        raise Conflict(f"an art pack {name!r} is there", hint="choose another --name")
    return name


def _add(path: Path, folder: Path, name: str, licence: str | None) -> Added:
    pack = _read(path, name, licence)
    good, refused = _tried(pack)
    if not good:
        raise MediaRejected(f"no drawing of {path.name} can be used: {refused[0]}")
    _keep(path, folder, pack, {id.partition(":")[2] for id in good})
    return Added(_open(folder / name), tuple(refused))


def added(folder: Path) -> Iterator[tuple[str, ArtPack | MaquetteError]]:
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


def _open(place: Path) -> ArtPack:
    try:
        said = AddedPack.model_validate_json((place / _PACK).read_bytes())
    except ValidationError as error:
        raise MediaRejected(f"{_PACK} of the art pack {place.name} is damaged") from error
    for kind in (_DRAWINGS, _FONT):
        if (place / kind).exists():
            return _read(place / kind, place.name, said.licence)
    return _read(place / _ICONS, place.name, said.licence)


def _read(path: Path, name: str, licence: str | None) -> ArtPack:
    if path.is_dir():
        return read_folder(path, name, licence=licence)
    if path.suffix.lower() in FONTS:
        return read_font(path, name, licence=need_licence(licence, path.name))
    return read_iconify(path, name, licence=licence)


def _tried(pack: ArtPack) -> tuple[list[str], list[str]]:
    good, refused = [], []
    for at, id in enumerate(pack.cards()):
        if isinstance(pack, FontPack) and at >= TRIED:
            break
        try:
            pack.art(id)
        except MaquetteError as error:
            refused.append(error.message)
        else:
            good.append(id)
    return good, refused


def _keep(path: Path, folder: Path, pack: ArtPack, good: set[str]) -> None:
    """Copy what is good beside its place, then put it there at once."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".adding-", dir=folder) as beside:
        whole = Path(beside) / pack.name
        whole.mkdir(mode=0o700)
        (whole / _PACK).write_text(AddedPack(licence=pack.licence.name).model_dump_json())
        if path.is_dir():
            _copy_folder(path, whole / _DRAWINGS, pack, good)
        elif isinstance(pack, FontPack):
            shutil.copyfile(path, whole / _FONT)
        else:
            _copy_icons(path, whole / _ICONS, good)
        whole.rename(folder / pack.name)


def _copy_folder(path: Path, to: Path, pack: ArtPack, good: set[str]) -> None:
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
