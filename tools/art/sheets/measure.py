"""How wide words come out, near enough to plan with: the server sets them exactly.

Widths are in em (multiples of the font size). The classes are rounded means over the fonts of
the text rendering role; a test holds the estimate against real shaping.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

NARROW = frozenset("iljtfrI.,:;'!|()[]1·-‘’")
BROAD = frozenset("mwMW@%&—ЖШЩМЮжшщмю")

FONT_WIDTH = {
    "sans-black": 1.06,
    "neutral-bold": 1.05,
    "geometric": 1.08,
    "geometric-bold": 1.13,
    "serif-bold": 1.06,
    "rounded": 1.08,
    "condensed": 0.86,
    "hand": 0.66,
}
"""Against Source Sans Bold, which is 1."""

LINE_HEIGHT = 1.15
"""Distance of baselines, in em."""
TALL = {"Thai": 1.5, "Lao": 1.5, "Khmer": 1.6, "Myanmar": 1.6, "Tibetan": 1.7, "Nastaliq": 1.8}
SCRIPT_HEIGHT = {**TALL, "Arabic": 1.35, "Devanagari": 1.35, "Bengali": 1.3, "Tamil": 1.25}
INK_HEIGHT = 0.98
"""From the feet of g to the top of an accent, in em, of Latin letters."""


@lru_cache(maxsize=4096)
def advance(character: str) -> float:
    """One character's width in Source Sans Bold or the face of its script."""
    if unicodedata.east_asian_width(character) in "WF":
        return 1.02
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Cf", "Me"):
        return 0.0
    if character.isspace():
        return 0.22
    if character in NARROW:
        return 0.31
    if character in BROAD:
        return 0.84
    if character.isupper():
        return 0.62
    return 0.53 if character.isascii() else 0.6


def width(text: str, font: str, letter_spacing: float = 0.0) -> float:
    """The width of one line of text."""
    return sum(advance(c) + letter_spacing for c in text) * FONT_WIDTH.get(font, 1.0)


def unspaced(text: str) -> bool:
    """Whether lines may break between its letters, as Chinese and Japanese ones do."""
    return any("\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" for c in text)


def pieces(text: str) -> list[str]:
    """What a line may not part: words, or single letters where no spaces are written."""
    found: list[str] = []
    for word in text.split():
        found += list(word) if unspaced(word) else [word]
    return found


def ink_height(text: str) -> float:
    """The height of one line's ink: taller where marks are stacked above and below."""
    scripts = (unicodedata.name(c, "").split(" ")[0].title() for c in text if not c.isascii())
    return max((SCRIPT_HEIGHT.get(script, INK_HEIGHT) for script in scripts), default=INK_HEIGHT)


def lines_at(text: str, font: str, room_em: float, letter_spacing: float = 0.0) -> int:
    """How many lines it takes in a room of that width; 0: one of its words is too wide."""
    count = 0
    for paragraph in text.splitlines():
        used = room_em + 1
        space = 0.0 if unspaced(paragraph) else width(" ", font, letter_spacing)
        for piece in pieces(paragraph):
            wide = width(piece, font, letter_spacing)
            if wide > room_em:
                return 0
            if used + space + wide > room_em:
                count, used = count + 1, wide
            else:
                used += space + wide
    return max(count, 1)


def block_height(text: str, lines: int, line_height: float = LINE_HEIGHT) -> float:
    """The height of a block of lines (em)."""
    return ink_height(text) + (lines - 1) * max(line_height, ink_height(text) * 0.95)
