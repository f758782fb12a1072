"""How wide words come out, near enough to plan with: the server sets them exactly.

Widths are in em (multiples of the font size). Those of Latin letters are the fonts' own, without
kerning; other letters are told by their class, rounded means over the faces of their scripts.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("widths.json")
"""Advances of printable Latin-1 in every font of the catalogue, in thousandths of an em."""
TYPICAL = "sans-bold"
"""Measures for a font that the table does not know."""

LINE_HEIGHT = 1.15
"""Distance of baselines, in em."""
SCRIPT_HEIGHT = {
    "Thai": 1.5,
    "Lao": 1.5,
    "Khmer": 1.6,
    "Myanmar": 1.6,
    "Tibetan": 1.7,
    "Arabic": 1.35,
    "Devanagari": 1.35,
    "Bengali": 1.3,
    "Tamil": 1.25,
}
INK_HEIGHT = 0.98
"""From the feet of g to the top of an accent, in em, of Latin letters."""
_ROUNDING = 1e-6


@cache
def _widths() -> dict[str, dict[str, float]]:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    return {
        font: {c: w / 1000 for c, w in zip(table["characters"], row, strict=True)}
        for font, row in table["widths"].items()
    }


@lru_cache(maxsize=8192)
def advance(character: str, font: str) -> float:
    """One character's width in a font, or in the face of its script."""
    known = _widths().get(font, _widths()[TYPICAL]).get(character)
    if known is not None:
        return known
    if unicodedata.east_asian_width(character) in "WF":
        return 1.25 if unicodedata.category(character) == "So" else 1.0  # emoji are broader
    if unicodedata.category(character) in ("Mn", "Cf", "Me", "Cc"):
        return 0.0
    return 0.66 if character.isupper() else 0.6


@lru_cache(maxsize=4096)
def width(text: str, font: str) -> float:
    """The width of one line of text."""
    return sum(advance(character, font) for character in text)


def unspaced(text: str) -> bool:
    """Whether lines may break between its letters, as Chinese and Japanese ones do."""
    return any("\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" for c in text)


def pieces(text: str) -> list[str]:
    """What a line may not part: words, or single letters where no spaces are written."""
    found: list[str] = []
    for word in text.split():
        found += list(word) if unspaced(word) else [word]
    return found


@lru_cache(maxsize=1024)
def ink_height(text: str) -> float:
    """The height of one line's ink: taller where marks are stacked above and below."""
    scripts = (unicodedata.name(c, "").split(" ")[0].title() for c in text if not c.isascii())
    return max((SCRIPT_HEIGHT.get(script, INK_HEIGHT) for script in scripts), default=INK_HEIGHT)


@lru_cache(maxsize=1024)
def _paragraphs(text: str, font: str) -> tuple[tuple[float, tuple[float, ...]], ...]:
    """Of each paragraph the width of its spaces and of its pieces."""
    return tuple(
        (
            0.0 if unspaced(paragraph) else width(" ", font),
            tuple(width(piece, font) for piece in pieces(paragraph)),
        )
        for paragraph in text.splitlines()
    )


def widest(text: str, font: str) -> float:
    """The width of its widest piece."""
    found = (wide for _, paragraph in _paragraphs(text, font) for wide in paragraph)
    return max(found, default=0.0)


def lines_at(text: str, font: str, room_em: float) -> int:
    """How many lines it takes in a room of that width, if its words are no wider."""
    count = 0
    for space, widths in _paragraphs(text, font):
        used = room_em + 1
        for wide in widths:
            if used + space + wide > room_em + _ROUNDING:
                count, used = count + 1, wide
            else:
                used += space + wide
    return max(count, 1)


def block_height(text: str, lines: int) -> float:
    """The height of a block of lines (em)."""
    return ink_height(text) + (lines - 1) * max(LINE_HEIGHT, ink_height(text) * 0.95)
