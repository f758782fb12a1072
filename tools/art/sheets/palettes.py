"""Ten palettes for sheets, and how one is chosen: by what was asked, by the main thing, by turn.

Whatever is asked, letters stand out from what lies behind them at ``READABLE`` to one or more.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from maquette.tools.art.brief import SceneBrief, colour_code
from maquette.tools.art.sheets.fonts import spoken
from maquette.words.colours import Rgb, contrast, distance, from_hex, hex_code, mix, oklab
from maquette.words.word_set import word_set

READABLE = 4.5
"""WCAG 2 contrast ratio of text (AA)."""
VISIBLE = 0.18
"""Least OKLab distance between a thing and what it stands on."""

DEALT = 6
"""Of the palettes that suit a brief, how many its variants take turns with."""

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


CURATED: dict[str, Palette] = {
    "navy": Palette("#fdf6e3", "#1f2a54", "#1f2a54", "#fdf6e3", "#e8a33d", "#dcebf7"),
    "raspberry": Palette("#fff4f0", "#7a1638", "#b3243f", "#fff4f0", "#f2a7a0", "#ffe3dc"),
    "garden": Palette("#f3f8ee", "#173d2b", "#1f5a3d", "#f6fbef", "#d9a441", "#e2f0d9"),
    "plum": Palette("#f4f0fb", "#3c1d63", "#5b2d91", "#fbf5ff", "#f2b84b", "#e6dcf6"),
    "sunshine": Palette("#fff8dd", "#3a2a10", "#f6b93b", "#2b2005", "#d1495b", "#fdeebb"),
    "lagoon": Palette("#eef8fa", "#0b3f4a", "#0e6170", "#f2fcff", "#ff8a5b", "#d3eef2"),
    "terracotta": Palette("#fdf1e7", "#5a2412", "#b6461f", "#fff5ec", "#2f6f73", "#fbe0cb"),
    "signal": Palette("#ffffff", "#1b1b1f", "#d3202f", "#ffffff", "#1b1b1f", "#f3f3f1"),
    "night": Palette("#20242c", "#ffe9a8", "#ffd75e", "#20242c", "#e4572e", "#39414f"),
    "midnight": Palette("#14213d", "#f8f4e6", "#fca311", "#14213d", "#e5e5e5", "#24365f"),
}
"""By name. The last two are dark, so they are for words alone unless a theme wants them."""
LIGHT = tuple(CURATED)[:8]

THEMES: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = (
    (word_set("christmas xmas weihnachten navidad noël santa"), ("raspberry", "garden", "signal")),
    (word_set("halloween ghost pumpkin witch spooky"), ("midnight", "night", "terracotta")),
    (
        word_set("lost missing danger warning stop emergency sale no beware caution achtung fire"),
        ("signal", "navy", "sunshine"),
    ),
    (
        word_set("wedding married love valentine valentines heart mother hochzeit boda rose"),
        ("raspberry", "plum", "garden"),
    ),
    (
        word_set("garden plant plants recycle eco tree seed vegetable farm nature earth park bio"),
        ("garden", "terracotta", "sunshine"),
    ),
    (
        word_set("sea beach ocean swim water boat fish whale pool sail lake winter snow ice"),
        ("lagoon", "navy", "plum"),
    ),
    (
        word_set("summer sun lemonade lemon bee honey cheese banana school yellow free"),
        ("sunshine", "lagoon", "terracotta"),
    ),
    (
        word_set("strawberry jam cherry apple tomato raspberry berry cake bake bakery"),
        ("raspberry", "terracotta", "garden"),
    ),
    (word_set("jazz night concert music cinema movie opera star stars moon"), ("plum", "navy")),
    (word_set("coffee bread chocolate picnic wine autumn book cooking"), ("terracotta", "navy")),
)
"""What words and things bring to mind, and the palettes that suit it, the best first."""


def palette_of(brief: SceneBrief, variant: int) -> Palette:
    """The colours of a sheet: those that were asked for, else one that suits the main thing.

    Raises: ValueError: a colour of the brief is no colour.
    """
    if brief.sheet is not None:
        return _asked(from_hex(colour_code(brief.sheet)), brief.letters, variant)
    ranked = _ranked(brief)
    shown = [palette for palette in ranked if not _hides(palette, brief)]
    shown = shown or [p for p in map(_deep, ranked) if not _hides(p, brief)] or ranked
    found = shown[variant % min(len(shown), DEALT)]
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
    band = mix(sheet, WHITE, 0.86) if dark else mix(sheet, BLACK, 0.6)
    if letters:
        band = _ground_for(ink, sheet)
    accents = [CURATED[LIGHT[(variant + step) % len(LIGHT)]].accent for step in range(len(LIGHT))]
    seen = [accent for accent in accents if distance(from_hex(accent), sheet) >= VISIBLE]
    return Palette(
        hex_code(sheet),
        hex_code(ink),
        hex_code(band),
        hex_code(ink if letters else ink_for(band)),
        seen[0] if seen else hex_code(ink_for(sheet)),
        hex_code(_soft(sheet, ink, dark)),
    )


def _soft(sheet: Rgb, ink: Rgb, dark: bool) -> Rgb:
    """A tint of the sheet that its letters can be read on, too; the sheet's own if none is."""
    tints = ((WHITE, 0.14), (BLACK, 0.16)) if dark else ((WHITE, 0.6), (WHITE, 0.3), (BLACK, 0.08))
    for end, share in tints:
        if readable(ink, mix(sheet, end, share)) or not readable(ink, sheet):
            return mix(sheet, end, share)
    return sheet


def _ground_for(ink: Rgb, sheet: Rgb) -> Rgb:
    """A ground on which letters of an asked colour can be read, and that is seen on the sheet."""
    grounds = [mix(sheet, BLACK, 0.2), mix(sheet, WHITE, 0.3), mix(sheet, BLACK, 0.6)]
    grounds += [from_hex(CURATED[name].soft) for name in LIGHT]
    grounds += [from_hex(CURATED[name].band) for name in CURATED]
    for ground in grounds:
        if readable(ink, ground) and distance(ground, sheet) >= 0.05:
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
    """Palettes in the order in which variants take them.

    Those of a theme first, then the others from a place that the words decide, so that sheets of
    different words differ.
    """
    texts = [words.text for words in brief.words]
    phrases = [thing.phrase for panel in brief.panels for thing in panel.things]
    said = spoken(texts + phrases)
    themed = [names for words, names in THEMES if words & said]
    usual = LIGHT if phrases else tuple(CURATED)
    if brief.design in ("card", "invitation"):
        usual = tuple(name for name in LIGHT if name != "signal")
    start = zlib.crc32("\0".join(texts + phrases).encode())
    turned = [usual[(start + 3 * step) % len(usual)] for step in range(len(usual))]
    names = dict.fromkeys([name for theme in themed for name in theme] + turned)
    return [CURATED[name] for name in names]


def _deep(palette: Palette) -> Palette:
    """The palette with its band as the sheet: for pale things that a tint would swallow."""
    return _asked(from_hex(palette.band), None, 0)


def _hides(palette: Palette, brief: SceneBrief) -> bool:
    """Whether the first thing of an asked colour would not be seen on the palette's grounds."""
    main = next((t.colour for panel in brief.panels for t in panel.things if t.colour), None)
    if main is None:
        return False
    thing = from_hex(colour_code(main))
    grounds = (palette.sheet, palette.soft)
    return min(distance(thing, from_hex(ground)) for ground in grounds) < VISIBLE
