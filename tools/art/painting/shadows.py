"""A soft shadow where a thing touches the ground, so that it stands and does not float."""

from __future__ import annotations

from collections.abc import Callable

from maquette.records.errors import NotFound
from maquette.tools.art.contract import Art
from maquette.tools.art.painting.placing import fitted, number
from maquette.tools.art.painting.silhouettes import foot
from maquette.tools.art.scene import PlacedThing, Scene
from maquette.tools.art.scenery.table import zones_of

FLAT = 0.16
"""Height of the shadow to its width."""
INK, STRENGTH = "#101820", 0.3
SPREAD = 1.25
"""Width of the shadow to that of the foot."""


def shadow(scene: Scene, index: int, look: Callable[[str], Art]) -> str:
    """The contact shadow of a thing that stands on the ground of its frame; else nothing."""
    thing = scene.things[index]
    if thing.turn or not stands(scene, thing):
        return ""
    art = look(thing.thing)
    left, right = foot(art)
    if thing.flip:
        left, right = 1 - right, 1 - left
    fit = fitted(thing.box, art, scene.width_px, scene.height_px)
    cx = fit.x + fit.width * (left + right) / 2
    rx = max(fit.width * (right - left) / 2 * SPREAD, 0.12 * fit.width)
    ry = min(FLAT * rx, 0.06 * fit.height)
    name = f"t{index}-shadow"
    y = fit.y + fit.height - 0.25 * ry
    return (
        f'<radialGradient id="{name}"><stop offset="0.35" stop-color="{INK}" '
        f'stop-opacity="{STRENGTH}"/><stop offset="1" stop-color="{INK}" stop-opacity="0"/>'
        f'</radialGradient><ellipse cx="{number(cx)}" cy="{number(y)}" '
        f'rx="{number(rx)}" ry="{number(ry)}" fill="url(#{name})"/>'
    )


def stands(scene: Scene, thing: PlacedThing) -> bool:
    """Whether the lower edge of a thing lies on the ground of its frame.

    On a plain shade, which has none, whatever usually stands does, unless another bears it.
    """
    frame = scene.frames[thing.frame]
    zones = zones_of(frame.background.kind)
    ground = zones.ground
    if ground is None:
        return zones.sky is None and _heavy(thing.thing) and not _borne(scene, thing)
    foot_y = (thing.box.y1 - frame.box.y0) / frame.box.height
    return ground[0] - 0.02 <= foot_y <= 1.0


def _heavy(thing: str) -> bool:
    """Whether a thing usually stands or lies on something."""
    from maquette.tools.art.finding.sizes import rests

    try:
        return rests(thing) == "ground"
    except NotFound:  # of a pack that is not here, or of none
        return False


def _borne(scene: Scene, thing: PlacedThing) -> bool:
    """Whether the middle of a thing's lower edge lies on another thing behind it."""
    x, y = (thing.box.x0 + thing.box.x1) / 2, thing.box.y1 - 0.02 * thing.box.height
    return any(
        other.box.x0 < x < other.box.x1 and other.box.y0 < y < other.box.y1
        for other in scene.things
        if other.id != thing.id and other.layer < thing.layer
    )
