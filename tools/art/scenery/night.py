"""The sky at night over dark hills."""

from __future__ import annotations

from maquette.tools.art.scene import Background
from maquette.tools.art.scenery.brush import Brush, toned
from maquette.tools.art.scenery.zones import Zones

NIGHT = Zones(sky=(0.0, 0.74), ground=(0.86, 0.97))
POINTS = 130
"""Points of light in a square; more in a wide frame."""


def night_sky(brush: Brush, background: Background) -> None:
    """Deep blue with points of light, hills below."""
    sky = background.colour or "#16224f"
    hill = background.second or toned(sky, -0.03, 0.8)
    brush.bands(toned(sky, -0.05), sky, toned(sky, 0.2, 1.05, 20), bottom=0.8)
    _points(brush)
    far = toned(hill, 0.13, 0.9)
    brush.ridge(0.76, 0.035, far, waves=1.5, bottom=0.88)
    brush.hill(0.83, 0.025, toned(hill, 0.06), hill, waves=1.0)


def _points(brush: Brush) -> None:
    count = round(POINTS * brush.width * brush.height / min(brush.width, brush.height) ** 2)
    for _ in range(min(count, 4 * POINTS)):
        x, y = brush.chance.random(), 0.74 * brush.chance.random() ** 1.2
        size = brush.unit * brush.chance.choice((0.12, 0.14, 0.17, 0.2, 0.3))
        bright = 0.45 + 0.5 * brush.chance.random()
        brush.ellipse(x, y, size / brush.width, size / brush.height, "#fff8dc", round(bright, 2))
