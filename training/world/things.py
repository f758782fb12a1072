"""The things of the world by name, and how one is written as SVG.

Each drawing lives in a box of 100 by 100 units and touches all four of its edges, so
the box a thing is given is exactly the box its pixels fill. A part has a tone: most
of the area is ``body``, painted in the named colour; the other tones follow from it.
"""

from __future__ import annotations

from maquette.training.world.drawing.drawn_made import MADE
from maquette.training.world.drawing.drawn_outdoors import OUTDOORS
from maquette.training.world.drawing.parts import TONES, UNIT, Thing
from maquette.training.world.drawing.shapes import SHAPES as _SHAPES
from maquette.words.colours import Rgb, hex_code

__all__ = ["DRAWN", "SHAPES", "THINGS", "UNIT", "Thing", "draw"]

THINGS: dict[str, Thing] = {thing.name: thing for thing in (*_SHAPES, *OUTDOORS, *MADE)}
"""Every thing by name."""
SHAPES: tuple[str, ...] = tuple(t.name for t in THINGS.values() if t.kind == "shape")
"""Names of the plain shapes."""
DRAWN: tuple[str, ...] = tuple(t.name for t in THINGS.values() if t.kind == "drawn")
"""Names of the things drawn from shapes."""


def draw(thing: Thing, body: Rgb, flat: str | None = None, paint: str | None = None) -> str:
    """Write a thing as SVG elements in the unit box.

    Args:
        thing: what to draw.
        body: colour of its body, sRGB bytes.
        flat: if given, this fill for every part (used for masks).
        paint: if given, this fill is laid over the flat colour of the body (a pattern).
    """
    written = []
    for part in thing.parts:
        fill = flat or hex_code(TONES[part.tone](body))
        written.append(part.element.format(fill=f'fill="{fill}"'))
        if paint and part.tone == "body":
            written.append(part.element.format(fill=f'fill="{paint}"'))
    return "".join(written)
