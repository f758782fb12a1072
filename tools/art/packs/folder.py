"""A folder of SVG files as an art pack, with names in ``names.json`` or by their file names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from maquette.infra.vector.markup import MAX_BYTES
from maquette.records.base import Record
from maquette.records.errors import MediaRejected
from maquette.tools.art.contract import Kind, Licence, ThingCard
from maquette.tools.art.packs.drawn import DrawnPack

NAMES_FILE = "names.json"
MAX_FILES = 5_000
MAX_NAMES_BYTES = 8 * 2**20
MAX_TOTAL_BYTES = 256 * 2**20
ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")

Word = Annotated[str, Field(min_length=1, max_length=100)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class ToldLicence(Record):
    """The terms of a pack as its file tells them."""

    name: str = Field(max_length=100)
    holder: str = Field(default="", max_length=400)
    source: str = Field(default="", max_length=400)


class ToldThing(Record):
    """One thing as the file tells it."""

    names: dict[Language, tuple[Word, ...]] = Field(default_factory=dict)
    keywords: dict[Language, tuple[Word, ...]] = Field(default_factory=dict)
    kind: Kind = "thing"
    group: str = Field(default="", max_length=100)


class ToldPack(Record):
    """``names.json``: all of it may be left out. ``things`` are by file name, without ``.svg``."""

    title: str | None = Field(default=None, max_length=100)
    style: str = Field(default="", max_length=200)
    licence: ToldLicence | None = None
    things: dict[str, ToldThing] = Field(default_factory=dict)


def read_folder(path: Path, name: str, *, licence: str | None = None) -> DrawnPack:
    """The pack in a folder. Drawings are admitted when they are asked for.

    Args:
        name: what the pack is called in ids.
        licence: SPDX identifier of its terms, in place of those of ``names.json``.

    Raises: MediaRejected: there is no SVG file, too many, a name is no id, or the names or the
        licence are not told as they should be.
    """
    told = read_names(path / NAMES_FILE)
    files = {_id(file): file for file in _svg_files(path)}
    unknown = sorted(set(told.things) - set(files))
    if unknown:
        raise MediaRejected(f"{NAMES_FILE} names {unknown[0]!r}; there is no {unknown[0]}.svg")
    cards = {f"{name}:{id}": _card(f"{name}:{id}", id, told.things.get(id)) for id in files}
    return DrawnPack(
        name,
        title=told.title or name,
        licence=_licence(told.licence, licence, path.name),
        style=told.style or "SVG drawings",
        cards=cards,
        drawings={f"{name}:{id}": _read(file) for id, file in files.items()},
    )


def words_of(id: str) -> str:
    """The name that a file name is: ``red-panda`` is a red panda."""
    return " ".join(re.split(r"[-_.\s]+", id.lower())).strip()


def need_licence(told: str | None, where: str) -> str:
    """The licence's name. Raises: MediaRejected: it is not told."""
    if not told:
        raise MediaRejected(
            f"{where} does not tell its licence", hint="say it with --licence, such as CC-BY-4.0"
        )
    return told


def _licence(told: ToldLicence | None, given: str | None, where: str) -> Licence:
    name = need_licence(given or (told.name if told else None), where)
    return Licence(name, told.holder if told else "", (told.source if told else "") or where)


def read_names(path: Path) -> ToldPack:
    """What ``names.json`` tells; nothing where there is none. Raises: MediaRejected: it is none."""
    if not path.is_file():
        return ToldPack()
    if path.stat().st_size > MAX_NAMES_BYTES:
        raise MediaRejected(f"{path.name} has more than {MAX_NAMES_BYTES} bytes")
    try:
        return ToldPack.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise MediaRejected(f"{path.name} at {place or 'its start'}: {first['msg']}") from error


def _svg_files(path: Path) -> list[Path]:
    if not path.is_dir():
        raise MediaRejected(f"{path.name} is no folder")
    files = sorted(file for file in path.glob("*.svg") if file.is_file() and not file.is_symlink())
    if not 0 < len(files) <= MAX_FILES:
        raise MediaRejected(f"{path.name} has {len(files)} SVG files; expected 1 to {MAX_FILES}")
    if sum(file.stat().st_size for file in files) > MAX_TOTAL_BYTES:
        raise MediaRejected(f"the SVG files of {path.name} have more than {MAX_TOTAL_BYTES} bytes")
    return files


def _id(file: Path) -> str:
    if not ID.fullmatch(file.stem):
        raise MediaRejected(
            f"the file name {file.name!r} is no id",
            hint="use small letters, digits, and - or _ between words, such as red-panda.svg",
        )
    return file.stem


def _read(file: Path) -> bytes:
    if file.stat().st_size > MAX_BYTES:
        raise MediaRejected(f"{file.name} has more than {MAX_BYTES} bytes")
    return file.read_bytes()


def _card(whole: str, id: str, told: ToldThing | None) -> ThingCard:
    if told is None or not told.names:
        names: dict[str, tuple[str, ...]] = {"en": (words_of(id),)}
    else:
        names = _small(told.names)
    if told is None:
        return ThingCard(whole, names)
    return ThingCard(whole, names, _small(told.keywords), told.kind, told.group)


def _small(words: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {language: tuple(word.lower() for word in said) for language, said in words.items()}
