"""A colour font as an art pack: a thing for each glyph that a code point or a sequence has."""

from __future__ import annotations

import hashlib
import logging
import unicodedata
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from maquette.infra.vector import colr, raster
from maquette.infra.vector.font import ColourFont, open_font
from maquette.records.errors import MediaRejected, NotFound
from maquette.tools.art.contract import Art, Licence, ThingCard
from maquette.tools.art.packs.names import NameTable, code_of, text_of, unicode_names

log = logging.getLogger(__name__)

CODE = "1"
"""Of this reader and of what draws for it: changed whenever the same font gives other markup."""
LIBRARIES = ("uharfbuzz", "fonttools", "resvg_py")


class FontPack:
    """The colour glyphs of a font. Nothing is read before it is asked for."""

    def __init__(
        self,
        name: str,
        *,
        title: str,
        licence: Licence,
        style: str,
        sha256: str,
        opened: Callable[[], ColourFont],
        names: Callable[[], NameTable] = unicode_names,
    ) -> None:
        """``opened`` gives the font, whose bytes have the digest ``sha256``."""
        self.name, self.title, self.licence, self.style = name, title, licence, style
        self._sha256, self._opened, self._names = sha256, opened, names

    @cached_property
    def digest(self) -> str:
        """Of the font, the libraries that read it, and this code."""
        return pack_digest(self._sha256, CODE, *LIBRARIES)

    def cards(self) -> Mapping[str, ThingCard]:
        """Every glyph with a name. Skin tones are left out; ``art`` knows them all the same."""
        return self._cards

    def art(self, id: str) -> Art:
        """The glyph of ``<pack>:<code points>``. Raises: NotFound, MediaRejected."""
        glyph = self._glyph(id.removeprefix(f"{self.name}:"))
        if glyph is None:
            raise NotFound(
                f"the art pack {self.name} has no thing {id!r}", hint="maquette art find WORDS"
            )
        drawing = colr.draw(self._font, glyph)
        if drawing.approximated:
            log.warning("%s is shown nearly as it is: %s", id, ", ".join(drawing.approximated))
        ink = raster.ink_of(drawing.view_box, drawing.body)
        if ink is None:
            raise MediaRejected(f"{id} of {self.title} shows nothing")
        return Art(drawing.view_box, drawing.body, ink)

    @cached_property
    def _font(self) -> ColourFont:
        return self._opened()

    @cached_property
    def _cards(self) -> dict[str, ThingCard]:
        named = self._names().things
        cards = {
            f"{self.name}:{code}": thing.card(f"{self.name}:{code}")
            for code, thing in named.items()
            if self._glyph(code) is not None
        }
        for point in self._font.code_points():
            id = f"{self.name}:{point:x}"
            if id not in cards and (card := self._unnamed(id, chr(point))) is not None:
                cards[id] = card
        return cards

    def _unnamed(self, id: str, sign: str) -> ThingCard | None:
        """A card for a glyph that the table of names has not, by the name of its character."""
        name = unicodedata.name(sign, "").lower()
        if not name or _is_part(sign) or self._font.glyph_of(sign) is None:
            return None
        return ThingCard(id, {"en": (name,)}, kind="symbol", group="characters")

    def _glyph(self, code: str) -> int | None:
        text = text_of(code)
        if text is None or code_of(text) != code:
            return None
        return self._font.glyph_of(text) or self._font.glyph_of(f"{text}\ufe0f")


def read_font(path: Path, name: str, *, licence: str) -> FontPack:
    """The pack of a font file; ``licence`` is the SPDX identifier of its terms.

    Raises: MediaRejected: it is no font with colour glyphs, or too large.
    """
    opened = open_font(path)
    return FontPack(
        name,
        title=name,
        licence=Licence(licence, "", path.name),
        style="colour font",
        sha256=hashlib.sha256(opened.face.blob.data).hexdigest(),
        opened=lambda: opened,
    )


def pack_digest(*parts: str) -> str:
    """SHA-256 of texts and of the versions of the libraries among them."""
    told = [f"{part} {version(part)}" if part in LIBRARIES else part for part in parts]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _is_part(sign: str) -> bool:
    """Whether it is made to stand in sequences: regional letters, skin and hair, keycaps."""
    point = ord(sign)
    regional_or_tone = 0x1F1E6 <= point <= 0x1F1FF or 0x1F3FB <= point <= 0x1F3FF
    keycap = point == 0x20E3 or (point < 0x80 and sign in "#*0123456789")
    return regional_or_tone or keycap or 0x1F9B0 <= point <= 0x1F9B3
