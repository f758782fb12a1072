"""Every background by its kind: how it is painted, and where its sky, water and ground are."""

from __future__ import annotations

import random
from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

from maquette.tools.art.scene import Background, BackgroundKind
from maquette.tools.art.scenery import land, night, plain, town, water
from maquette.tools.art.scenery.brush import Brush
from maquette.tools.art.scenery.zones import Zones


class Landscape(NamedTuple):
    """One kind of background."""

    paint: Callable[[Brush, Background], None]
    zones: Zones


LANDSCAPES: MappingProxyType[BackgroundKind, Landscape] = MappingProxyType(
    {
        "plain": Landscape(plain.plain, Zones()),
        "gradient": Landscape(plain.gradient, Zones()),
        "meadow": Landscape(land.meadow, land.MEADOW),
        "sea": Landscape(water.sea, water.SEA),
        "beach": Landscape(water.beach, water.BEACH),
        "snow": Landscape(land.snow, land.SNOW),
        "desert": Landscape(land.desert, land.DESERT),
        "night sky": Landscape(night.night_sky, night.NIGHT),
        "city": Landscape(town.city, town.CITY),
        "room": Landscape(town.room, town.ROOM),
    }
)


def painted(background: Background, width: float, height: float, prefix: str) -> str:
    """The background of a frame as SVG, from (0, 0) to its size in pixels.

    The shapes of hills and houses come from the kind and its colours: another shade is another
    place. ``prefix`` stands before each identifier.
    """
    seed = f"{background.kind}/{background.colour}/{background.second}"
    brush = Brush(width, height, prefix, random.Random(seed))
    LANDSCAPES[background.kind].paint(brush, background)
    return "".join(brush.parts)


def zones_of(kind: BackgroundKind) -> Zones:
    """Where the sky, water and ground of a kind are."""
    return LANDSCAPES[kind].zones
