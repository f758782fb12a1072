"""The twelve plain shapes, each of one tone."""

from __future__ import annotations

import math

from maquette.training.world.drawing.parts import (
    Part,
    Point,
    Thing,
    ellipse,
    fit,
    path,
    polygon,
    rect,
)
from maquette.training.world.drawing.parts import rounded as _rounded


def _soft(points: list[Point], radius: float = 3.0) -> Part:
    """Fill a polygon with slightly rounded corners that touches all four edges."""
    return polygon(fit(_rounded(fit(points), radius)))


def _regular(corners: int, turn: float = 0.0) -> list[Point]:
    """List the corners of a regular polygon; the first is up, turned by ``turn`` radians."""
    angles = (2 * math.pi * i / corners + turn for i in range(corners))
    return [(math.sin(a), -math.cos(a)) for a in angles]


def _shape(name: str, part: Part, aspect: float = 1.0, stretch: float = 1.06) -> Thing:
    plural = f"{name}es" if name.endswith("s") else f"{name}s"
    return Thing(name, plural, (part,), aspect, stretch, kind="shape")


_ARM = 33.0
"""Width of an arm of the cross, and of the band of the ring at its sides, in unit boxes."""
_BAND = 22.0
_HEART = (
    "M50,100 C42,90 0,66 0,28 C0,10 12,0 26,0 C37,0 46,7 50,17"
    " C54,7 63,0 74,0 C88,0 100,10 100,28 C100,66 58,90 50,100 Z"
)
_RING = (
    "M50,0 A50,50 0 1 1 50,100 A50,50 0 1 1 50,0 Z"
    f" M50,{_BAND} A{50 - _BAND},{50 - _BAND} 0 1 0 50,{100 - _BAND}"
    f" A{50 - _BAND},{50 - _BAND} 0 1 0 50,{_BAND} Z"
)
_CROSS = [
    (_ARM, 0.0),
    (100 - _ARM, 0.0),
    (100 - _ARM, _ARM),
    (100.0, _ARM),
    (100.0, 100 - _ARM),
    (100 - _ARM, 100 - _ARM),
    (100 - _ARM, 100.0),
    (_ARM, 100.0),
    (_ARM, 100 - _ARM),
    (0.0, 100 - _ARM),
    (0.0, _ARM),
    (_ARM, _ARM),
]
_ARROW = [
    (0.0, 30.0),
    (55.0, 30.0),
    (55.0, 0.0),
    (100.0, 50.0),
    (55.0, 100.0),
    (55.0, 70.0),
    (0.0, 70.0),
]

SHAPES: tuple[Thing, ...] = (
    _shape("circle", ellipse(50, 50, 50, 50), 1.0, 1.04),
    _shape("oval", ellipse(50, 50, 50, 50), 1.55, 1.12),
    _shape("square", rect(0, 0, 100, 100), 1.0, 1.04),
    _shape("rectangle", rect(0, 0, 100, 100), 1.65, 1.15),
    _shape("triangle", _soft([(50, 0), (100, 100), (0, 100)]), 1.1, 1.12),
    _shape("diamond", _soft([(50, 0), (100, 50), (50, 100), (0, 50)]), 0.78, 1.1),
    _shape("pentagon", _soft(_regular(5)), 1.05),
    _shape("hexagon", _soft(_regular(6, math.pi / 6)), 1.15),
    _shape("cross", polygon(_CROSS)),
    _shape("heart", path(_HEART), 1.1, 1.1),
    _shape("ring", path(_RING), 1.0, 1.04),
    _shape("arrow", _soft(_ARROW, 4.0), 1.35, 1.12),
)
"""Aspects of circle and oval, and of square and rectangle, never overlap."""
