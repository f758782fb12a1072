"""Simple landscapes of three flat layers each, in many variants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from maquette.training.world.drawing.raster import SIDE, document, index_fill, labels
from maquette.words.colours import Rgb

VARIANTS = 24
"""Every landscape has this many shapes of its layers."""
_MAP_PX = 100
Layer = Callable[[np.random.Generator], str]
"""Draws the outline of a layer as SVG path data."""


@dataclass(frozen=True)
class Landscape:
    """A sky and layers in front of it."""

    name: str
    colours: tuple[Rgb, ...]
    """Of the sky and of each layer, back to front."""
    layers: tuple[Layer, ...]
    """One fewer than colours."""


def _hills(base: float, height: float, waves: float) -> Layer:
    """Rolling ground whose crest is near ``base`` (fraction from the top)."""

    def draw(rng: np.random.Generator) -> str:
        phase, share = rng.uniform(0, 2 * np.pi, 2), rng.uniform(0.5, 0.9)
        shift = rng.uniform(-0.04, 0.04)
        x = np.linspace(0, 1, 41)
        wave = share * np.sin(2 * np.pi * waves * x + phase[0])
        wave += (1 - share) * np.sin(4.7 * np.pi * waves * x + phase[1])
        return _ground(x, base + shift - height * wave)

    return draw


def _level(base: float) -> Layer:
    """Flat ground, as the sea."""

    def draw(rng: np.random.Generator) -> str:
        y = base + rng.uniform(-0.04, 0.04)
        return _ground(np.array([0.0, 1.0]), np.array([y, y]))

    return draw


def _peaks(base: float, height: float, count: int) -> Layer:
    """A chain of pointed mountains."""

    def draw(rng: np.random.Generator) -> str:
        x = np.linspace(-0.1, 1.1, 2 * count + 1) + rng.uniform(-0.03, 0.03, 2 * count + 1)
        high = rng.uniform(0.6, 1.0, 2 * count + 1) * height
        high[::2] = rng.uniform(0.0, 0.25, count + 1) * height
        return _ground(x, base - high)

    return draw


def _skyline(base: float, height: float, count: int) -> Layer:
    """Flat-roofed buildings side by side."""

    def draw(rng: np.random.Generator) -> str:
        edges = np.linspace(0, 1, count + 1)
        edges[1:-1] += rng.uniform(-0.25, 0.25, count - 1) / count
        tops = base - height * rng.uniform(0.15, 1.0, count)
        return _ground(np.repeat(edges, 2)[1:-1], np.repeat(tops, 2))

    return draw


def _ground(x: np.ndarray, y: np.ndarray) -> str:
    points = "L".join(f"{SIDE * a:.1f},{SIDE * b:.1f}" for a, b in zip(x, y, strict=True))
    return f"M{SIDE * x[0]:.1f},1000L{points}L{SIDE * x[-1]:.1f},1000Z"


LANDSCAPES: dict[str, Landscape] = {
    landscape.name: landscape
    for landscape in (
        Landscape(
            "meadow",
            ((206, 230, 248), (188, 224, 172), (158, 208, 132)),
            (_hills(0.58, 0.07, 1.0), _hills(0.76, 0.05, 0.8)),
        ),
        Landscape(
            "sea",
            ((222, 238, 250), (120, 184, 216), (246, 228, 184)),
            (_level(0.5), _hills(0.84, 0.03, 0.7)),
        ),
        Landscape(
            "desert",
            ((252, 240, 214), (242, 214, 160), (230, 190, 126)),
            (_hills(0.6, 0.07, 0.8), _hills(0.78, 0.06, 0.7)),
        ),
        Landscape(
            "snow",
            ((186, 208, 234), (220, 232, 244), (246, 250, 253)),
            (_hills(0.55, 0.07, 0.9), _hills(0.74, 0.05, 0.8)),
        ),
        Landscape(
            "night",
            ((30, 42, 84), (24, 62, 84), (18, 48, 52)),
            (_hills(0.62, 0.07, 0.9), _hills(0.78, 0.05, 0.8)),
        ),
        Landscape(
            "city",
            ((228, 220, 246), (202, 198, 228), (176, 178, 208)),
            (_skyline(0.72, 0.36, 9), _skyline(0.86, 0.22, 7)),
        ),
        Landscape(
            "mountains",
            ((250, 232, 220), (198, 206, 226), (178, 214, 176)),
            (_peaks(0.72, 0.4, 3), _hills(0.76, 0.03, 0.8)),
        ),
    )
}
"""Every landscape by name."""


@lru_cache(maxsize=1024)
def outlines(name: str, variant: int) -> tuple[str, ...]:
    """Draw the layers of a landscape in front of its sky, back to front, as SVG path data."""
    rng = np.random.default_rng((list(LANDSCAPES).index(name), variant))
    return tuple(layer(rng) for layer in LANDSCAPES[name].layers)


@lru_cache(maxsize=1024)
def layer_map(name: str, variant: int) -> np.ndarray:
    """Tell which layer each place shows: int array (100, 100), 0 is the sky."""
    layers = "".join(
        f'<path d="{d}" fill="{index_fill(i)}"/>' for i, d in enumerate(outlines(name, variant), 1)
    )
    svg = document(f'<rect width="1000" height="1000" fill="{index_fill(0)}"/>{layers}', crisp=True)
    return labels(svg, _MAP_PX)


def touched(name: str, variant: int, box: tuple[float, float, float, float]) -> tuple[Rgb, ...]:
    """List the colours of the layers that a box (xyxy fractions) meets."""
    x0, y0 = (max(0, int(np.floor(v * _MAP_PX)) - 1) for v in box[:2])
    x1, y1 = (int(np.ceil(v * _MAP_PX)) + 1 for v in box[2:])
    found = np.unique(layer_map(name, variant)[y0:y1, x0:x1])
    return tuple(LANDSCAPES[name].colours[i] for i in found)
