"""A soft light behind what has the colour of the ground it stands on: a black cat at night."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from maquette.infra.vector.raster import rasterise
from maquette.tools.art.contract import Art
from maquette.tools.art.painting.families import small_svg
from maquette.tools.art.painting.patterns import dressed
from maquette.tools.art.painting.placing import fitted, number
from maquette.tools.art.scene import Scene
from maquette.tools.art.scenery.table import zones_of
from maquette.words.colours import Rgb, distance, from_hex

GROUNDS = {
    "night sky": ("#16224f", "#9fb2ec"),
    "desert": ("#f0b55f", "#fff8e4"),
}
"""By landscape: the colour of its ground, and of a light that is seen on it."""
ALIKE, ALIKE_SHARE = 0.16, 0.6
"""OKLab distance up to which a pixel has the ground's colour, and how much of a thing must have."""
STRENGTH, SPREAD = 0.8, 0.72
"""Opacity in the middle, and radii of the light in widths and heights of the thing."""
SIDE_PX = 24


def halo(scene: Scene, index: int, look: Callable[[str], Art]) -> str:
    """The light behind a thing that its ground would swallow; else nothing."""
    thing = scene.things[index]
    background = scene.frames[thing.frame].background
    known = GROUNDS.get(background.kind)
    if known is None or background.second or not _low(scene, index):
        return ""  # also on a ground of another colour than the usual
    art = dressed(look(thing.thing), thing.colour, thing.pattern)
    if swallowed(art, from_hex(known[0])) < ALIKE_SHARE:
        return ""
    fit = fitted(thing.box, art, scene.width_px, scene.height_px)
    name = f"t{index}-halo"
    return (
        f'<radialGradient id="{name}"><stop offset="0.3" stop-color="{known[1]}" '
        f'stop-opacity="{STRENGTH}"/><stop offset="1" stop-color="{known[1]}" stop-opacity="0"/>'
        f'</radialGradient><ellipse cx="{number(fit.x + fit.width / 2)}" '
        f'cy="{number(fit.y + fit.height / 2)}" rx="{number(SPREAD * fit.width)}" '
        f'ry="{number(SPREAD * fit.height)}" fill="url(#{name})"/>'
    )


def _low(scene: Scene, index: int) -> bool:
    """Whether a thing's middle lies below the sky."""
    thing = scene.things[index]
    frame = scene.frames[thing.frame]
    sky = zones_of(frame.background.kind).sky
    return sky is not None and thing.box.centre[1] > frame.box.y0 + sky[1] * frame.box.height


def swallowed(art: Art, ground: Rgb) -> float:
    """Share of a thing's pixels that have nearly a ground's colour."""
    wide = max(1.0, art.aspect)
    size = max(2, round(SIDE_PX * art.aspect / wide)), max(2, round(SIDE_PX / wide))
    pixels = np.asarray(rasterise(small_svg(art, art.body), *size))
    ink = pixels[pixels[..., 3] > 200][:, :3]
    alike = [distance((int(r), int(g), int(b)), ground) <= ALIKE for r, g, b in ink]
    return float(np.mean(alike)) if alike else 0.0
