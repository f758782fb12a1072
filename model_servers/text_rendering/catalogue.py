"""The bundled fonts: stable names, and where their files lie in ordinary font packages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from maquette.records.errors import InvalidInput, MissingExtra


@dataclass(frozen=True)
class FontEntry:
    """One font file of an installed package. ``bold`` chooses which fonts stand in for it."""

    package: str
    file: str
    description: str
    bold: bool = False

    @property
    def distribution(self) -> str:
        return self.package.replace("_", "-")


_SANS = "font_source_sans_pro"
_SERIF = "font_source_serif_pro"

FONTS: dict[str, FontEntry] = {
    "sans": FontEntry(_SANS, "SourceSansPro-Regular.ttf", "Source Sans Pro: a clear sans serif"),
    "sans-bold": FontEntry(_SANS, "SourceSansPro-Bold.ttf", "Source Sans Pro Bold", bold=True),
    "sans-black": FontEntry(_SANS, "SourceSansPro-Black.ttf", "Source Sans Pro Black", bold=True),
    "serif": FontEntry(_SERIF, "SourceSerifPro-Regular.ttf", "Source Serif Pro: a book serif"),
    "serif-bold": FontEntry(_SERIF, "SourceSerifPro-Bold.ttf", "Source Serif Pro Bold", bold=True),
    "classic": FontEntry("font_caladea", "Caladea-Regular.ttf", "Caladea: a sturdy serif"),
    "classic-bold": FontEntry("font_caladea", "Caladea-Bold.ttf", "Caladea Bold", bold=True),
    "neutral": FontEntry("font_roboto", "Roboto-Regular.ttf", "Roboto: a plain sans serif"),
    "neutral-bold": FontEntry("font_roboto", "Roboto-Bold.ttf", "Roboto Bold", bold=True),
    "humanist": FontEntry("font_lato", "Lato-Regular.ttf", "Lato: a warm sans serif"),
    "humanist-bold": FontEntry("font_lato", "Lato-Bold.ttf", "Lato Bold", bold=True),
    "geometric": FontEntry("font_manrope", "Manrope-Regular.ttf", "Manrope: a round modern sans"),
    "geometric-bold": FontEntry("font_manrope", "Manrope-Bold.ttf", "Manrope Bold", bold=True),
    "rounded": FontEntry(
        "font_fredoka_one", "FredokaOne-Regular.ttf", "Fredoka One: round and playful", bold=True
    ),
    "condensed": FontEntry(
        "font_fjallaone", "FjallaOne-Regular.ttf", "Fjalla One: narrow, for headlines", bold=True
    ),
    "hand": FontEntry(
        "font_amatic_sc",
        "AmaticSC-Bold.ttf",
        "Amatic SC Bold: hand-drawn; small letters look like capitals",
    ),
}

_STAND_INS = ("sans", "geometric", "neutral", "serif", "classic")


def entry(name: str) -> FontEntry:
    """The font of that name. Raises: InvalidInput: there is none; the message lists all."""
    if name not in FONTS:
        raise InvalidInput(
            f"no font is named {name!r}; fonts: {', '.join(FONTS)}", hint="choose one of these"
        )
    return FONTS[name]


def stand_ins(name: str) -> tuple[str, ...]:
    """The fonts to try for a character, the named one first, then those of like weight."""
    suffix, other = ("-bold", "") if entry(name).bold else ("", "-bold")
    chain = [name, *(n + suffix for n in _STAND_INS), *(n + other for n in _STAND_INS)]
    return tuple(dict.fromkeys(chain))


@cache
def font_path(name: str) -> Path:
    """Where the file of a font lies.

    Raises: InvalidInput: no such font. MissingExtra: its package is not installed.
    """
    font = entry(name)
    spec = find_spec(font.package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "files" / font.file
        if path.is_file():
            return path
    raise MissingExtra(
        f"the font {name!r} needs the package {font.distribution}, which is not installed",
        hint=f"pip install {font.distribution}",
    )
