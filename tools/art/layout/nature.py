"""How big things are, and where they rest: what a layout knows of the world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Rests = Literal["ground", "air", "water", "wall"]

FLAT = 0.36
"""Power that natural sizes are pressed by: a picture shows a mouse beside an elephant."""
SMALLEST = 0.34
"""Least size of a thing to the largest one's in the same picture."""


@dataclass(frozen=True)
class Nature:
    """What is known of the natural size and place of things, by their id."""

    size_m: Callable[[str], float]
    """Usual length of the longer side, in metres."""
    rests: Callable[[str], str]
    """Where it usually is: ``ground``, ``air``, ``water``, ``wall``."""
    group: Callable[[str], str] = lambda thing: ""
    """The pack's word for its kind; empty: unknown."""


def nothing_known() -> Nature:
    """All things of one size, on the ground."""
    return Nature(lambda thing: 1.0, lambda thing: "ground")


def nature_of_packs() -> Nature:
    """What the packs' cards and the finder's tables tell."""
    from maquette.tools.art.packs.table import all_cards

    def group(thing: str) -> str:
        card = all_cards().get(thing)
        return card.group if card else ""

    return Nature(lambda thing: 1.0, lambda thing: _rests_by_group(group(thing)), group)


def _rests_by_group(group: str) -> str:
    if group in ("sky-weather", "transport-air", "animal-bird"):
        return "air"
    return "water" if group in ("animal-marine", "transport-water") else "ground"


def shown_sizes(sizes_m: list[float]) -> list[float]:
    """How large things are shown beside each other, 1 for the largest: the differences pressed."""
    largest = max(sizes_m, default=1.0)
    return [max(SMALLEST, (max(size, 1e-3) / largest) ** FLAT) for size in sizes_m]
