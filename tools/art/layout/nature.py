"""How big things are, and where they rest: what a layout knows of the world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

FLAT = 0.3
"""Power that natural sizes are pressed by: a picture shows a mouse beside an elephant."""
SMALLEST = 0.4
"""Least size of a thing to the largest one's in the same picture."""


@dataclass(frozen=True)
class Seat:
    """Where others stand on a thing, where that is not its upper edge: the seat of a sofa."""

    top: float
    """How far below its upper edge, as a share of its height."""
    left: float
    right: float
    """Its ends, as shares of the width."""

    def mirrored(self) -> Seat:
        """Of the thing as a mirror shows it."""
        return Seat(self.top, 1 - self.right, 1 - self.left)


@dataclass(frozen=True)
class Nature:
    """What is known of the natural size and place of things, by their id."""

    height_m: Callable[[str], float]
    """Usual height of what its picture shows, in metres."""
    rests: Callable[[str], str]
    """Where it usually is: ``ground``, ``air``, ``water``, ``wall``; ``free``: anywhere."""
    group: Callable[[str], str] = lambda thing: ""
    """The pack's word for its kind; empty: unknown."""
    seat: Callable[[str], Seat | None] = lambda thing: None
    """Where others stand on it; ``None``: on its upper edge."""


def nothing_known() -> Nature:
    """All things of one size, on the ground."""
    return Nature(lambda thing: 1.0, lambda thing: "ground")


def nature_of_packs() -> Nature:
    """What the finder's tables and the packs' cards tell."""
    from maquette.tools.art.finding.sizes import rests, seat_of, size_of
    from maquette.tools.art.packs.table import card_of

    def seat(thing: str) -> Seat | None:
        known = seat_of(thing)
        return None if known is None else Seat(*known)

    return Nature(size_of, rests, lambda thing: card_of(thing).group, seat)


def lane_of(nature: Nature, thing: str, *, wet: bool = True) -> str:
    """Where on a stage a thing belongs: ``ground``, ``air``, ``water`` (it floats) or ``swim``.

    ``wet``: whether the stage has water; without it a duck and a boat stand on the ground.
    """
    rests = nature.rests(thing)
    if rests == "water":
        if not wet:
            return "ground"
        return "swim" if nature.group(thing).startswith("animal") else "water"
    return "air" if rests in ("air", "wall") else "ground"


def shown_sizes(sizes_m: list[float]) -> list[float]:
    """How large things are shown beside each other, 1 for the largest: the differences pressed."""
    largest = max(sizes_m, default=1.0)
    return [max(SMALLEST, (max(size, 1e-3) / largest) ** FLAT) for size in sizes_m]
