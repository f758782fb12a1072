"""Blocks: a wanted thing with its copies, and what stands in it or before it, as one rectangle.

All measures are in sizes of the largest thing (its square root of width times height is 1).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from maquette.tools.art.layout.ties import Rect, hull
from maquette.tools.art.layout.touching import Inked, Moved, before, inside, on_top
from maquette.tools.art.painting.silhouettes import Mask

Ink = Callable[[int], Mask]
"""The silhouette of a wanted thing, by its index."""

BEHIND = 0.92
"""Size of the copies in a row further back to those in front."""
LOWERED, APART = 1.04, 0.1
"""How far a row lies below the one behind it, in heights of a copy, and the gap between copies side
by side, in widths."""
APART_ON_GROUND = 0.5
"""The gap on ground that reaches into depth: rows overlap, so copies stand further apart."""
INSIDE = 0.52
"""Largest side of what is inside to that of its host."""
RISE = 0.05
"""Variation of size among copies, either way."""


@dataclass(frozen=True)
class Spot:
    """One copy of a thing in a block."""

    thing: int
    """Index of the wanted thing."""
    copy: int
    rect: Rect
    depth: float = 0.0
    """Higher is nearer to the eye."""


@dataclass(frozen=True)
class Block:
    """Spots that are moved and scaled together; its upper left corner is (0, 0)."""

    thing: int
    """The thing that the block is of; others stand in it or before it."""
    spots: tuple[Spot, ...]

    @cached_property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        box = hull([spot.rect for spot in self.spots])
        return box[2], box[3]

    def own(self) -> Rect:
        """The rectangle around the copies of the thing itself."""
        return hull([spot.rect for spot in self.spots if spot.thing == self.thing])


@dataclass(frozen=True)
class Copies:
    """How the copies of a thing stand: in how many rows, and whether they fly."""

    rows: int = 1
    flying: bool = False
    arc: bool = False
    lowered: float | None = None
    """On ground that reaches into depth: how far a row lies below the one behind it, in heights."""


def block_of(
    thing: int, size: tuple[float, float], count: int, how: Copies, chance: random.Random
) -> Block:
    """All copies of a thing: rows, those further back a little smaller and between the others."""
    width, height = size
    rows = _rows(count, how.rows)
    deep = how.lowered is not None and len(rows) > 1
    step_x = width * (1 + (APART_ON_GROUND if deep else APART))
    step_y = height * (how.lowered if how.lowered is not None else LOWERED)
    spots: list[Spot] = []
    for row, members in enumerate(rows):
        far = 1.0 if not deep else BEHIND ** (len(rows) - 1 - row)
        start = -(members - 1) / 2 * step_x
        if members == count / len(rows):  # rows of equal length stand between each other
            start += step_x / 4 if row % 2 else -step_x / 4
        for k in range(members):
            vary = 1 + chance.uniform(-RISE, RISE) if count > 1 else 1.0
            w, h = width * far * vary, height * far * vary
            x = start + k * step_x
            base = height + row * step_y + _lift(how, k, members, height, chance)
            rect = (x - w / 2, base - h, x + w / 2, base)
            spots.append(Spot(thing, len(spots), rect, depth=0.01 * row))
    return at_zero(Block(thing, tuple(spots)))


def _lift(how: Copies, k: int, members: int, height: float, chance: random.Random) -> float:
    """How much lower a copy is than its row: an arc, or a little of chance."""
    if how.arc and members > 2:
        t = 2 * k / (members - 1) - 1
        return 0.45 * height * t * t
    if how.flying and members > 1:
        return chance.uniform(0, 0.24) * height
    return chance.uniform(0, 0.05) * height if members > 1 else 0.0


def _rows(count: int, rows: int) -> list[int]:
    """Members of each row from the hindmost: rows differ by one, the fuller ones in front."""
    rows = max(1, min(rows, count))
    return [count // rows + (1 if row >= rows - count % rows else 0) for row in range(rows)]


def put_inside(guest: Block, host: Block, ink: Ink) -> Block:
    """The guest over the ink of the host's first copy, small enough to leave most of it."""
    target = next(spot for spot in host.spots if spot.thing == host.thing)
    own = (target.rect, ink(target.thing))
    return _joined(host, guest, inside(_inked(guest.spots, ink), own, INSIDE), nearer=0.5)


def put_in_front(guest: Block, host: Block, ink: Ink, to_right: bool) -> Block:
    """The guest before one side of the host, lower, hiding a visible part of it."""
    own = _inked([spot for spot in host.spots if spot.thing == host.thing], ink)
    return _joined(host, guest, before(_inked(guest.spots, ink), own, to_right), nearer=1.0)


def put_on_top(guest: Block, host: Block, ink: Ink) -> Block:
    """The guest standing on the summit of the host's first copy."""
    target = next(spot for spot in host.spots if spot.thing == host.thing)
    standing = _inked([spot for spot in guest.spots if spot.thing == guest.thing], ink)
    return _joined(host, guest, on_top(standing, (target.rect, ink(target.thing))), nearer=0.5)


def _inked(spots: Sequence[Spot], ink: Ink) -> list[Inked]:
    return [(spot.rect, ink(spot.thing)) for spot in spots]


def _joined(host: Block, guest: Block, move: Moved, nearer: float) -> Block:
    by, x, y = move
    moved = tuple(
        replace(spot, rect=shifted(spot.rect, x, y), depth=spot.depth + nearer)
        for spot in scaled(guest, by).spots
    )
    return at_zero(Block(host.thing, host.spots + moved))


def scaled(block: Block, by: float) -> Block:
    """The block with all its measures, its place too, so many times as large."""

    def grown(rect: Rect) -> Rect:
        return rect[0] * by, rect[1] * by, rect[2] * by, rect[3] * by

    spots = tuple(replace(spot, rect=grown(spot.rect)) for spot in block.spots)
    return Block(block.thing, spots)


def at_zero(block: Block) -> Block:
    """The block with its upper left corner at (0, 0)."""
    box = hull([spot.rect for spot in block.spots])
    moved = tuple(replace(spot, rect=shifted(spot.rect, -box[0], -box[1])) for spot in block.spots)
    return Block(block.thing, moved)


def placed(block: Block, at: tuple[float, float], scale: float) -> list[Spot]:
    """The spots with the block's upper left corner at a point, scaled."""
    return [replace(spot, rect=shifted(spot.rect, *at)) for spot in scaled(block, scale).spots]


def shifted(rect: Rect, x: float, y: float) -> Rect:
    """A rectangle moved."""
    return rect[0] + x, rect[1] + y, rect[2] + x, rect[3] + y


def side_lengths(aspect: float, size: float) -> tuple[float, float]:
    """Width and height of a thing of some aspect; long ones are held to their longer side."""
    width, height = size * math.sqrt(aspect), size / math.sqrt(aspect)
    longest = max(width, height)
    limit = 1.5 * size
    return (
        (width, height) if longest <= limit else (width * limit / longest, height * limit / longest)
    )


def by_thing(spots: Sequence[Spot]) -> dict[int, list[Rect]]:
    """The rectangles of each thing's copies."""
    found: dict[int, list[Rect]] = {}
    for spot in spots:
        found.setdefault(spot.thing, []).append(spot.rect)
    return found
