"""What judging a composed picture leans on: how documents are painted, and what things are called.

Both are asked afresh, not taken from the document, which is one of the things that are judged.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from maquette.records.errors import NotFound
from maquette.words.lexicon import singular

if TYPE_CHECKING:
    from maquette.tools.art.finding.finder import Finder
    from maquette.tools.art.found import Found
    from maquette.tools.art.scene import Scene

Pixels = NDArray[np.uint8]
"""(H, W, 3) sRGB or (H, W, 4) sRGB with alpha, not premultiplied."""


class Sources(Protocol):
    """Paints documents and knows names. Real: ``ArtSources``."""

    def whole(self, scene: Scene, width_px: int, height_px: int) -> Pixels:
        """The picture of a document without its words, (H, W, 3)."""
        ...

    def alone(self, scene: Scene, index: int, width_px: int, height_px: int) -> Pixels:
        """One thing of it at its place on nothing, (H, W, 4)."""
        ...

    def named(self, thing: str, phrase: str) -> bool:
        """Whether the thing of this id is called so: a name, an alias or their plural."""
        ...

    def known(self, phrase: str) -> bool:
        """Whether any everyday thing of the packs is called so."""
        ...

    def akin(self, thing: str, phrase: str) -> bool:
        """Whether the phrase, or its singular, leads to the thing of this id: a keyword of it."""
        ...

    def digest(self, pack: str) -> str | None:
        """The digest of a pack as it is now; None: there is none of this name."""
        ...


class ArtSources:
    """The packs that are installed, the composer's painting and the finder's names."""

    def whole(self, scene: Scene, width_px: int, height_px: int) -> Pixels:
        """See ``Sources.whole``. Raises: NotFound: a thing of it is in no pack."""
        from maquette.tools.art.painting.svg import svg_of

        return _drawn(svg_of(scene), width_px, height_px, "RGB")

    def alone(self, scene: Scene, index: int, width_px: int, height_px: int) -> Pixels:
        """See ``Sources.alone``. Raises: NotFound: the thing is in no pack."""
        from maquette.tools.art.painting.svg import thing_svg

        return _drawn(thing_svg(scene, index), width_px, height_px, "RGBA")

    def named(self, thing: str, phrase: str) -> bool:
        """See ``Sources.named``."""
        from maquette.tools.art.packs.table import card_of

        noun = " ".join(phrase.lower().split())
        try:
            card = card_of(thing)
        except NotFound:
            return False
        if any(noun in names for names in card.names.values()):
            return True
        found, language = _found(noun)
        return found is not None and _finder().names(card, noun, language=language)

    def known(self, phrase: str) -> bool:
        """See ``Sources.known``."""
        from maquette.tools.art.packs.table import card_of

        found, language = _found(" ".join(phrase.lower().split()))
        cards = [card_of(match.thing) for match in found.matches] if found else []
        return any(
            card.kind == "thing" and _finder().names(card, phrase, language=language)
            for card in cards
        )

    def akin(self, thing: str, phrase: str) -> bool:
        """See ``Sources.akin``."""
        from maquette.tools.art.packs.table import card_of

        noun = " ".join(phrase.lower().split())
        words = {noun, singular(noun)}
        return any(words & set(some) for some in card_of(thing).keywords.values())

    def digest(self, pack: str) -> str | None:
        """See ``Sources.digest``."""
        from maquette.tools.art.packs.table import all_packs

        found = all_packs().get(pack)
        return None if found is None else found.digest


@cache
def _finder() -> Finder:
    """The finder of all packs: built once in a process, since its tables take a while."""
    from maquette.tools.art.finding.finder import Finder
    from maquette.tools.art.packs.table import all_cards

    return Finder(all_cards(), None)


@lru_cache(maxsize=256)
def _found(noun: str) -> tuple[Found | None, str | None]:
    """What a noun means by its words alone, and the language in which it does: English first, so
    that the tables of others are not read for what is English."""
    for language in ("en", None):
        if found := _finder().look(noun, language=language):
            return found, language
    return None, None


def _drawn(svg: str, width_px: int, height_px: int, mode: str) -> Pixels:
    from maquette.infra.vector.raster import rasterise

    return np.asarray(rasterise(svg, width_px, height_px).convert(mode), np.uint8)
