"""What outsiders are drawn with: smooth noise, colours, SVG.

Every function takes a numpy Generator; the same state gives the same picture.
"""

from __future__ import annotations

import numpy as np

from maquette.training.world.colours import BACKGROUNDS, COLOURS
from maquette.training.world.drawing.render import rasterise
from maquette.words.colours import hex_code

SIDE_PX = 256


def noise(rng: np.random.Generator, cells: int, side: int = SIDE_PX) -> np.ndarray:
    """Smooth noise, float (side, side) in [0, 1]: random values on a grid, blended."""
    grid = rng.random((cells + 2, cells + 2))
    at = np.linspace(0, cells, side, endpoint=False)
    low, share = at.astype(int), at - at.astype(int)
    share = share * share * (3 - 2 * share)
    rows = grid[low] * (1 - share)[:, None] + grid[low + 1] * share[:, None]
    return rows[:, low] * (1 - share) + rows[:, low + 1] * share


def clouds(rng: np.random.Generator, octaves: int = 6, roughness: float = 0.55) -> np.ndarray:
    """Noise over several scales, float (side, side) in [0, 1]."""
    scales = (roughness**k * noise(rng, 2 ** (k + 1)) for k in range(octaves))
    total = sum(scales, np.zeros((SIDE_PX, SIDE_PX)))
    return (total - total.min()) / max(float(np.ptp(total)), 1e-9)


def grid() -> tuple[np.ndarray, np.ndarray]:
    """Coordinates x and y of the pixels, -1 to 1, each (side, side)."""
    line = np.linspace(-1, 1, SIDE_PX)
    x, y = np.meshgrid(line, line)
    return x, y


def ramp(rng: np.random.Generator, values: np.ndarray, stops: int = 4) -> np.ndarray:
    """Colour values in [0, 1] by a random blend of colours: float (side, side, 3) in [0, 1]."""
    colours = rng.random((stops, 3))
    places = np.linspace(0, 1, stops)
    return np.stack([np.interp(values, places, colours[:, c]) for c in range(3)], axis=-1)


def as_bytes(values: np.ndarray) -> np.ndarray:
    """Float [0, 1] to uint8."""
    return (np.clip(values, 0, 1) * 255).round().astype(np.uint8)


def code(rng: np.random.Generator) -> str:
    """Any colour as ``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*rng.integers(0, 256, 3))


def ink(rng: np.random.Generator) -> str:
    """One of the world's colours of things, as ``#rrggbb``."""
    codes = [hex_code(rgb) for rgb in COLOURS.values()]
    return codes[rng.integers(len(codes))]


def inks(rng: np.random.Generator, count: int) -> list[str]:
    """Different colours of the world's things."""
    codes = [hex_code(rgb) for rgb in COLOURS.values()]
    return [codes[i] for i in rng.choice(len(codes), count, replace=False)]


def ground(rng: np.random.Generator) -> str:
    """One of the world's colours of plain backgrounds, as ``#rrggbb``."""
    grounds = [hex_code(rgb) for rgb in BACKGROUNDS.values()]
    return grounds[rng.integers(len(grounds))]


def paint(body: str, ground: str) -> np.ndarray:
    """Draw SVG elements on a square of 1000 by 1000 units: uint8 (side, side, 3)."""
    return rasterise(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1000" width="1000"'
        f' height="1000"><rect width="1000" height="1000" fill="{ground}"/>{body}</svg>',
        SIDE_PX,
    )


def path(points: np.ndarray, fill: str, more: str = "", closed: bool = True) -> str:
    """An SVG path through points (n, 2), in units."""
    steps = " L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<path d="M{steps}{"Z" if closed else ""}" fill="{fill}" {more}/>'
