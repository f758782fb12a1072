"""Printed words: their fonts, their letters' outlines, and where their ink lies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from maquette.model_servers.text_rendering.outline import Point
from maquette.model_servers.text_rendering.shaping import Word, shape
from maquette.training.world.colours import COLOURS

PRINT_FONTS = (
    "sans-bold",
    "serif-bold",
    "classic-bold",
    "geometric-bold",
    "humanist-bold",
    "rounded",
    "condensed",
    "hand",
)
"""Fonts of the text rendering role that scenes print with."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class PrintedWord:
    """One word printed in one font and colour."""

    text: str
    """As printed, with its capitals; one word."""
    font: str
    """One of ``PRINT_FONTS``."""
    colour: str
    """Key of ``COLOURS``."""
    box: Box
    """xyxy fractions; the ink touches all four edges."""

    def __post_init__(self) -> None:
        if len(self.text.split()) != 1:
            raise ValueError(f"{self.text!r} is not one word")
        if self.font not in PRINT_FONTS:
            raise ValueError(f"no font named {self.font!r}; known: {', '.join(PRINT_FONTS)}")
        if self.colour not in COLOURS:
            raise ValueError(f"no colour named {self.colour!r}; known: {', '.join(COLOURS)}")
        x0, y0, x1, y1 = self.box
        if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
            raise ValueError(f"box {self.box!r} is not xyxy fractions with x0 < x1 and y0 < y1")


@lru_cache(maxsize=8192)
def shaped(text: str, font: str) -> tuple[Word, ...]:
    """Shape words that share a line; their ink is in em, y upwards from the line."""
    return shape(text, font, 0.0).words


def word_svg(word: PrintedWord, fill: str) -> str:
    """Write a printed word as an SVG path in a document of 1000 by 1000 units."""
    (letters,) = shaped(word.text, word.font)
    left, low, right, high = letters.ink
    x0, y0, x1, y1 = (1000 * v for v in word.box)
    sx, sy = (x1 - x0) / (right - left), (y1 - y0) / (high - low)
    data = []
    for glyph in letters.glyphs:

        def place(
            point: Point, gx: float = glyph.x, gy: float = glyph.y, em: float = glyph.scale
        ) -> Point:
            x, y = gx + point[0] * em, gy + point[1] * em
            return x0 + (x - left) * sx, y1 - (y - low) * sy

        data.append(glyph.outline.svg(place))
    return f'<path d="{"".join(data)}" fill="{fill}"/>'
