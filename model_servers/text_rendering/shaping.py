"""Shaping: a string to positioned glyph outlines, by HarfBuzz.

All measures are in em (multiples of the font size), y upwards from the baseline, so a string
is shaped once and scaled to any size.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from maquette.model_servers.text_rendering import bidi
from maquette.model_servers.text_rendering.breaks import chunks
from maquette.model_servers.text_rendering.emoji import Picture
from maquette.model_servers.text_rendering.faces import FontKey, cap_height, hb_font, outline
from maquette.model_servers.text_rendering.outline import Bounds, Outline
from maquette.model_servers.text_rendering.runs import Run, runs
from maquette.model_servers.text_rendering.scripts import Region, ScriptFont, region_of
from maquette.records.errors import InvalidInput


@dataclass(frozen=True)
class Glyph:
    """An outline at ``(x, y)`` em; ``scale`` turns its font units into em.

    An emoji has a ``picture``; its outline is empty but for the bounds of its ink.
    """

    outline: Outline
    x: float
    y: float
    scale: float
    picture: Picture | None = None

    @property
    def ink(self) -> Bounds | None:
        if self.outline.bounds is None:
            return None
        x0, y0, x1, y1 = (value * self.scale for value in self.outline.bounds)
        return x0 + self.x, y0 + self.y, x1 + self.x, y1 + self.y


@dataclass(frozen=True)
class Piece:
    """Part of a word that runs in one direction; its glyphs begin at nought."""

    glyphs: tuple[Glyph, ...]
    advance: float
    level: int
    """Of bidirectional embedding: odd runs from right to left."""


@dataclass(frozen=True)
class Word:
    """A run of glyphs that no line break may part. Words of one paragraph share its x axis.

    In a paragraph with text from right to left the axis is logical, and ``pieces`` are what
    ``arranged`` sets in visual order once it is known which words share a line.
    """

    text: str
    paragraph: int
    glyphs: tuple[Glyph, ...]
    ink: Bounds
    spaced: bool = True
    """Whether a space parts it from the next word of its line."""
    pieces: tuple[Piece, ...] = ()
    space: tuple[float, int] = (0.0, 0)
    """Width (em) and level of that space."""


@dataclass(frozen=True)
class Shaped:
    """The words of a text, and the height of a capital in its font (em)."""

    words: tuple[Word, ...]
    cap_height: float
    tall: bool = False
    """Whether letters of a script may stack marks higher than a Latin line is."""


def shape(text: str, font: str, letter_spacing: float) -> Shaped:
    """Shape a text: paragraphs part at line feeds, words at spaces or between ideographs.

    Raises: InvalidInput: no such font; a character no font has; nothing to print.
        MissingExtra: a package that its script needs is not installed.
    """
    setter = _Setter(font, region_of(text), letter_spacing)
    words: list[Word] = []
    for number, paragraph in enumerate(text.splitlines()):
        parts = [
            (unicodedata.normalize("NFC", part), spaced)
            for part, spaced in chunks(paragraph.strip())
        ]
        both = bidi.has_right_to_left(paragraph)
        words += setter.both_ways(parts, number) if both else setter.onwards(parts, number)
    if not words:
        raise InvalidInput(f"the text {text!r} has nothing to print", hint="give it some letters")
    return Shaped(tuple(words), cap_height(font), setter.tall)


def arranged(line: Sequence[Word]) -> tuple[Word, ...]:
    """The words of one line with their glyphs where they are seen, from the line's left end."""
    if not any(word.pieces for word in line):
        return tuple(line)
    parts: list[tuple[int, Piece]] = []
    for number, word in enumerate(line):
        parts += [(number, piece) for piece in word.pieces]
        if word.spaced and number + 1 < len(line):
            parts.append((number, Piece((), word.space[0], word.space[1])))
    glyphs: list[list[Glyph]] = [[] for _ in line]
    pen_x = 0.0
    for index in bidi.visual_order([piece.level for _, piece in parts]):
        number, piece = parts[index]
        glyphs[number] += [replace(glyph, x=glyph.x + pen_x) for glyph in piece.glyphs]
        pen_x += piece.advance
    return tuple(
        replace(word, glyphs=tuple(seen), ink=_ink(seen) or word.ink, pieces=())
        for word, seen in zip(line, glyphs, strict=True)
    )


@dataclass
class _Setter:
    """Shapes the words of a paragraph one after the other."""

    font: str
    region: Region
    letter_spacing: float
    tall: bool = False

    def onwards(self, parts: Iterable[tuple[str, bool]], paragraph: int) -> list[Word]:
        """A paragraph from left to right."""
        words: list[Word] = []
        pen_x = 0.0
        for text, spaced in parts:
            glyphs: list[Glyph] = []
            # A space goes into the word's last run, so that kerning against it counts.
            for run in runs(text + (" " if spaced else ""), self.font, self.region):
                placed, pen_x = self._run(run, pen_x)
                glyphs += placed
            ink = _ink(glyphs)
            if ink is not None:  # what shows nothing (a lone joiner) is no word
                words.append(Word(text, paragraph, tuple(glyphs), ink, spaced))
        return words

    def both_ways(self, parts: Sequence[tuple[str, bool]], paragraph: int) -> list[Word]:
        """A paragraph in which something runs from right to left."""
        levels = bidi.levels("".join(text + " " * spaced for text, spaced in parts))
        words: list[Word] = []
        pen_x, first = 0.0, 0
        for text, spaced in parts:
            pieces = self._pieces(text, levels[first : first + len(text)])
            first += len(text) + spaced
            width = sum(piece.advance for piece in pieces)
            inks = [ink for ink in (_ink(piece.glyphs) for piece in pieces) if ink is not None]
            if inks:
                over = self._overhang(pieces)
                low, high = min(ink[1] for ink in inks), max(ink[3] for ink in inks)
                box = (pen_x - over, low, pen_x + width + over, high)
                space = (self._space(), levels[first - 1]) if spaced else (0.0, 0)
                glyphs = tuple(glyph for piece in pieces for glyph in piece.glyphs)
                words.append(Word(text, paragraph, glyphs, box, spaced, pieces, space))
            pen_x += width + (self._space() if spaced else 0.0)
        return words

    def _pieces(self, text: str, levels: Sequence[int]) -> tuple[Piece, ...]:
        pieces: list[Piece] = []
        first = 0
        for index in range(1, len(text) + 1):
            if index == len(text) or levels[index] != levels[first]:
                for run in runs(text[first:index], self.font, self.region):
                    glyphs, advance = self._run(run, 0.0, "rtl" if levels[first] % 2 else "ltr")
                    pieces.append(Piece(tuple(glyphs), advance, levels[first]))
                first = index
        return tuple(pieces)

    def _overhang(self, pieces: Iterable[Piece]) -> float:
        """How far ink reaches over either end of any piece (em), at least nought."""
        inks = ((_ink(piece.glyphs), piece.advance) for piece in pieces)
        return max(
            (max(-ink[0], ink[2] - advance, 0.0) for ink, advance in inks if ink is not None),
            default=0.0,
        )

    def _space(self) -> float:
        _, advance = self._run(Run(" ", self.font), 0.0)
        return advance

    def _run(
        self, run: Run, pen_x: float, direction: str | None = None
    ) -> tuple[list[Glyph], float]:
        if run.picture is not None:
            return _picture(run.picture, pen_x)
        spacing = 0.0 if _joined(run.font) else self.letter_spacing
        self.tall |= isinstance(run.font, ScriptFont) and not run.font.ideographic
        return _shape_run(run.font, run.text, pen_x, spacing, direction)


def _joined(font: FontKey) -> bool:
    return isinstance(font, ScriptFont) and font.joined


def _picture(picture: Picture, pen_x: float) -> tuple[list[Glyph], float]:
    glyph = Glyph(Outline((), picture.bounds), pen_x, 0.0, picture.scale, picture)
    return [glyph], pen_x + picture.advance * picture.scale


def _ink(glyphs: Iterable[Glyph]) -> Bounds | None:
    boxes = [glyph.ink for glyph in glyphs if glyph.ink is not None]
    if not boxes:
        return None
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def _shape_run(
    key: FontKey, text: str, pen_x: float, letter_spacing: float, direction: str | None
) -> tuple[list[Glyph], float]:
    import uharfbuzz as hb  # type: ignore[import-untyped]

    font, scale = hb_font(key)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.language = "en"  # Else it is that of the process, which may change the letters' forms.
    if direction is not None:
        buffer.direction = direction
    # Ligatures cannot be spaced out, and a stretched line needs single letters.
    hb.shape(font, buffer, {"liga": letter_spacing == 0, "clig": letter_spacing == 0})
    glyphs: list[Glyph] = []
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    for index, (info, position) in enumerate(zip(infos, positions, strict=True)):
        x = pen_x + position.x_offset * scale
        glyphs.append(Glyph(outline(key, info.codepoint), x, position.y_offset * scale, scale))
        pen_x += position.x_advance * scale
        if index + 1 == len(infos) or infos[index + 1].cluster != info.cluster:
            pen_x += letter_spacing
    return glyphs, pen_x
