"""What judging a composed picture leans on: how documents are painted, and what things are called.

Both are asked afresh, not taken from the document, which is one of the things that are judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from maquette.records.errors import NotFound

if TYPE_CHECKING:
    from maquette.tools.art.finding.finder import Finder
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

    def digest(self, pack: str) -> str | None:
        """The digest of a pack as it is now; None: there is none of this name."""
        ...


class ArtSources:
    """The packs that are installed, the composer's painting and the finder's names."""

    def __init__(self) -> None:
        self._finder: Finder | None = None

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
        try:
            return bool(self._names().names(thing, phrase))
        except NotFound:
            return False

    def known(self, phrase: str) -> bool:
        """See ``Sources.known``."""
        from maquette.tools.art.packs.table import all_cards

        names = self._names()
        return any(
            card.kind == "thing" and names.names(card, phrase) for card in all_cards().values()
        )

    def digest(self, pack: str) -> str | None:
        """See ``Sources.digest``."""
        from maquette.tools.art.packs.table import all_packs

        found: Any = all_packs().get(pack)
        return None if found is None else str(found.digest)

    def _names(self) -> Finder:
        if self._finder is None:
            from maquette.tools.art.finding.finder import Finder
            from maquette.tools.art.packs.table import all_cards

            self._finder = Finder(all_cards(), None)
        return self._finder


def _drawn(svg: str, width_px: int, height_px: int, mode: str) -> Pixels:
    from maquette.infra.vector.raster import rasterise

    return np.asarray(rasterise(svg, width_px, height_px).convert(mode), np.uint8)
