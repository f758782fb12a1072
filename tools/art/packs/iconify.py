"""An Iconify JSON file (iconify.design, "IconifyJSON") as an art pack.

An alias that changes nothing is another name of its icon; aliases that turn or mirror it are left
out, since a scene does that itself. Hidden icons are left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from maquette.records.errors import MediaRejected
from maquette.tools.art.contract import Licence, ThingCard
from maquette.tools.art.packs.drawn import DrawnPack
from maquette.tools.art.packs.folder import ID, need_licence, words_of

MAX_FILE_BYTES = 64 * 2**20
MAX_ICONS = 20_000
T = TypeVar("T", bound=BaseModel)


class _Told(BaseModel):
    """Part of the file; what is not known here is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Sides(_Told):
    left: float | None = None
    top: float | None = None
    width: float | None = Field(default=None, gt=0)
    height: float | None = Field(default=None, gt=0)


class _Icon(_Sides):
    body: str
    hidden: bool = False


class _Alias(_Sides):
    parent: str
    rotate: float = 0
    h_flip: bool = Field(default=False, alias="hFlip")
    v_flip: bool = Field(default=False, alias="vFlip")
    hidden: bool = False

    @property
    def same(self) -> bool:
        """Whether it shows its parent as it is."""
        sides = (self.left, self.top, self.width, self.height)
        return not (self.rotate or self.h_flip or self.v_flip or self.hidden) and not any(sides)


class _Author(_Told):
    name: str = ""
    url: str = ""


class _Terms(_Told):
    title: str = ""
    spdx: str = ""


class _Info(_Told):
    name: str = ""
    author: _Author = _Author()
    license: _Terms = _Terms()


class IconifyFile(_Sides):
    """The file."""

    prefix: str
    icons: dict[str, _Icon]
    aliases: dict[str, _Alias] = {}
    info: _Info = _Info()
    categories: dict[str, tuple[str, ...]] = {}


def read_iconify(path: Path, name: str | None = None, *, licence: str | None = None) -> DrawnPack:
    """The pack in an Iconify JSON file. Drawings are admitted when they are asked for.

    Args:
        name: what the pack is called in ids; None: as its prefix says.
        licence: SPDX identifier of its terms, in place of the file's.

    Raises: MediaRejected: it is no such file, too large, or does not tell its licence.
    """
    file = load(path)
    name = name or file.prefix
    others = _other_names(file)
    groups = {icon: group for group, icons in file.categories.items() for icon in icons}
    shown = {id: icon for id, icon in sorted(file.icons.items()) if not icon.hidden}
    cards = {
        f"{name}:{id}": ThingCard(
            f"{name}:{id}",
            {"en": (words_of(id), *others.get(id, ()))},
            group=groups.get(id, "").lower(),
        )
        for id in shown
    }
    terms, author = file.info.license, file.info.author
    return DrawnPack(
        name,
        title=file.info.name or name,
        licence=Licence(
            need_licence(licence or terms.spdx or terms.title, path.name), author.name, author.url
        ),
        style="icons",
        cards=cards,
        drawings={f"{name}:{id}": _document(file, icon) for id, icon in shown.items()},
    )


def load(path: Path) -> IconifyFile:
    """The file, checked; with the ``info.json`` that packages of @iconify-json put beside it.

    Raises: MediaRejected: see ``read_iconify``.
    """
    file = _parsed(path, IconifyFile)
    beside = path.with_name("info.json")
    if file.info == _Info() and beside.is_file():
        file = file.model_copy(update={"info": _parsed(beside, _Info)})
    if not 0 < len(file.icons) <= MAX_ICONS:
        raise MediaRejected(f"{path.name} has {len(file.icons)} icons; expected 1 to {MAX_ICONS}")
    for id in file.icons:
        if not ID.fullmatch(id):
            raise MediaRejected(f"{path.name} names an icon {id[:80]!r}, which is no id")
    return file


def _parsed(path: Path, kind: type[T]) -> T:
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise MediaRejected(f"{path.name} has {size} bytes; it may have {MAX_FILE_BYTES}")
    try:
        return kind.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "its start"
        raise MediaRejected(
            f"{path.name} is no Iconify JSON: at {place}: {first['msg']}",
            hint="use icons.json of an @iconify-json package, or a folder of SVG files",
        ) from error


def _other_names(file: IconifyFile) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for id, alias in sorted(file.aliases.items()):
        if alias.same and alias.parent in file.icons:
            found[alias.parent] = (*found.get(alias.parent, ()), words_of(id))
    return found


def _document(file: IconifyFile, icon: _Icon) -> bytes:
    def side(name: str, otherwise: float) -> float:
        own, shared = getattr(icon, name), getattr(file, name)
        return float(own if own is not None else shared if shared is not None else otherwise)

    box = " ".join(
        f"{side(name, usual):g}"
        for name, usual in (("left", 0), ("top", 0), ("width", 16), ("height", 16))
    )
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {spaces} viewBox="{box}">{icon.body}</svg>'.encode()
