"""Colours for sheets: pairs that read well, chosen by seed or after the thing that is shown."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from maquette.words.colours import (
    WORDS,
    Rgb,
    base,
    contrast,
    distance,
    from_hex,
    hex_code,
    mix,
    nearest,
)

READABLE = 7.0
"""WCAG contrast ratio aimed at between letters and what lies behind them (AAA)."""
VISIBLE = 0.2
"""Least OKLab distance between a thing and the background."""

PAPER: Rgb = (253, 246, 227)
INK: Rgb = (28, 28, 36)

_PAIRS: tuple[tuple[str, str], ...] = (
    ("#1f2a54", "#fdf4dc"),
    ("#7a1626", "#fdf0dc"),
    ("#0b4a47", "#fbf5df"),
    ("#3c1d63", "#fbeefc"),
    ("#173d2b", "#fdf4dc"),
    ("#20242c", "#ffd75e"),
    ("#fdf1d6", "#1f2a54"),
    ("#ffd75e", "#20242c"),
)
"""Sheet and letters."""

SOFT_BACKGROUNDS = ("cream", "pale blue", "mint", "lavender", "peach", "light gray")

_NATURAL = {
    "sun": "yellow",
    "moon": "yellow",
    "star": "yellow",
    "tree": "green",
    "cloud": "white",
    "heart": "red",
    "flower": "pink",
    "fish": "orange",
    "boat": "blue",
    "house": "red",
}
"""What people picture when they name no colour."""
_ANY = ("red", "blue", "green", "orange", "purple")


@dataclass(frozen=True)
class Palette:
    """The colour of the sheet (or band) and of the letters on it, as ``#rrggbb``."""

    sheet: str
    letters: str

    @property
    def ratio(self) -> float:
        """WCAG contrast between letters and sheet, 1 to 21."""
        return contrast(from_hex(self.sheet), from_hex(self.letters))


def sheet_palette(
    thing_colour: str | None, letters: str | None, seed: int, *, sheet: str | None = None
) -> Palette:
    """A pair with a contrast of at least ``READABLE`` wherever the colours asked for allow it.

    Args:
        thing_colour: colour word of what is shown; the sheet then takes a deep shade of it.
        letters: colour word asked for the letters; a sheet nobody named is chosen against it.
        sheet: colour word asked for the sheet; letters nobody named are chosen against it.
    """
    if sheet is not None:
        ground = _rgb(sheet)
        return Palette(hex_code(ground), hex_code(_rgb(letters) if letters else _against(ground)))
    if letters is not None:
        ink = _rgb(letters)
        return Palette(hex_code(_against(ink)), hex_code(ink))
    if thing_colour in ("red", "blue", "green", "purple", "brown", "orange", "pink"):
        shade = WORDS[thing_colour]
        while contrast(shade, PAPER) < READABLE + 1:
            shade = mix(shade, (10, 10, 24), 0.12)
        return Palette(hex_code(shade), hex_code(PAPER))
    return Palette(*random.Random(f"palette/{seed}").choice(_PAIRS))


def _rgb(colour: str) -> Rgb:
    from maquette.tools.art.painting.shades import shade

    return shade(colour)


def _against(colour: Rgb) -> Rgb:
    """The softest of light and dark that is readable beside a colour."""
    plain: tuple[Rgb, ...] = (PAPER, INK, (255, 255, 255), (0, 0, 0))
    # Black or white reaches the square root of 21, 4.58, against any colour.
    return next(
        (other for other in plain if contrast(colour, other) >= READABLE),
        max(plain, key=lambda other: contrast(colour, other)),
    )


def thing_colour(thing: str, allowed: Sequence[str], seed: int) -> str:
    """A colour for a thing whose colour was left open."""
    name = _NATURAL.get(thing) or random.Random(f"colour/{seed}/{thing}").choice(_ANY)
    return nearest(name, tuple(allowed)) if allowed else name


def background(
    colours: Sequence[str], asked: str | None, allowed: Sequence[str], seed: int
) -> str | None:
    """A background on which all the colours stand out; the nearest to the one asked for.

    None when the model knows no backgrounds and none was asked for.
    """
    if not allowed:
        return asked
    if asked is not None:
        return nearest(asked, tuple(allowed))
    order = [name for name in SOFT_BACKGROUNDS if name in allowed]
    random.Random(f"background/{seed}").shuffle(order)
    order += [name for name in allowed if name not in order]
    things = [WORDS[name] for colour in colours if (name := base(colour))]

    def least(name: str) -> float:
        ground = WORDS.get(name, (200, 200, 200))
        return min((distance(ground, thing) for thing in things), default=1.0)

    return next((name for name in order if least(name) >= VISIBLE), max(order, key=least))
