"""What the layout works on: things wanted, and how they are to stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from maquette.agents.reading.scene import Relation

Rect = tuple[float, float, float, float]
"""xyxy fractions of the picture."""


@dataclass(frozen=True)
class Wanted:
    """A thing to be placed, with all its copies."""

    phrase: str
    count: int = 1
    aspect: float = 1.0
    """Natural width / height of one copy."""
    size: Literal["small", "large"] | None = None
    place: str | None = None
    """Where on the sheet: top, bottom left, centre ..."""


@dataclass(frozen=True)
class Tie:
    """``wanted[subject] relation wanted[object]``."""

    subject: int
    relation: Relation
    object: int


ASPECTS: dict[str, float] = {
    "oval": 1.55,
    "rectangle": 1.65,
    "diamond": 0.78,
    "hexagon": 1.15,
    "arrow": 1.35,
    "balloon": 0.66,
    "cup": 1.1,
    "rocket": 0.6,
    "star": 1.05,
    "triangle": 1.1,
    "heart": 1.1,
    "tree": 0.8,
    "boat": 1.1,
    "moon": 0.75,
    "cloud": 1.6,
    "fish": 1.55,
    "person": 0.45,
    "man": 0.45,
    "woman": 0.45,
    "child": 0.5,
    "bottle": 0.4,
    "tower": 0.4,
    "car": 1.8,
    "bus": 1.9,
    "train": 2.2,
    "bird": 1.3,
    "dog": 1.2,
    "cat": 1.0,
    "horse": 1.3,
}
"""Natural width / height of things; others are square."""
