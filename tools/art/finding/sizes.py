"""How tall things are in the world, and where they rest: an elephant is taller than a mouse."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from maquette.tools.art.contract import ThingCard
from maquette.tools.art.packs.table import card_of

Rest = Literal["ground", "air", "water", "wall", "free"]
"""Where a thing usually is; ``free``: nowhere of its own, as a heart, a hat or a guitar."""
FILE = Path(__file__).with_name("sizes.json")
SEATS = Path(__file__).with_name("seats.json")
UNKNOWN: tuple[float, Rest] = (0.5, "free")
"""Of things, and groups of them, that nobody measured: symbols, faces, things of other packs."""


def size_of(thing_id: str) -> float:
    """The typical height of a thing as its picture shows it, in metres.

    Heights are meant on a logarithmic scale, good to a factor of about 1.5. Things of the sky are
    given the height at which they look right above a landscape, not their own.

    Raises: NotFound: no pack has a card for it.
    """
    return _known(card_of(thing_id))[0]


def rests(thing_id: str) -> Rest:
    """Where a thing usually is. Raises: NotFound: no pack has a card for it."""
    return _known(card_of(thing_id))[1]


def seat_of(thing_id: str) -> tuple[float, float, float] | None:
    """Where others stand or lie on a thing, if that is not its upper edge: how far below that, as a
    share of its height, and from where to where, as shares of its width. As its picture shows it,
    to a hundredth.

    Raises: NotFound: no pack has a card for it.
    """
    return _seats().get(card_of(thing_id).name)


@cache
def _seats() -> dict[str, tuple[float, float, float]]:
    data = json.loads(SEATS.read_text(encoding="utf-8"))
    return {name: (top, left, right) for name, (top, left, right) in data.items()}


def _known(card: ThingCard) -> tuple[float, Rest]:
    """By its usual name, else by its group."""
    return _things().get(card.name) or _groups().get(card.group) or UNKNOWN


@cache
def _read() -> dict[str, dict[str, tuple[float, Rest]]]:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    return {part: {name: tuple(known) for name, known in data[part].items()} for part in data}


def _things() -> Mapping[str, tuple[float, Rest]]:
    return _read()["things"]


def _groups() -> Mapping[str, tuple[float, Rest]]:
    return _read()["groups"]
