"""What drawings are made of: filled SVG elements whose tones follow from one body colour."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from maquette.training.world.colours import COLOURS, distance
from maquette.words.colours import Rgb, mix

UNIT = 100.0
"""Side of the box that drawings are written in."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Part:
    """One filled SVG element of a drawing."""

    element: str
    """SVG element with a ``{fill}`` slot, in unit-box coordinates."""
    tone: str = "body"
    """Key of ``TONES``."""


@dataclass(frozen=True)
class Thing:
    """A drawable noun."""

    name: str
    """The noun, singular."""
    plural: str
    """The noun, plural."""
    parts: tuple[Part, ...]
    """Painted in order."""
    aspect: float = 1.0
    """Natural width / height."""
    stretch: float = 1.06
    """The aspect may vary by this factor either way and the noun still fits."""
    kind: Literal["shape", "drawn"] = "drawn"
    """A plain shape of one tone, or a thing drawn from shapes."""


def _wood(body: Rgb) -> Rgb:
    wood = (110, 72, 44)
    return wood if distance(wood, body) > 0.12 else mix(body, (0, 0, 0), 0.45)


def _pollen(body: Rgb) -> Rgb:
    pollen = COLOURS["yellow"]
    return pollen if distance(pollen, body) > 0.15 else (196, 110, 30)


def _eye(body: Rgb) -> Rgb:
    return (250, 250, 250) if distance(body, (250, 250, 250)) > 0.3 else (40, 40, 46)


def _ivory(body: Rgb) -> Rgb:
    ivory = (245, 232, 208)
    return ivory if distance(ivory, body) > 0.14 else (196, 172, 138)


def _dark(body: Rgb) -> Rgb:
    if distance(body, (0, 0, 0)) > 0.35:
        return mix(body, (0, 0, 0), 0.38)
    return mix(body, (255, 255, 255), 0.3)


def _light(body: Rgb) -> Rgb:
    if distance(body, (255, 255, 255)) > 0.25:
        return mix(body, (255, 255, 255), 0.6)
    return mix(body, (90, 110, 140), 0.3)


TONES: dict[str, Callable[[Rgb], Rgb]] = {
    "body": lambda body: body,
    "dark": _dark,
    "light": _light,
    "wood": _wood,
    "pollen": _pollen,
    "ivory": _ivory,
    "eye": _eye,
    "tyre": lambda body: (44, 44, 50) if distance(body, (44, 44, 50)) > 0.12 else (96, 98, 104),
}
"""Tone name to the rule that derives its colour from the body colour."""


def polygon(points: list[Point], tone: str = "body") -> Part:
    """Fill a polygon."""
    text = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    return Part(f'<polygon points="{text}" {{fill}}/>', tone)


def ellipse(cx: float, cy: float, rx: float, ry: float, tone: str = "body") -> Part:
    """Fill an upright ellipse."""
    return Part(f'<ellipse cx="{cx}" cy="{cy}" rx="{rx}" ry="{ry}" {{fill}}/>', tone)


def rect(x: float, y: float, w: float, h: float, tone: str = "body") -> Part:
    """Fill an upright rectangle."""
    return Part(f'<rect x="{x}" y="{y}" width="{w}" height="{h}" {{fill}}/>', tone)


def path(d: str, tone: str = "body") -> Part:
    """Fill a path; holes follow the even-odd rule."""
    return Part(f'<path d="{d}" fill-rule="evenodd" {{fill}}/>', tone)


def fit(points: list[Point]) -> list[Point]:
    """Stretch points so that they touch all four edges of the unit box."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return [
        (
            UNIT * (x - min(xs)) / (max(xs) - min(xs)),
            UNIT * (y - min(ys)) / (max(ys) - min(ys)),
        )
        for x, y in points
    ]


def spikes(count: int, inner: float) -> list[Point]:
    """List the corners of a star with ``count`` spikes, first one up, radii 1 and ``inner``."""
    points = []
    for i in range(2 * count):
        radius = 1.0 if i % 2 == 0 else inner
        angle = math.pi * i / count
        points.append((radius * math.sin(angle), -radius * math.cos(angle)))
    return points


def rounded(points: list[Point], radius: float, steps: int = 4) -> list[Point]:
    """Round the corners of a polygon, each by a quadratic curve.

    Args:
        points: corners in order.
        radius: how far from the corner, along both edges, the curve begins; at most 45 %
            of an edge is used.
        steps: straight pieces a curve is made of.
    """
    smooth: list[Point] = []
    for i, corner in enumerate(points):
        start = _towards(corner, points[i - 1], radius)
        end = _towards(corner, points[(i + 1) % len(points)], radius)
        for k in range(steps + 1):
            t = k / steps
            a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
            smooth.append(
                (
                    a * start[0] + b * corner[0] + c * end[0],
                    a * start[1] + b * corner[1] + c * end[1],
                )
            )
    return smooth


def _towards(a: Point, b: Point, length: float) -> Point:
    share = min(0.45, length / math.dist(a, b))
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
