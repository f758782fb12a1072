"""Shaping: a string to positioned glyph outlines, by HarfBuzz.

All measures are in em (multiples of the font size), y upwards from the baseline, so a string
is shaped once and scaled to any size.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from maquette.model_servers.text_rendering.catalogue import font_path, stand_ins
from maquette.model_servers.text_rendering.outline import Bounds, Outline, OutlinePen
from maquette.records.errors import InvalidInput

if TYPE_CHECKING:
    import uharfbuzz as hb  # type: ignore[import-untyped]

_BREAKING_SPACE = re.compile(r"[^\S\u00a0\u202f]+")
_IGNORABLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f]")


@dataclass(frozen=True)
class Glyph:
    """An outline at ``(x, y)`` em; ``scale`` turns its font units into em."""

    outline: Outline
    x: float
    y: float
    scale: float

    @property
    def ink(self) -> Bounds | None:
        if self.outline.bounds is None:
            return None
        x0, y0, x1, y1 = (value * self.scale for value in self.outline.bounds)
        return x0 + self.x, y0 + self.y, x1 + self.x, y1 + self.y


@dataclass(frozen=True)
class Word:
    """A run of glyphs that no line break may part. Words of one paragraph share its x axis."""

    text: str
    paragraph: int
    glyphs: tuple[Glyph, ...]
    ink: Bounds


@dataclass(frozen=True)
class Shaped:
    """The words of a text, and the height of a capital in its font (em)."""

    words: tuple[Word, ...]
    cap_height: float


def shape(text: str, font: str, letter_spacing: float) -> Shaped:
    """Shape a text: paragraphs part at line feeds, words at spaces.

    Raises: InvalidInput: no such font; a character no font has; nothing to print.
    """
    words: list[Word] = []
    for number, paragraph in enumerate(text.splitlines()):
        words += _shape_paragraph(
            _BREAKING_SPACE.split(paragraph.strip()), number, font, letter_spacing
        )
    if not words:
        raise InvalidInput(f"the text {text!r} has nothing to print", hint="give it some letters")
    return Shaped(tuple(words), _cap_height(font))


def _shape_paragraph(
    texts: list[str], paragraph: int, font: str, letter_spacing: float
) -> list[Word]:
    words: list[Word] = []
    pen_x = 0.0
    texts = [unicodedata.normalize("NFC", text) for text in texts if text]
    for index, text in enumerate(texts):
        glyphs: list[Glyph] = []
        # A space goes into the word's last run, so that kerning against it counts.
        for name, run in _runs(text + (" " if index + 1 < len(texts) else ""), font):
            placed, pen_x = _shape_run(name, run, pen_x, letter_spacing)
            glyphs += placed
        ink = _ink(glyphs)
        if ink is not None:  # what shows nothing (a lone joiner) is no word
            words.append(Word(text, paragraph, tuple(glyphs), ink))
    return words


def _ink(glyphs: list[Glyph]) -> Bounds | None:
    boxes = [glyph.ink for glyph in glyphs if glyph.ink is not None]
    if not boxes:
        return None
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def _runs(text: str, font: str) -> list[tuple[str, str]]:
    """Part a text into runs of one font each: the wanted one wherever it has the glyph."""
    runs: list[tuple[str, str]] = []
    for character in text:
        if _IGNORABLE.match(character):
            name = runs[-1][0] if runs else font
        elif runs and _joins(character, runs[-1][0]):
            name = runs[-1][0]
        else:
            name = _font_with(character, font)
        if runs and runs[-1][0] == name:
            runs[-1] = (name, runs[-1][1] + character)
        else:
            runs.append((name, character))
    return runs


def _joins(character: str, font: str) -> bool:
    mark = unicodedata.combining(character) != 0 or character == " "
    return mark and ord(character) in _characters(font)


def _font_with(character: str, font: str) -> str:
    for name in stand_ins(font):
        if ord(character) in _characters(name):
            return name
    label = unicodedata.name(character, "a control character")
    raise InvalidInput(
        f"no font here has the character {character!r} (U+{ord(character):04X}, {label})",
        hint="leave it out or write it in letters",
    )


def _shape_run(
    name: str, text: str, pen_x: float, letter_spacing: float
) -> tuple[list[Glyph], float]:
    import uharfbuzz as hb

    font, scale = _hb_font(name)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    # Ligatures cannot be spaced out, and a stretched line needs single letters.
    hb.shape(font, buffer, {"liga": letter_spacing == 0, "clig": letter_spacing == 0})
    glyphs: list[Glyph] = []
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    for index, (info, position) in enumerate(zip(infos, positions, strict=True)):
        x = pen_x + position.x_offset * scale
        glyphs.append(Glyph(_outline(name, info.codepoint), x, position.y_offset * scale, scale))
        pen_x += position.x_advance * scale
        if index + 1 == len(infos) or infos[index + 1].cluster != info.cluster:
            pen_x += letter_spacing
    return glyphs, pen_x


@cache
def _hb_font(name: str) -> tuple[hb.Font, float]:
    import uharfbuzz as hb

    face = hb.Face(hb.Blob.from_file_path(str(font_path(name))))
    return hb.Font(face), 1.0 / face.upem


@cache
def _characters(name: str) -> frozenset[int]:
    return frozenset(_hb_font(name)[0].face.unicodes)


@lru_cache(maxsize=16_384)
def _outline(name: str, glyph: int) -> Outline:
    pen: Any = OutlinePen()
    _hb_font(name)[0].draw_glyph_with_pen(glyph, pen)
    return pen.outline()


@cache
def _cap_height(name: str) -> float:
    """The height of a capital H (em), measured on its outline."""
    font, scale = _hb_font(name)
    glyph = font.get_nominal_glyph(ord("H"))
    bounds = None if glyph is None else _outline(name, glyph).bounds
    return 0.7 if bounds is None else bounds[3] * scale
