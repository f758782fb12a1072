"""Scenes as plain data: what is where, in which colour, on which background.

Positions are fractions of the picture, origin at the top left, boxes ``xyxy``.
A scene is the whole truth about its picture; everything else is derived from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from maquette.training.world.colours import BACKGROUNDS, COLOURS, Rgb
from maquette.training.world.things import THINGS

Box = tuple[float, float, float, float]
RELATIONS = ("left of", "right of", "above", "below")
OPPOSITE = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}


@dataclass(frozen=True)
class Placed:
    """One thing in one colour at one place."""

    thing: str
    """Key of ``THINGS``."""
    colour: str
    """Key of ``COLOURS``."""
    box: Box
    """xyxy fractions; the drawing touches all four edges."""

    def __post_init__(self) -> None:
        if self.thing not in THINGS:
            raise ValueError(f"no thing named {self.thing!r}; known: {', '.join(THINGS)}")
        if self.colour not in COLOURS:
            raise ValueError(f"no colour named {self.colour!r}; known: {', '.join(COLOURS)}")
        x0, y0, x1, y1 = self.box
        if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
            raise ValueError(f"box {self.box!r} is not xyxy fractions with x0 < x1 and y0 < y1")

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the box, as fractions."""
        x0, y0, x1, y1 = self.box
        return (x0 + x1) / 2, (y0 + y1) / 2

    @property
    def pair(self) -> tuple[str, str]:
        """The colour-thing pair."""
        return self.colour, self.thing


@dataclass(frozen=True)
class Background:
    """One colour, or two that blend from top to bottom."""

    top: str
    """Key of ``BACKGROUNDS``."""
    bottom: str
    """Key of ``BACKGROUNDS``; equal to ``top`` for a plain background."""

    @property
    def plain(self) -> bool:
        """Whether the background is one flat colour."""
        return self.top == self.bottom

    @property
    def colours(self) -> tuple[Rgb, Rgb]:
        """Top and bottom colour, sRGB bytes."""
        return BACKGROUNDS[self.top], BACKGROUNDS[self.bottom]


@dataclass(frozen=True)
class Scene:
    """A picture before it is drawn."""

    things: tuple[Placed, ...]
    background: Background


@dataclass(frozen=True)
class Relation:
    """``things[subject]`` stands in relation ``name`` to ``things[other]``."""

    subject: int
    name: str
    other: int


def holds(a: Box, name: str, b: Box) -> bool:
    """Tell whether box ``a`` lies wholly on the named side of box ``b``.

    Raises: ValueError: if the relation is unknown.
    """
    if name == "left of":
        return a[2] <= b[0]
    if name == "right of":
        return b[2] <= a[0]
    if name == "above":
        return a[3] <= b[1]
    if name == "below":
        return b[3] <= a[1]
    raise ValueError(f"no relation named {name!r}; known: {', '.join(RELATIONS)}")


def relations(scene: Scene) -> list[Relation]:
    """List every relation that holds in a scene, over ordered pairs of things."""
    return [
        Relation(i, name, j)
        for i, a in enumerate(scene.things)
        for j, b in enumerate(scene.things)
        if i != j
        for name in RELATIONS
        if holds(a.box, name, b.box)
    ]
