"""An art pack: things drawn beforehand as vectors, found by name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from maquette.records.errors import NotFound
from maquette.tools.art.contract import Art, Licence, ThingCard

MIRROR = (
    '<ellipse fill="#8a5a2b" cx="50" cy="40" rx="34" ry="38"/>'
    '<ellipse fill="#cfe8f5" cx="50" cy="40" rx="27" ry="31"/>'
    '<path fill="#8a5a2b" d="M44 76H56V98H44Z"/>'
)


class MirrorPack:
    """One thing: a hand mirror."""

    name = "mirrors"
    title = "The mirror room"
    licence = Licence("CC0-1.0", "nobody", "made for this example")
    style = "flat colour"
    digest = hashlib.sha256(MIRROR.encode()).hexdigest()

    def cards(self) -> Mapping[str, ThingCard]:
        """It is found as a hand mirror, in German, too, and by what it leads to."""
        names = {"en": ("hand mirror", "looking glass"), "de": ("handspiegel",)}
        card = ThingCard("mirrors:hand", names, keywords={"en": ("reflection",)}, group="household")
        return {card.id: card}

    def art(self, id: str) -> Art:
        """The drawing. Raises: NotFound."""
        if id != "mirrors:hand":
            raise NotFound(f"the mirror room has no thing {id!r}")
        return Art((0, 0, 100, 100), MIRROR, (16, 2, 84, 98))


PACK = MirrorPack()
