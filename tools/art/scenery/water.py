"""Landscapes by the water: the open sea behind a strip of shore, and a broad beach."""

from __future__ import annotations

from maquette.tools.art.scene import Background
from maquette.tools.art.scenery.brush import Brush, toned
from maquette.tools.art.scenery.zones import Zones

SEA = Zones(sky=(0.0, 0.42), water=(0.48, 0.86), ground=(0.92, 0.98))
BEACH = Zones(sky=(0.0, 0.38), water=(0.44, 0.56), ground=(0.7, 0.97))
SAND = "#f6deb0"


def sea(brush: Brush, background: Background) -> None:
    """Open water to the horizon, waves that grow towards a strip of sand."""
    sky = background.colour or "#9ad7f7"
    water = background.second or "#2f8fd0"
    _sky(brush, sky, 0.42)
    brush.sheet(toned(water, 0.1, 0.8), 0.42, 0.5)
    for k in range(5):
        top = 0.455 + 0.021 * k * (k + 1.6)
        shade = toned(water, 0.09 - 0.038 * k, 0.9 + 0.05 * k)
        brush.ridge(top, 0.004 + 0.0028 * k, shade, waves=5.5 - 0.7 * k)
        _gleams(brush, top + 0.02 + 0.006 * k, 0.8 + 0.5 * k, toned(shade, 0.12, 0.6))
    _shore(brush, 0.905, 0.01)


def beach(brush: Brush, background: Background) -> None:
    """Sand in front, a band of sea behind it."""
    sky = background.colour or "#8fd3f6"
    sand = background.second or SAND
    _sky(brush, sky, 0.38)
    water = "#2e9bd6"
    brush.bands(water, toned(water, 0.09, 0.85, -18), top=0.38, bottom=0.62)
    for k in range(3):
        _gleams(brush, 0.405 + 0.045 * k, 0.9 + 0.5 * k, toned(water, 0.16, 0.6))
    _shore(brush, 0.585, 0.016, sand)
    near = toned(sand, -0.025, 1.1)
    brush.hill(0.8, 0.02, near, toned(near, -0.06), waves=0.9)
    for _ in range(70):
        y = brush.chance.uniform(0.66, 0.99)
        size = brush.unit * (0.12 + 0.35 * (y - 0.6))
        x = brush.chance.random()
        brush.ellipse(x, y, size / brush.width, 0.7 * size / brush.height, toned(sand, -0.12), 0.6)


def _sky(brush: Brush, sky: str, horizon: float) -> None:
    brush.bands(sky, toned(sky, 0.12, 0.35), bottom=horizon + 0.01)
    brush.glow(0.7, horizon, 0.34, "#fff7de", 0.35)


def _gleams(brush: Brush, y: float, size: float, fill: str) -> None:
    """Short flat strokes of light on the water."""
    count = 5
    for k in range(count):
        x = (k + brush.chance.uniform(0.1, 0.9)) / count
        wide = size * brush.unit * brush.chance.uniform(1.6, 3.2) / brush.width
        high = 0.16 * size * brush.unit / brush.height
        brush.ellipse(x, y + brush.chance.uniform(-0.006, 0.006), wide, high, fill, 0.7)


def _shore(brush: Brush, top: float, swing: float, sand: str = SAND) -> None:
    """Foam, wet sand and dry sand, one line behind the other."""
    state = brush.chance.getstate()
    layers = ((0.0, "#ffffff"), (0.014, toned(sand, -0.09, 1.1)), (0.034, sand))
    for down, fill in layers:
        brush.chance.setstate(state)  # the same line three times, lower each time
        brush.ridge(top + down, swing, fill, waves=1.3)
