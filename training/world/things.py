"""The things of the world as vector drawings in a unit box.

Each drawing lives in a box of 100 by 100 units and touches all four of its edges, so
the box a thing is given is exactly the box its pixels fill. A part has a tone: most
of the area is ``body``, painted in the named colour; the other tones follow from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from maquette.training.world.colours import COLOURS, Rgb, distance, mix

UNIT = 100.0
"""Side of the box that drawings are written in."""


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


def _trunk(body: Rgb) -> Rgb:
    wood = (110, 72, 44)
    return wood if distance(wood, body) > 0.12 else mix(body, (0, 0, 0), 0.45)


def _heart_of_flower(body: Rgb) -> Rgb:
    pollen = COLOURS["yellow"]
    return pollen if distance(pollen, body) > 0.15 else (196, 110, 30)


def _eye(body: Rgb) -> Rgb:
    return (250, 250, 250) if distance(body, (250, 250, 250)) > 0.3 else (40, 40, 46)


TONES: dict[str, Callable[[Rgb], Rgb]] = {
    "body": lambda body: body,
    "dark": lambda body: (
        mix(body, (0, 0, 0), 0.38)
        if distance(body, (0, 0, 0)) > 0.35
        else mix(body, (255, 255, 255), 0.3)
    ),
    "light": lambda body: (
        mix(body, (255, 255, 255), 0.6)
        if distance(body, (255, 255, 255)) > 0.25
        else mix(body, (90, 110, 140), 0.3)
    ),
    "trunk": _trunk,
    "pollen": _heart_of_flower,
    "eye": _eye,
}
"""Tone name to the rule that derives its colour from the body colour."""


def _polygon(points: list[tuple[float, float]], tone: str = "body") -> Part:
    text = " ".join(f"{x:.3f},{y:.3f}" for x, y in points)
    return Part(f'<polygon points="{text}" {{fill}}/>', tone)


def _ellipse(cx: float, cy: float, rx: float, ry: float, tone: str = "body") -> Part:
    return Part(f'<ellipse cx="{cx}" cy="{cy}" rx="{rx}" ry="{ry}" {{fill}}/>', tone)


def _rect(x: float, y: float, w: float, h: float, tone: str = "body") -> Part:
    return Part(f'<rect x="{x}" y="{y}" width="{w}" height="{h}" {{fill}}/>', tone)


def _path(d: str, tone: str = "body") -> Part:
    return Part(f'<path d="{d}" {{fill}}/>', tone)


def _fit(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretch points so that they touch all four edges of the unit box."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return [
        (
            UNIT * (x - min(xs)) / (max(xs) - min(xs)),
            UNIT * (y - min(ys)) / (max(ys) - min(ys)),
        )
        for x, y in points
    ]


def _spikes(count: int, inner: float) -> list[tuple[float, float]]:
    """List the corners of a star with ``count`` spikes, first one up."""
    points = []
    for i in range(2 * count):
        radius = 1.0 if i % 2 == 0 else inner
        angle = math.pi * i / count
        points.append((radius * math.sin(angle), -radius * math.cos(angle)))
    return points


_ROOF_CLEAR = 42.0

THINGS: dict[str, Thing] = {
    thing.name: thing
    for thing in (
        Thing("circle", "circles", (_ellipse(50, 50, 50, 50),)),
        Thing("square", "squares", (_rect(0, 0, 100, 100),)),
        Thing("triangle", "triangles", (_polygon([(50, 0), (100, 100), (0, 100)]),), 1.1, 1.15),
        Thing("star", "stars", (_polygon(_fit(_spikes(5, 0.42))),), 1.05),
        Thing(
            "heart",
            "hearts",
            (
                _path(
                    "M50,100 C42,90 0,66 0,28 C0,10 12,0 26,0 C37,0 46,7 50,17"
                    " C54,7 63,0 74,0 C88,0 100,10 100,28 C100,66 58,90 50,100 Z"
                ),
            ),
            1.1,
            1.1,
        ),
        Thing(
            "house",
            "houses",
            (
                _rect(10, _ROOF_CLEAR, 80, 100 - _ROOF_CLEAR),
                _polygon([(50, 0), (100, _ROOF_CLEAR), (0, _ROOF_CLEAR)], "dark"),
                _rect(56, 64, 20, 36, "dark"),
                _rect(22, 56, 20, 20, "light"),
            ),
            1.0,
            1.15,
        ),
        Thing(
            "tree",
            "trees",
            (
                _rect(43, 55, 14, 45, "trunk"),
                _ellipse(50, 36, 36, 36),
                _ellipse(25, 48, 25, 22),
                _ellipse(75, 48, 25, 22),
            ),
            0.8,
            1.15,
        ),
        Thing(
            "sun",
            "suns",
            (_polygon(_fit(_spikes(12, 0.7))), _ellipse(50, 50, 21, 21, "light")),
        ),
        Thing(
            "boat",
            "boats",
            (
                _rect(46.5, 0, 5, 70, "dark"),
                _polygon([(54, 6), (92, 58), (54, 58)], "light"),
                _polygon([(44, 16), (44, 58), (12, 58)], "light"),
                _path("M0,64 L100,64 C96,84 88,100 76,100 L24,100 C12,100 4,84 0,64 Z"),
                _polygon([(46.5, 0), (46.5, 12), (26, 6)], "body"),
            ),
            1.1,
            1.15,
        ),
        Thing(
            "moon",
            "moons",
            (
                _path(
                    "M68,0 C28,0 0,22 0,50 C0,78 28,100 68,100 C80,100 92,97 100,92"
                    " C66,90 44,74 44,50 C44,26 66,10 100,8 C92,3 80,0 68,0 Z"
                ),
            ),
            0.75,
            1.1,
        ),
        Thing(
            "cloud",
            "clouds",
            (
                _path(
                    "M20,100 C9,100 0,88 0,73 C0,58 8,47 19,46 C20,19 32,0 48,0"
                    " C60,0 69,10 73,26 C88,24 100,41 100,63 C100,85 92,100 80,100 Z"
                ),
            ),
            1.6,
            1.15,
        ),
        Thing(
            "flower",
            "flowers",
            (
                *(
                    _ellipse(
                        round(50 + 29.5 * math.sin(math.pi * i / 3), 3),
                        round(50 - 31 * math.cos(math.pi * i / 3), 3),
                        24.46,
                        19,
                    )
                    for i in range(6)
                ),
                _ellipse(50, 50, 18, 18, "pollen"),
            ),
        ),
        Thing(
            "fish",
            "fish",
            (
                _ellipse(36, 50, 36, 50),
                _polygon([(62, 50), (100, 4), (92, 50), (100, 96)]),
                _ellipse(20, 40, 5, 8, "eye"),
            ),
            1.55,
            1.15,
        ),
    )
}
"""Every thing by name."""


def draw(thing: Thing, body: Rgb, flat: str | None = None) -> str:
    """Write a thing as SVG elements in the unit box.

    Args:
        thing: what to draw.
        body: colour of its body, sRGB bytes.
        flat: if given, this fill for every part (used for masks).
    """
    return "".join(
        part.element.format(
            fill=f'fill="{flat}"'
            if flat
            else 'fill="#{:02x}{:02x}{:02x}"'.format(*TONES[part.tone](body))
        )
        for part in thing.parts
    )
