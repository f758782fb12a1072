"""Made places: a city street, and a room."""

from __future__ import annotations

from maquette.tools.art.scene import Background
from maquette.tools.art.scenery.brush import Brush, toned
from maquette.tools.art.scenery.zones import Zones

CITY = Zones(sky=(0.0, 0.5), ground=(0.8, 0.97))
ROOM = Zones(sky=(0.0, 0.6), ground=(0.78, 0.97))


def city(brush: Brush, background: Background) -> None:
    """Rows of houses in the haze behind a pavement and a street."""
    sky = background.colour or "#a9d5f2"
    stone = background.second or "#8aa0b8"
    brush.bands(sky, toned(sky, 0.1, 0.4), "#fdf1de", bottom=0.72)
    _houses(brush, toned(stone, 0.14, 0.8), None, (0.2, 0.44), 0.085)
    _houses(brush, toned(stone, 0.05), toned(stone, 0.16, 0.8), (0.3, 0.54), 0.13)
    brush.sheet("#cfd3d8", 0.74, 0.8)
    brush.sheet("#b3b9c1", 0.8, 0.812)
    brush.bands("#7d848e", "#6a717b", top=0.812)
    wide = 0.1 * brush.height / brush.width
    x = -0.3 * wide
    while x < 1:
        brush.area([(x, 0.915), (x + wide, 0.915), (x + 0.94 * wide, 0.93), (x - 0.1 * wide, 0.93)],
                   "#eceef0", 0.85)  # fmt: skip
        x += 2 * wide


def _houses(
    brush: Brush, wall: str, window: str | None, tops: tuple[float, float], width: float
) -> None:
    """One row of fronts side by side, down to the pavement."""
    x = -brush.chance.uniform(0, width)
    share = brush.height / brush.width
    while x < 1:
        wide = width * brush.chance.uniform(0.8, 1.35) * (0.5 + 0.5 * share)
        top = brush.chance.uniform(*tops)
        shade = toned(wall, brush.chance.uniform(-0.03, 0.03))
        brush.block(x, top, wide + 0.002, 0.75 - top, shade)
        if window:
            _windows(brush, (x, top, wide), window)
        x += wide


def _windows(brush: Brush, front: tuple[float, float, float], fill: str) -> None:
    x, top, wide = front
    columns = 3
    cell = wide / (columns + 0.6)
    high = cell * brush.width / brush.height
    rows = int((0.72 - top) / (high * 1.25))
    for row in range(rows):
        for column in range(columns):
            left = x + (column + 0.5) * cell
            brush.block(left, top + (row + 0.45) * high * 1.25, cell * 0.6, high * 0.7, fill)


def room(brush: Brush, background: Background) -> None:
    """A wall with a soft pattern over a floor of boards."""
    wall = background.colour or "#f3dfc4"
    floor = background.second or "#b9824f"
    brush.bands(toned(wall, 0.015), toned(wall, -0.03), bottom=0.7)
    stripe = 0.07 * brush.height / brush.width
    x = stripe / 2
    while x < 1:
        brush.area([(x, 0), (x + stripe, 0), (x + stripe, 0.7), (x, 0.7)], toned(wall, -0.2), 0.07)
        x += 2 * stripe
    brush.sheet(toned(wall, 0.05, 0.4), 0.685, 0.715)
    brush.sheet(toned(wall, -0.1), 0.715, 0.72)
    brush.bands(toned(floor, -0.02), toned(floor, 0.05), top=0.72)
    _boards(brush, toned(floor, -0.07))


def _boards(brush: Brush, line: str) -> None:
    """Joints of the floor boards, running towards the middle of the wall."""
    count = max(6, round(9 * brush.width / brush.height))
    for k in range(-count, 2 * count + 1):
        near, far = k / count, 0.5 + (k / count - 0.5) * 0.55
        half = 0.0022
        brush.area(
            [(far - half / 2, 0.72), (far + half / 2, 0.72), (near + half, 1), (near - half, 1)],
            line,
        )
