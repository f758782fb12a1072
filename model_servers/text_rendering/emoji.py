"""Emoji inside words: where they are, and their pictures as colour glyphs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from maquette.infra.vector.colr import draw
from maquette.infra.vector.font import ColourFont, open_font
from maquette.infra.vector.raster import ink_of
from maquette.model_servers.text_rendering.outline import Bounds
from maquette.model_servers.text_rendering.scripts import EMOJI, STATIC, located

_NAMES = re.compile(r'(\bid="|url\(#|href="#)')
_SELECTOR = "\ufe0f"


@dataclass(frozen=True)
class Picture:
    """A colour glyph. ``body`` is SVG in font units, y downwards from the ascender."""

    body: str
    advance: float
    ascender: float
    bounds: Bounds
    """Of its ink, in font units, y upwards from the baseline."""
    scale: float

    def svg(self, x: float, y: float, unit: float, prefix: str) -> str:
        """It at ``(x, y)`` px, with ``unit`` px a font unit, and identifiers of its own."""
        body = _NAMES.sub(lambda found: found.group(1) + prefix, self.body)
        top = y - self.ascender * unit
        return f'<g transform="translate({x:.2f} {top:.2f}) scale({unit:.6f})">{body}</g>'


def spans(text: str) -> list[tuple[int, int]]:
    """Where its emoji begin and end, sequences of several characters as one."""
    if text.isascii():
        return []
    import emoji

    return [(found["match_start"], found["match_end"]) for found in emoji.emoji_list(text)]


@lru_cache(maxsize=1024)
def picture(text: str) -> Picture | None:
    """The colour glyph of an emoji; None: the font has none."""
    font = _font()
    glyph = font.glyph_of(text)
    if glyph is None:
        glyph = font.glyph_of(text.replace(_SELECTOR, ""))
    if glyph is None:
        return None
    drawing = draw(font, glyph)
    ink = ink_of(drawing.view_box, drawing.body)
    if ink is None:
        return None
    bounds = (ink[0], font.ascender - ink[3], ink[2], font.ascender - ink[1])
    return Picture(drawing.body, font.advance(glyph), font.ascender, bounds, 1.0 / font.upem)


@cache
def _font() -> ColourFont:
    return open_font(located(STATIC, EMOJI))
