"""A colour font opened as data, under limits: which glyph shows a string, and its outlines.

HarfBuzz reads it: every table is checked before use, nested paints are bounded, and no program
of the font (hinting) is ever run.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from maquette.records.errors import MediaRejected

if TYPE_CHECKING:
    from fontTools.misc.transform import Transform

MAX_BYTES = 64 * 2**20
MAX_GLYPHS = 65_535
MAX_TABLES = 64
MAX_TEXT = 32
"""Characters of a string that is to be one glyph."""
SIGNATURES = (b"\x00\x01\x00\x00", b"OTTO", b"true")
_NEEDED = ("head", "maxp", "cmap", "COLR", "CPAL")
_HINT = "use a TrueType or OpenType font with COLR and CPAL tables"


class ColourFont:
    """An open font with colour glyphs."""

    def __init__(self, data: bytes, *, name: str = "the font") -> None:
        """Open ``data``. ``name`` is what messages call it.

        Raises: MediaRejected: it is no font, too large, or has no colour glyphs.
        """
        import uharfbuzz

        _check_head(data, name)
        self._hb = uharfbuzz
        face = uharfbuzz.Face(uharfbuzz.Blob(data))
        _check_tables(face, name)
        self.name = name
        self.face = face
        self.font = uharfbuzz.Font(face)
        self.font.scale = (face.upem, face.upem)
        extents = self.font.get_font_extents("ltr")
        self.ascender, self.descender = float(extents.ascender), float(extents.descender)

    @property
    def upem(self) -> int:
        """Units of the em square."""
        return int(self.face.upem)

    def code_points(self) -> tuple[int, ...]:
        """Every code point that the font maps, in order."""
        return tuple(sorted(self.face.unicodes))

    def glyph_of(self, text: str) -> int | None:
        """The single colour glyph that shows ``text``; None where it takes none or several."""
        if not 0 < len(text) <= MAX_TEXT or any("\ud800" <= sign <= "\udfff" for sign in text):
            return None  # half of a pair is no character
        buffer = self._hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        self._hb.shape(self.font, buffer)
        glyphs = [info.codepoint for info in buffer.glyph_infos]
        if len(glyphs) != 1 or glyphs[0] == 0 or not self.is_coloured(glyphs[0]):
            return None
        return int(glyphs[0])

    def is_coloured(self, glyph: int) -> bool:
        """Whether the glyph has layers or a paint tree."""
        return bool(
            self.face.glyph_has_color_paint(glyph) or self.face.get_glyph_color_layers(glyph)
        )

    def advance(self, glyph: int) -> float:
        """Width of the glyph's cell, in font units."""
        return float(self.font.get_glyph_h_advance(glyph))

    def outline(self, glyph: int, placed: Transform) -> str:
        """The glyph's outline as path data of SVG, every point moved by ``placed``."""
        from fontTools.pens.svgPathPen import SVGPathPen
        from fontTools.pens.transformPen import TransformPen

        pen = SVGPathPen(None, ntos=number)
        self.font.draw_glyph_with_pen(glyph, TransformPen(pen, placed))
        return str(pen.getCommands())


def open_font(path: Path) -> ColourFont:
    """The font in a file. Raises: MediaRejected: see ``ColourFont``; or it cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(path.name, path.stat().st_size)
        data = path.read_bytes()
    except OSError as error:
        raise MediaRejected(f"{path.name} cannot be read ({error.strerror})", hint=_HINT) from error
    return ColourFont(data, name=path.name)


def number(value: float) -> str:
    """A coordinate with two decimals at most: a fiftieth of a pixel in a picture of 4096."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _check_head(data: bytes, name: str) -> None:
    if len(data) > MAX_BYTES:
        raise _too_large(name, len(data))
    if data[:4] not in SIGNATURES:
        raise MediaRejected(f"{name} is no TrueType or OpenType font", hint=_HINT)
    tables = int.from_bytes(data[4:6], "big")
    if not 0 < tables <= MAX_TABLES:
        raise MediaRejected(
            f"{name} says it has {tables} tables; expected 1 to {MAX_TABLES}", hint=_HINT
        )


def _check_tables(face: Any, name: str) -> None:
    try:
        tags = set(face.table_tags)
    except UnicodeDecodeError as error:
        raise MediaRejected(f"{name} names tables that are none", hint=_HINT) from error
    missing = [tag for tag in _NEEDED if tag not in tags]
    if missing:
        raise MediaRejected(f"{name} has no table {', '.join(missing)}", hint=_HINT)
    if not 0 < face.glyph_count <= MAX_GLYPHS or not 16 <= face.upem <= 16_384:
        raise MediaRejected(
            f"{name} has {face.glyph_count} glyphs of {face.upem} units an em; expected 1 to "
            f"{MAX_GLYPHS} of 16 to 16384",
            hint=_HINT,
        )
    if not (face.has_color_paint or face.has_color_layers):
        raise MediaRejected(f"the colour tables of {name} cannot be read", hint=_HINT)


def _too_large(name: str, size: int) -> MediaRejected:
    return MediaRejected(
        f"{name} has {size} bytes; a font may have {MAX_BYTES}", hint="use a subset of the font"
    )
