"""Things of sky, garden and water, drawn from shapes."""

from __future__ import annotations

import math

from maquette.training.world.drawing.parts import (
    Thing,
    ellipse,
    fit,
    path,
    polygon,
    rect,
    rounded,
    spikes,
)

_SUN_RAYS = fit(rounded(spikes(10, 0.66), 0.09, 2))
_STAR = fit(rounded(spikes(5, 0.46), 0.1))
_MOON = (
    "M66,0 C26,0 0,22 0,50 C0,78 26,100 66,100 C82,100 94,96 99,90 Q102,85 94,84"
    " C64,78 46,66 46,50 C46,34 64,22 94,16 Q102,15 99,10 C94,4 82,0 66,0 Z"
)
_CLOUD = (
    "M20,100 C9,100 0,88 0,73 C0,58 8,47 19,46 C20,19 32,0 48,0"
    " C60,0 69,10 73,26 C88,24 100,41 100,63 C100,85 92,100 80,100 Z"
)
_CAP = "M50,0 C80,0 100,22 100,46 C100,56 96,60 88,60 L12,60 C4,60 0,56 0,46 C0,22 20,0 50,0 Z"
_TAIL = "M60,50 C70,44 80,26 92,5 Q97,-1 99,6 C95,22 92,36 92,50 C92,64 95,78 99,94 Q97,101 92,95"

OUTDOORS: tuple[Thing, ...] = (
    Thing("sun", "suns", (polygon(_SUN_RAYS), ellipse(50, 50, 22, 22, "light"))),
    Thing("star", "stars", (polygon(_STAR),), 1.05),
    Thing("moon", "moons", (path(_MOON),), 0.78, 1.1),
    Thing("cloud", "clouds", (path(_CLOUD),), 1.6, 1.15),
    Thing(
        "tree",
        "trees",
        (
            rect(42, 55, 16, 45, "wood"),
            ellipse(50, 36, 36, 36),
            ellipse(25, 48, 25, 22),
            ellipse(75, 48, 25, 22),
        ),
        0.8,
        1.15,
    ),
    Thing(
        "flower",
        "flowers",
        (
            *(
                ellipse(
                    round(50 + 29.5 * math.sin(math.pi * i / 3), 3),
                    round(50 - 31 * math.cos(math.pi * i / 3), 3),
                    24.46,
                    19,
                )
                for i in range(6)
            ),
            ellipse(50, 50, 18, 18, "pollen"),
        ),
    ),
    Thing(
        "fish",
        "fish",
        (
            path(_TAIL + " C80,74 70,56 60,50 Z", "dark"),
            ellipse(38, 50, 38, 50),
            ellipse(20, 38, 6, 9, "eye"),
        ),
        1.5,
        1.12,
    ),
    Thing(
        "mushroom",
        "mushrooms",
        (
            path(
                "M34,52 L66,52 C66,70 68,84 72,92 Q75,100 66,100 L34,100"
                " Q25,100 28,92 C32,84 34,70 34,52 Z",
                "ivory",
            ),
            path(_CAP),
            ellipse(30, 34, 8, 9, "light"),
            ellipse(54, 19, 8, 8, "light"),
            ellipse(75, 38, 8, 9, "light"),
        ),
        1.0,
        1.12,
    ),
)
"""Painted mostly in the named colour."""
