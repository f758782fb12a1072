"""Things of known shape for layouts, and a nature in which their names tell where they rest."""

from __future__ import annotations

from maquette.tools.art.contract import Art
from maquette.tools.art.layout.nature import Nature

SHAPES = {"box": 1.0, "tower": 0.4, "worm": 2.6, "bird": 1.3, "kite": 0.7, "boat": 1.2}
HEIGHTS = {"box": 1.0, "tower": 9.0, "worm": 0.1, "bird": 0.3, "kite": 1.0, "boat": 3.0}


def look(thing: str) -> Art:
    """A rectangle of the thing's aspect, so that box and silhouette are one."""
    wide = 100 * SHAPES[thing.partition(":")[2]]
    body = f'<rect width="{wide:g}" height="100" fill="#3060d0"/>'
    return Art((0, 0, wide, 100), body, (0, 0, wide, 100))


def _rests(thing: str) -> str:
    name = thing.partition(":")[2]
    return "air" if name in ("bird", "kite") else "water" if name == "boat" else "ground"


NATURE = Nature(lambda thing: HEIGHTS[thing.partition(":")[2]], _rests)
