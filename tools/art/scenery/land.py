"""Landscapes on firm ground: meadow, snow and desert."""

from __future__ import annotations

from maquette.tools.art.scene import Background
from maquette.tools.art.scenery.brush import Brush, toned
from maquette.tools.art.scenery.zones import Zones

MEADOW = Zones(sky=(0.0, 0.56), ground=(0.7, 0.97))
SNOW = Zones(sky=(0.0, 0.55), ground=(0.7, 0.97))
DESERT = Zones(sky=(0.0, 0.55), ground=(0.68, 0.97))


def meadow(brush: Brush, background: Background) -> None:
    """Hills behind hills under a clear sky, grass in front."""
    sky = background.colour or "#8fd0f5"
    grass = background.second or "#7fc24f"
    brush.bands(sky, toned(sky, 0.1, 0.45), bottom=0.56)
    brush.glow(0.72, 0.5, 0.36, "#fff6d8", 0.3)
    far = toned(grass, 0.06, 0.55, 22)
    brush.hill(0.5, 0.035, far, toned(far, 0.05), waves=1.9, bottom=0.62)
    middle = toned(grass, 0.05, 0.85, 8)
    brush.hill(0.57, 0.035, middle, toned(middle, 0.04), waves=1.3, bottom=0.69)
    brush.hill(0.65, 0.022, grass, toned(grass, -0.045), waves=0.9, bottom=0.83)
    near = toned(grass, -0.03)
    brush.hill(0.8, 0.018, near, toned(near, -0.1), waves=1.1)
    _tufts(brush, toned(grass, -0.1), toned(grass, 0.06))


def _tufts(brush: Brush, dark: str, light: str) -> None:
    """Blades of grass, bigger towards the front."""
    for row in range(5):
        y = 0.71 + 0.062 * row
        size = brush.unit * (0.7 + 0.38 * row)
        count = 9 - row
        for k in range(count):
            x = (k + brush.chance.uniform(0.15, 0.85)) / count
            place = x, y + brush.chance.uniform(-0.02, 0.02)
            _tuft(brush, place, size, dark if (k + row) % 3 else light)


def _tuft(brush: Brush, place: tuple[float, float], size: float, fill: str) -> None:
    x, y = place
    wide, high = size / brush.width, 2.4 * size / brush.height
    for lean, tall in ((-1.1, 0.75), (0.0, 1.0), (1.1, 0.7)):
        tip = (x + lean * wide, y - tall * high)
        brush.area([(x - 0.3 * wide + 0.3 * lean * wide, y), tip,
                    (x + 0.3 * wide + 0.3 * lean * wide, y)], fill, 0.75)  # fmt: skip


def snow(brush: Brush, background: Background) -> None:
    """Snowy slopes under a pale winter sky."""
    sky = background.colour or "#9cc7e8"
    white = background.second or "#f4f9fd"
    brush.bands(sky, toned(sky, 0.12, 0.4), bottom=0.63)
    brush.glow(0.3, 0.46, 0.36, "#ffffff", 0.28)
    _peaks(brush, toned(sky, -0.03, 0.75), white)
    blue = toned(white, -0.09, 2.6)
    brush.hill(0.56, 0.03, toned(blue, 0.03), blue, waves=1.5, bottom=0.69)
    brush.hill(0.65, 0.025, white, toned(white, -0.04, 1.8), waves=1, bottom=0.86)
    brush.hill(0.82, 0.02, white, toned(white, -0.05, 1.6), waves=0.8)


def _peaks(brush: Brush, stone: str, white: str) -> None:
    """A far range with white tops."""
    count = max(3, round(3.2 * brush.width / brush.height))
    step = 1.0 / count
    for k in range(-1, count + 1):
        x = (k + 0.5 + brush.chance.uniform(-0.2, 0.2)) * step
        top = brush.chance.uniform(0.34, 0.46)
        half = step * brush.chance.uniform(0.75, 1.0)
        brush.area([(x - half, 0.62), (x, top), (x + half, 0.62)], stone)
        cap = 0.32
        low = top + cap * (0.62 - top)
        brush.area(
            [(x, top), (x + cap * half, low), (x + 0.12 * half, low - 0.02),
             (x - 0.05 * half, low + 0.018), (x - 0.16 * half, low - 0.015),
             (x - cap * half, low)], white, 0.9)  # fmt: skip


def desert(brush: Brush, background: Background) -> None:
    """Dunes, lit from one side, under a warm sky."""
    sky = background.colour or "#7cc4ea"
    sand = background.second or "#eebd6d"
    brush.bands(sky, toned(sky, 0.1, 0.45), "#fdecc8", bottom=0.58)
    brush.glow(0.25, 0.5, 0.36, "#fff1cf", 0.3)
    far = toned(sand, 0.0, 0.75, -14)
    brush.hill(0.52, 0.03, far, toned(far, 0.06), waves=1.4, bottom=0.63)
    brush.hill(0.58, 0.03, toned(sand, 0.03), sand, waves=1.1, bottom=0.73)
    brush.hill(0.68, 0.03, toned(sand, 0.05), toned(sand, -0.01), waves=0.8, bottom=0.87)
    near = toned(sand, -0.015, 1.05, -3)
    brush.hill(0.82, 0.025, near, toned(near, -0.08), waves=0.9)
