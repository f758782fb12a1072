"""Ten palettes for sheets, and how one is chosen: by what was asked, by the main thing, by turn.

Whatever is asked, letters stand out from what lies behind them at ``READABLE`` to one or more.
"""

from __future__ import annotations

from dataclasses import dataclass

from maquette.tools.art.brief import SceneBrief, colour_code
from maquette.words.colours import Rgb, contrast, distance, from_hex, hex_code, mix, oklab

READABLE = 4.5
"""WCAG 2 contrast ratio of text (AA)."""
VISIBLE = 0.18
"""Least OKLab distance between a thing and what it stands on."""

WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)


@dataclass(frozen=True)
class Palette:
    """Colours of a sheet as ``#rrggbb``; each ``ink`` reads on the ground it is named for."""

    sheet: str
    ink: str
    band: str
    """A plate, strip or ribbon that leads the eye."""
    band_ink: str
    accent: str
    """Rules, dots and borders; never letters."""
    soft: str
    """Behind things, where nothing else was asked."""


_CURATED: tuple[tuple[str, str, str, str, str, str], ...] = (
    # sheet, ink, band, ink of the band, accent, soft
    ("#fdf6e3", "#1f2a54", "#1f2a54", "#fdf6e3", "#e8a33d", "#dcebf7"),  # navy on cream
    ("#fff4f0", "#7a1638", "#b3243f", "#fff4f0", "#f2a7a0", "#ffe3dc"),  # raspberry
    ("#f3f8ee", "#173d2b", "#1f5a3d", "#f6fbef", "#d9a441", "#e2f0d9"),  # garden
    ("#f4f0fb", "#3c1d63", "#5b2d91", "#fbf5ff", "#f2b84b", "#e6dcf6"),  # plum
    ("#fff8dd", "#3a2a10", "#f6b93b", "#2b2005", "#d1495b", "#fdeebb"),  # sunshine
    ("#eef8fa", "#0b3f4a", "#0e6170", "#f2fcff", "#ff8a5b", "#d3eef2"),  # lagoon
    ("#fdf1e7", "#5a2412", "#b6461f", "#fff5ec", "#2f6f73", "#fbe0cb"),  # terracotta
    ("#20242c", "#ffe9a8", "#ffd75e", "#20242c", "#e4572e", "#39414f"),  # night and gold
    ("#ffffff", "#1b1b1f", "#d7263d", "#ffffff", "#1b1b1f", "#f3f3f1"),  # red and black
    ("#14213d", "#f8f4e6", "#fca311", "#14213d", "#e5e5e5", "#24365f"),  # midnight and orange
)
CURATED = tuple(Palette(*colours) for colours in _CURATED)


def palette_of(brief: SceneBrief, variant: int) -> Palette:
    """The colours of a sheet: those that were asked for, else one that suits the main thing.

    Raises: ValueError: a colour of the brief is no colour.
    """
    if brief.sheet is not None:
        return _asked(from_hex(colour_code(brief.sheet)), brief.letters, variant)
    found = _ranked(brief)[variant % 5]
    if brief.letters is None:
        return found
    return _with_letters(from_hex(colour_code(brief.letters)), brief, variant)


def readable(ink: Rgb, ground: Rgb) -> bool:
    """Whether letters of the one can be read on the other."""
    return contrast(ink, ground) >= READABLE


def ink_for(ground: Rgb) -> Rgb:
    """Letters for any ground: nearly black or white with a touch of it, or plain."""
    tinted = (mix(ground, BLACK, 0.85), mix(ground, WHITE, 0.93))
    best = max(tinted, key=lambda ink: contrast(ink, ground))
    return best if contrast(best, ground) >= READABLE else _plain(ground)


def _plain(ground: Rgb) -> Rgb:
    """Black or white: one of them is at least 4.58 to 1 on any colour (the root of 21)."""
    return max((BLACK, WHITE), key=lambda ink: contrast(ink, ground))


def _asked(sheet: Rgb, letters: str | None, variant: int) -> Palette:
    """A palette round a sheet's colour; asked letters that it would swallow stand on a band."""
    ink = from_hex(colour_code(letters)) if letters else ink_for(sheet)
    dark = oklab(sheet)[0] < 0.6
    band = mix(sheet, WHITE, 0.82) if dark else mix(sheet, BLACK, 0.62)
    if letters:
        band = _ground_for(ink, sheet)
    accent = from_hex(CURATED[variant % len(CURATED)].accent)
    if distance(accent, sheet) < VISIBLE:
        accent = ink_for(sheet)
    soft = mix(sheet, WHITE, 0.14) if dark else mix(sheet, WHITE, 0.6)
    return Palette(
        hex_code(sheet),
        hex_code(ink),
        hex_code(band),
        hex_code(ink if letters else ink_for(band)),
        hex_code(accent),
        hex_code(soft),
    )


def _ground_for(ink: Rgb, near: Rgb) -> Rgb:
    """A ground on which letters of an asked colour can be read, as near to another as may be."""
    for share in (0.0, 0.2, 0.4, 0.6, 0.75, 0.88, 1.0):
        for end in (BLACK, WHITE):
            ground = mix(near, end, share)
            if readable(ink, ground):
                return ground
    return _plain(ink)


def _with_letters(ink: Rgb, brief: SceneBrief, variant: int) -> Palette:
    """The first suitable palette on whose sheet letters of that colour can be read."""
    ranked = _ranked(brief)
    fitting = [p for p in ranked if readable(ink, from_hex(p.sheet))]
    chosen = fitting[variant % len(fitting)] if fitting else ranked[0]
    sheet = from_hex(chosen.sheet) if fitting else _plain(ink)
    return _asked(sheet, hex_code(ink), variant)


def _ranked(brief: SceneBrief) -> list[Palette]:
    """Palettes on which the main thing is seen, the likest accents first; else in order."""
    main = next((t.colour for panel in brief.panels for t in panel.things if t.colour), None)
    if main is None:
        return list(CURATED)
    thing = from_hex(colour_code(main))

    def rank(palette: Palette) -> tuple[bool, float]:
        hidden = min(distance(thing, from_hex(c)) for c in (palette.sheet, palette.soft)) < VISIBLE
        near = min(distance(thing, from_hex(c)) for c in (palette.band, palette.accent))
        return hidden, near

    return sorted(CURATED, key=rank)
