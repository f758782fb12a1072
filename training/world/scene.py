"""Scenes as plain data: what is where, in which colour, on which background.

Positions are fractions of the picture, origin at the top left, boxes ``xyxy``.
A scene is the whole truth about its picture; everything else is derived from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maquette.training.world.colours import COLOURS
from maquette.training.world.drawing.background import Background
from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.overlap import hidden_share, holds_box, meets
from maquette.training.world.printed import PrintedWord
from maquette.training.world.sizes import size_of
from maquette.training.world.things import SHAPES, THINGS

__all__ = [
    "OPPOSITE",
    "RELATIONS",
    "SIDES",
    "Background",
    "Box",
    "Placed",
    "PrintedWord",
    "Relation",
    "Scene",
    "holds",
    "relations",
    "scene_from_json",
]

Box = tuple[float, float, float, float]
SIDES = ("left of", "right of", "above", "below")
"""Relations between boxes that stand apart."""
RELATIONS = (*SIDES, "inside", "in front of")
OPPOSITE = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}
LEAST_HIDDEN = 0.03
"""Share of a thing that another must hide to be in front of it."""


@dataclass(frozen=True)
class Placed:
    """One thing in one colour at one place."""

    thing: str
    """Key of ``THINGS``."""
    colour: str
    """Key of ``COLOURS``."""
    box: Box
    """xyxy fractions; the drawing touches all four edges."""
    pattern: str = "plain"
    """One of ``PATTERNS``."""

    def __post_init__(self) -> None:
        if self.thing not in THINGS:
            raise ValueError(f"no thing named {self.thing!r}; known: {', '.join(THINGS)}")
        if self.colour not in COLOURS:
            raise ValueError(f"no colour named {self.colour!r}; known: {', '.join(COLOURS)}")
        if self.pattern not in PATTERNS:
            raise ValueError(f"no pattern named {self.pattern!r}; known: {', '.join(PATTERNS)}")
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

    @property
    def size(self) -> str:
        """One of ``SIZES``."""
        return size_of(self.box)


@dataclass(frozen=True)
class Scene:
    """A picture before it is drawn."""

    things: tuple[Placed, ...]
    """In painting order: a later one may hide parts of an earlier one."""
    background: Background
    words: tuple[PrintedWord, ...] = ()
    """In reading order; painted last, never over a thing."""


@dataclass(frozen=True)
class Relation:
    """``things[subject]`` stands in relation ``name`` to ``things[other]``."""

    subject: int
    name: str
    other: int


def holds(a: Box, name: str, b: Box) -> bool:
    """Tell whether box ``a`` lies wholly on the named side of box ``b``.

    Raises: ValueError: if ``name`` is none of ``SIDES``.
    """
    if name == "left of":
        return a[2] <= b[0]
    if name == "right of":
        return b[2] <= a[0]
    if name == "above":
        return a[3] <= b[1]
    if name == "below":
        return b[3] <= a[1]
    raise ValueError(f"no side named {name!r}; known: {', '.join(SIDES)}")


def relations(scene: Scene) -> list[Relation]:
    """List every relation that holds in a scene, over ordered pairs of things.

    A thing is inside a plain shape painted before it whose body covers its whole box, and
    in front of any other thing painted before it of which it hides at least 3 %.
    """
    found = []
    for i, a in enumerate(scene.things):
        for j, b in enumerate(scene.things):
            if i == j:
                continue
            found += [Relation(i, name, j) for name in SIDES if holds(a.box, name, b.box)]
            if j < i and meets(a.box, b.box):
                if b.thing in SHAPES and holds_box(b.thing, b.box, a.box):
                    found.append(Relation(i, "inside", j))
                elif hidden_share(a.thing, a.box, b.thing, b.box) >= LEAST_HIDDEN:
                    found.append(Relation(i, "in front of", j))
    return found


def scene_from_json(record: Mapping[str, Any]) -> Scene:
    """Rebuild a scene from ``dataclasses.asdict`` output, also of scenes before version 2."""
    ground = dict(record["background"])
    if "kind" not in ground:
        ground["kind"] = "plain" if ground["top"] == ground["bottom"] else "gradient"
    return Scene(
        tuple(Placed(**{**thing, "box": tuple(thing["box"])}) for thing in record["things"]),
        Background(**ground),
        tuple(PrintedWord(**{**w, "box": tuple(w["box"])}) for w in record.get("words", ())),
    )
