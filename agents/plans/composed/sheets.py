"""Which kind of sheet a request asks for, and what each of its strings is on it."""

from __future__ import annotations

from maquette.agents.plans.wants import text_zones
from maquette.agents.reading.scene import Wish
from maquette.tools.art.brief import DesignName, Words

DESIGNS: dict[str, DesignName] = {
    "poster": "poster",
    "banner": "sign",
    "sign": "sign",
    "notice": "sign",
    "placard": "sign",
    "plaque": "sign",
    "board": "sign",
    "billboard": "sign",
    "card": "card",
    "postcard": "card",
    "invitation": "invitation",
    "flyer": "flyer",
    "flier": "flyer",
    "leaflet": "flyer",
    "advert": "flyer",
    "advertisement": "flyer",
    "ad": "flyer",
    "menu": "flyer",
    "label": "label",
    "badge": "label",
    "ticket": "label",
    "sticker": "sticker",
    "logo": "sticker",
    "cover": "cover",
}
"""What people call a sheet, and the design for it."""


def design_of(wish: Wish, *, words: bool, things: bool) -> DesignName:
    """The design of a sheet: by its name; without one, by what is on it."""
    if wish.carrier in DESIGNS and (words or wish.carrier != "logo"):
        return DESIGNS[wish.carrier]
    if not words:
        return "picture"
    return "poster" if things else "sign"


def words_of(shown: tuple[str, ...], wish: Wish) -> tuple[Words, ...]:
    """The strings in order, each with the zone that was asked for it."""
    zones = text_zones(wish, len(shown))
    return tuple(Words(text=text, place=zones.get(k)) for k, text in enumerate(shown))
