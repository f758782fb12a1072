"""The faces of the world's scripts: which file of which font package has a character.

They stand in where none of the catalogue's fonts has it. Found as files of installed distributions;
the packages' own code is never imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Literal

from maquette.records.errors import MissingExtra

Region = Literal["JP", "KR", "SC", "TC"]
"""Whose forms of Chinese characters are shown: Japan's, Korea's, simplified, traditional."""

VARIABLE, STATIC = "manimgx-fonts", "dynamic-font"
_FOLDER = {VARIABLE: "manimgx_fonts", STATIC: "dynamic_font/assets/fonts/fallback"}
EMOJI = "dynamic_font/assets/fonts/NotoColorEmoji-Regular.ttf"
CJK = "NotoSansCJK-Regular.ttc"
_REGION_INDEX: dict[Region, int] = {"JP": 0, "KR": 1, "SC": 2, "TC": 3}
_CJK_SCRIPTS = frozenset(["Hani", "Hira", "Kana", "Hang", "Bopo"])
_OTHERWISE_NAMED = {"Nko": "NKo", "Syriac": "SyriacEastern"}

_JOINED = (
    "Arabic", "Syriac", "Mongolian", "NKo", "Mandaic", "PhagsPa", "Adlam", "Devanagari",
    "Bengali", "Gurmukhi", "Tibetan",
)  # fmt: skip

BOLD_WEIGHT = 700.0
"""Of faces that come in any weight."""
EMBOLDENED = 0.034
"""How much, in em, a face that comes in one weight is thickened where bold is wanted."""


@dataclass(frozen=True)
class Face:
    """A face in a file. ``weight`` sets a variable one; ``embolden`` thickens (em)."""

    path: Path
    index: int = 0
    weight: float | None = None
    embolden: float = 0.0


@dataclass(frozen=True)
class ScriptFont:
    """A face of a script by its place in a package; hashable, so that faces are opened once."""

    package: str
    file: str
    bold: bool
    index: int = 0

    @property
    def ideographic(self) -> bool:
        """Whether it is the face of Chinese, Japanese and Korean."""
        return self.file == CJK

    @property
    def joined(self) -> bool:
        """Whether its letters hang together, so that none may be spaced out."""
        return any(name in self.file for name in _JOINED)

    def face(self) -> Face:
        """Where it lies and how it is set. Raises: MissingExtra: the package is not installed."""
        path = located(self.package, f"{_FOLDER[self.package]}/{self.file}")
        if self.package == VARIABLE:
            return Face(path, weight=BOLD_WEIGHT if self.bold else 400.0)
        return Face(path, self.index, embolden=EMBOLDENED if self.bold else 0.0)


def script_fonts(character: str, *, bold: bool, region: Region) -> Iterator[ScriptFont]:
    """The fonts that may have a character, the likeliest first: those of its script, then those
    of letters and signs of every kind."""
    from fontTools import unicodedata as scripts  # type: ignore[import-untyped]

    own = scripts.script(character)
    for code in dict.fromkeys([own, *sorted(scripts.script_extension(character))]):
        if code in _CJK_SCRIPTS:
            yield ScriptFont(STATIC, CJK, bold, _REGION_INDEX[region])
            continue
        name = scripts.script_name(code, "").replace("_", "")
        name = _OTHERWISE_NAMED.get(name, name)
        for package, file in _files().get(name, ()):
            yield ScriptFont(package, file, bold)
    yield ScriptFont(VARIABLE, "NotoSans[wght].ttf", bold)
    yield ScriptFont(STATIC, CJK, bold, _REGION_INDEX[region])
    yield ScriptFont(VARIABLE, "NotoSansSymbols[wght].ttf", bold)
    yield ScriptFont(STATIC, "NotoSansSymbols2-Regular.ttf", bold)


def region_of(text: str) -> Region:
    """Whose forms its Chinese characters take, told by the company they keep.

    Kana are Japan's, Hangul Korea's; else the characters that only the simplified set (GB 2312) or
    only the traditional one (Big5) has decide, and simplified forms are shown where none does.
    """
    if any("\u3040" <= c <= "\u30ff" for c in text):
        return "JP"
    if any("\uac00" <= c <= "\ud7a3" or "\u1100" <= c <= "\u11ff" for c in text):
        return "KR"
    han = [c for c in text if "\u3400" <= c <= "\u9fff"]
    traditional = sum(_encodes(c, "big5") and not _encodes(c, "gb2312") for c in han)
    simplified = sum(_encodes(c, "gb2312") and not _encodes(c, "big5") for c in han)
    return "TC" if traditional > simplified else "SC"


def _encodes(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


@cache
def located(package: str, file: str) -> Path:
    """Where a file of an installed distribution lies.

    Raises: MissingExtra: it is not installed, or has no such file.
    """
    try:
        path = Path(str(distribution(package).locate_file(file)))
    except PackageNotFoundError:
        path = Path(file)
    if not path.is_file():
        raise MissingExtra(
            f"letters of other scripts need {Path(file).name} of the package {package}, "
            "which is not installed",
            hint=f"pip install {package}",
        )
    return path


@cache
def _files() -> dict[str, tuple[tuple[str, str], ...]]:
    """Fonts by the name of their script, without underscores: variable ones before static."""
    found: dict[str, list[tuple[str, str]]] = {}
    for package in (VARIABLE, STATIC):
        for file in script_files(package):
            stem = file.removeprefix("NotoSans").removeprefix("NotoNaskh")
            name = stem.split("[")[0].split("-")[0]
            found.setdefault(name, []).append((package, file))
    return {name: tuple(files) for name, files in found.items()}


@cache
def script_files(package: str) -> tuple[str, ...]:
    """Names of the font files of a package that hold letters, in order."""
    probe = {VARIABLE: "NotoSans[wght].ttf", STATIC: CJK}[package]
    folder = located(package, f"{_FOLDER[package]}/{probe}").parent
    names = sorted(path.name for path in folder.glob("Noto*") if path.suffix in (".ttf", ".ttc"))
    return tuple(n for n in names if not n.startswith(("NotoEmoji", "NotoSans-")))


def all_files() -> tuple[Path, ...]:
    """Every file that may be drawn from, for the digest. Raises: MissingExtra."""
    files = [
        located(package, f"{_FOLDER[package]}/{file}")
        for package in (VARIABLE, STATIC)
        for file in script_files(package)
    ]
    return (*files, located(STATIC, EMOJI))
