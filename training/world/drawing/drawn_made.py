"""Things that people make, drawn from shapes."""

from __future__ import annotations

from maquette.training.world.drawing.parts import Thing, ellipse, fit, path, polygon, rect, rounded

_EAVES = 34.0
"""Where the roof of the house ends."""
_ROOF = fit(rounded([(50.0, 0.0), (100.0, _EAVES), (0.0, _EAVES)], 4))
_CAR = (
    "M8,80 Q0,80 0,70 L0,54 Q0,42 10,40 L20,38 L32,10 Q36,0 46,0 L62,0 Q71,0 75,8"
    " L86,38 Q100,42 100,56 L100,72 Q100,80 92,80 Z"
)
_UMBRELLA = (
    "M0,52 C0,22 22,4 50,4 C78,4 100,22 100,52 Q92,42 83,52 Q75,42 66.5,52 Q58,42 50,52"
    " Q42,42 33.5,52 Q25,42 17,52 Q8,42 0,52 Z"
)

MADE: tuple[Thing, ...] = (
    Thing(
        "house",
        "houses",
        (
            rect(7, _EAVES, 86, 100 - _EAVES),
            polygon([(x, y * _EAVES / 100) for x, y in _ROOF], "dark"),
            rect(59, 66, 16, 34, "dark"),
            rect(23, 52, 18, 17, "light"),
        ),
        1.0,
        1.12,
    ),
    Thing(
        "boat",
        "boats",
        (
            rect(46, 0, 6, 70, "wood"),
            polygon([(55, 4), (94, 56), (55, 56)]),
            polygon([(43, 14), (43, 56), (10, 56)], "light"),
            path(
                "M4,62 L96,62 Q102,62 99,69 C94,88 88,100 76,100 L24,100"
                " C12,100 6,88 1,69 Q-2,62 4,62 Z"
            ),
        ),
        1.1,
        1.12,
    ),
    Thing(
        "balloon",
        "balloons",
        (
            path("M48,74 L52,74 C57,82 45,90 52,100 L48,100 C41,90 53,82 48,74 Z", "dark"),
            polygon([(50, 68), (61, 79), (39, 79)], "dark"),
            ellipse(50, 37, 50, 37),
            ellipse(31, 24, 8, 9, "light"),
        ),
        0.66,
        1.08,
    ),
    Thing(
        "cup",
        "cups",
        (
            path(
                "M66,22 L78,22 C93,22 100,34 100,46 C100,60 90,74 64,76 L66,64"
                " C80,62 88,56 88,46 C88,38 84,34 78,34 L66,34 Z",
                "dark",
            ),
            path("M0,0 L76,0 L72,86 Q71,100 58,100 L18,100 Q5,100 4,86 Z"),
            ellipse(38, 6, 33, 6, "light"),
        ),
        1.1,
        1.08,
    ),
    Thing(
        "car",
        "cars",
        (
            path(_CAR),
            path("M40,12 L52,12 L52,38 L30,38 Z", "light"),
            path("M57,12 L66,12 L76,38 L57,38 Z", "light"),
            ellipse(24, 80, 12, 20, "tyre"),
            ellipse(76, 80, 12, 20, "tyre"),
            ellipse(24, 80, 4.5, 7.5, "light"),
            ellipse(76, 80, 4.5, 7.5, "light"),
        ),
        1.7,
        1.12,
    ),
    Thing(
        "umbrella",
        "umbrellas",
        (
            rect(47, 0, 6, 12, "wood"),
            path(
                "M47,44 L53,44 L53,88 Q53,100 41,100 Q29,100 29,86 L35,86"
                " Q35,93 41,93 Q47,93 47,87 Z",
                "wood",
            ),
            path(_UMBRELLA),
        ),
        0.98,
        1.1,
    ),
    Thing(
        "rocket",
        "rockets",
        (
            polygon([(30, 58), (30, 86), (3, 97), (0, 94), (0, 82)], "dark"),
            polygon([(70, 58), (70, 86), (97, 97), (100, 94), (100, 82)], "dark"),
            path("M36,84 L64,84 Q62,94 52,100 L48,100 Q38,94 36,84 Z", "pollen"),
            path(
                "M47,1 Q50,-1 53,1 C74,16 84,36 81,60 Q79,76 74,86 L26,86"
                " Q21,76 19,60 C16,36 26,16 47,1 Z"
            ),
            ellipse(50, 40, 13, 9, "light"),
        ),
        0.6,
        1.08,
    ),
)
"""Painted mostly in the named colour."""
