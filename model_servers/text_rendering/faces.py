"""Open faces: which characters they have, the outlines of their glyphs, their capitals' height."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from maquette.model_servers.text_rendering.catalogue import font_path
from maquette.model_servers.text_rendering.outline import Outline, OutlinePen
from maquette.model_servers.text_rendering.scripts import Face, ScriptFont

if TYPE_CHECKING:
    import uharfbuzz as hb  # type: ignore[import-untyped]

FontKey = str | ScriptFont
"""A name of the catalogue, or a face of a script."""


@cache
def hb_font(key: FontKey) -> tuple[hb.Font, float]:
    """The font, and what turns its units into em."""
    import uharfbuzz as hb

    face = Face(font_path(key)) if isinstance(key, str) else key.face()
    opened = hb.Face(hb.Blob.from_file_path(str(face.path)), face.index)
    font = hb.Font(opened)
    if face.weight is not None:
        font.set_variations({"wght": face.weight})
    if face.embolden:
        font.synthetic_bold = (face.embolden, face.embolden, True)
    return font, 1.0 / opened.upem


@cache
def characters(key: FontKey) -> frozenset[int]:
    """The code points it has."""
    return frozenset(hb_font(key)[0].face.unicodes)


@lru_cache(maxsize=16_384)
def outline(key: FontKey, glyph: int) -> Outline:
    """The path of a glyph, in its font's units."""
    pen: Any = OutlinePen()
    hb_font(key)[0].draw_glyph_with_pen(glyph, pen)
    return pen.outline()


@cache
def cap_height(key: FontKey) -> float:
    """The height of a capital H (em), measured on its outline."""
    font, scale = hb_font(key)
    glyph = font.get_nominal_glyph(ord("H"))
    bounds = None if glyph is None else outline(key, glyph).bounds
    return 0.7 if bounds is None else bounds[3] * scale
