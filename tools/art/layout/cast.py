"""Who stands where on principle: blocks with their lane, their place, and the ties between them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from maquette.tools.art.brief import WantedRelation, WantedThing
from maquette.tools.art.layout.blocks import (
    Block,
    Copies,
    Ink,
    block_of,
    put_in_front,
    put_inside,
    put_on_top,
    side_lengths,
)
from maquette.tools.art.layout.contact.towers import Borne, put_upon
from maquette.tools.art.layout.nature import FLAT, Nature, Seat, lane_of, shown_sizes
from maquette.tools.art.layout.ties import ACROSS, DOWN, NESTED, Edge, cyclic, edges

WORD_SIZE = {None: 1.0, "small": 0.6, "large": 1.45}
MOST_APART = 3.5
"""The largest thing to the least, whatever sizes were asked for."""
HOLDER = 1.5
"""How much larger what holds others is shown, so that they are seen in it."""
ALOFT = 0.75
"""The most of a thing in the air to the largest that is not."""


@dataclass(frozen=True)
class Manner:
    """How blocks are made."""

    rows: int = 1
    """Of many copies."""
    fewest: int = 3
    """Copies that stand in so many rows; fewer stand in one."""
    lowered: float | None = None
    """How far rows overlap on ground that reaches into depth, see ``Copies``."""
    wet: bool = True
    """Whether what swims and floats does so; else it stands."""


@dataclass(frozen=True)
class Player:
    """A block and how it wants to stand."""

    block: Block
    lane: str
    """``air``, ``water``, ``swim`` or ``ground``."""
    place: str | None = None


@dataclass(frozen=True)
class Cast:
    """All blocks of a panel; edges are pairs of indices of players."""

    players: tuple[Player, ...]
    across: tuple[Edge, ...]
    """The first stands left of the second."""
    down: tuple[Edge, ...]
    """The first stands above the second."""
    beside: tuple[Edge, ...]
    home: dict[int, int]
    """Index of a wanted thing -> that of its player."""


def cast_of(
    things: Sequence[WantedThing],
    aspects: Sequence[float],
    ties: Sequence[WantedRelation],
    nature: Nature,
    how: Manner,
    chance: random.Random,
    ink: Ink,
) -> Cast:
    """Blocks for all things; what is inside, in front of or on another joins its block.

    ``ink``: the silhouette of a thing, by its index.
    """
    natural = [
        nature.height_m(thing.thing) * aspect**0.5
        for thing, aspect in zip(things, aspects, strict=True)
    ]
    sizes = shown_sizes(natural)
    lanes = [lane_of(nature, thing.thing, wet=how.wet) for thing in things]
    sizes = _below_the_sky(sizes, lanes)
    sizes = _no_taller(sizes, aspects, [nature.height_m(t.thing) for t in things], lanes)
    sizes = [size * WORD_SIZE[thing.size] for size, thing in zip(sizes, things, strict=True)]
    holders = {tie.object for tie in ties if tie.relation == "inside"}
    sizes = [size * HOLDER if k in holders else size for k, size in enumerate(sizes)]
    sizes = [max(size, max(sizes) / MOST_APART) for size in sizes]
    blocks = {}
    for k, thing in enumerate(things):
        borne = any(tie.subject == k and tie.relation == "on" for tie in ties)
        flying = lanes[k] == "air" and not borne
        nested = any(tie.subject == k and tie.relation in NESTED for tie in ties)
        nested |= any(tie.object == k and tie.relation == "on" for tie in ties)
        deep = how.rows if thing.count >= how.fewest and not nested else 1
        copies = Copies(deep, flying, flying and how.rows == 1,
                     how.lowered if lanes[k] == "ground" else None)  # fmt: skip
        blocks[k] = block_of(k, side_lengths(aspects[k], sizes[k]), thing.count, copies, chance)
    hosts = {tie.subject: tie for tie in ties if tie.relation in NESTED}
    hosts |= _standing_on(ties, things, lanes, hosts)
    bearing = _Bearing(things, nature, ink)
    for guest in sorted(hosts, key=lambda k: -_depth(k, hosts)):
        if guest not in blocks:
            continue
        tie = hosts[guest]
        host = blocks[tie.object]
        match tie.relation:
            case "inside":
                blocks[tie.object] = put_inside(blocks[guest], host, ink)
            case "in front of":
                to_right = chance.random() < 0.5
                blocks[tie.object] = put_in_front(blocks[guest], host, ink, to_right)
            case "on":
                together = [k for k, one in hosts.items() if one.relation == "on"
                            and one.object == tie.object]  # fmt: skip
                order = in_order(together, edges(ties, ACROSS), {k: float(k) for k in together})
                blocks[tie.object] = bearing.put([blocks.pop(k) for k in order], host)
            case _:
                blocks[tie.object] = put_on_top(blocks[guest], host, ink)
    roots = [k for k in range(len(things)) if k not in hosts]
    number = {root: k for k, root in enumerate(roots)}
    home = {k: number[_root(k, hosts)] for k in range(len(things))}
    players = tuple(Player(blocks[k], lanes[k], _place(k, things, home, number)) for k in roots)
    return Cast(
        players,
        _between(edges(ties, ACROSS), home),
        _between(edges(ties, DOWN), home),
        _between([(t.subject, t.object) for t in ties if t.relation == "beside"], home),
        home,
    )


@dataclass
class _Bearing:
    """Who bears whom, as it is found."""

    things: Sequence[WantedThing]
    nature: Nature
    ink: Ink
    borne: Borne = field(default_factory=dict)

    def put(self, guests: Sequence[Block], host: Block) -> Block:
        return put_upon(guests, host, self.borne, self.ink, self._seat)

    def _seat(self, k: int) -> Seat | None:
        seat = self.nature.seat(self.things[k].thing)
        return seat.mirrored() if seat is not None and self.things[k].flip else seat


def _standing_on(
    ties: Sequence[WantedRelation], things: Sequence[WantedThing], lanes: Sequence[str],
    nested: dict[int, WantedRelation],
) -> dict[int, WantedRelation]:  # fmt: skip
    """Who stands on whom, as "above" between two things of the ground says, by the upper one.

    Only pairs that nothing else asks of: no third one above or below either's, no place of its own.
    """
    upright = [
        (t.subject, t.object) if t.relation == "above" else (t.object, t.subject)
        for t in ties if t.relation in DOWN
    ]  # fmt: skip
    nested_pairs = {*nested, *(tie.object for tie in nested.values())}
    found: dict[int, WantedRelation] = {}
    for upper, lower in upright:
        both = (upper, lower)
        alone = sum(upper in pair for pair in upright) == 1
        free = alone and things[lower].count == 1 and not nested_pairs & set(both)
        solid = all(lanes[k] == "ground" and not things[k].place for k in both)
        if free and solid and sum(low == lower for _, low in upright) == 1:
            found[upper] = WantedRelation(subject=upper, relation="above", object=lower)
    return found


def _below_the_sky(sizes: Sequence[float], lanes: Sequence[str]) -> list[float]:
    """Sizes with what is in the air no larger than what stands below it: a sun, a moon."""
    below = [size for size, lane in zip(sizes, lanes, strict=True) if lane != "air"]
    most = ALOFT * max(below, default=1 / ALOFT)
    return [
        min(size, most) if lane == "air" else size for size, lane in zip(sizes, lanes, strict=True)
    ]


def _no_taller(
    sizes: Sequence[float], aspects: Sequence[float], heights_m: Sequence[float],
    lanes: Sequence[str],
) -> list[float]:  # fmt: skip
    """Sizes such that on the ground nothing is shown taller than what is taller in the world: of
    equal areas a narrow phone would stand over a broad laptop."""
    found = list(sizes)
    standing = [k for k, lane in enumerate(lanes) if lane == "ground"]
    for k in sorted(standing, key=lambda k: -heights_m[k]):
        for taller in standing:
            if heights_m[k] < heights_m[taller]:
                most = found[taller] / aspects[taller] ** 0.5
                most *= (heights_m[k] / heights_m[taller]) ** FLAT
                found[k] = min(found[k], most * aspects[k] ** 0.5)
    return found


def levels_of(cast: Cast) -> list[list[int]]:
    """Players from the uppermost level to the lowest, as their ties and lanes ask.

    What flies stands above what does not, unless a tie says otherwise; what is tied to nothing
    below it sinks to the lowest level.
    """
    count = len(cast.players)
    pairs = list(cast.down)
    high = [k for k in range(count) if _is_high(cast.players[k])]
    low = [k for k in range(count) if k not in high]
    tied = {frozenset(pair) for pair in cast.beside}
    for first in high:
        for second in low:
            new = (first, second)
            if frozenset(new) not in tied and not cyclic([*pairs, new]):
                pairs.append(new)
    rank = [0] * count
    for _ in range(count):
        for first, second in pairs:
            rank[second] = max(rank[second], rank[first] + 1)
    deepest = max(rank)
    for _ in range(count):
        for k in low:
            below = [rank[second] for first, second in pairs if first == k]
            rank[k] = min(below) - 1 if below else deepest
    for a, b in cast.beside:
        rank[a] = rank[b] if a in high else rank[a]
        rank[b] = rank[a] if b in high else rank[b]
    levels = [[k for k in range(count) if rank[k] == level] for level in range(deepest + 1)]
    return [level for level in levels if level]


def in_order(members: Sequence[int], pairs: Sequence[Edge], key: dict[int, float]) -> list[int]:
    """The members so that each edge's first comes first, else by key."""
    left, found = list(members), []
    while left:
        blocked = {b for a, b in pairs if a in left and b in left}
        free = [k for k in left if k not in blocked] or left
        chosen = min(free, key=lambda k: (key[k], k))
        found.append(chosen)
        left.remove(chosen)
    return found


def _is_high(player: Player) -> bool:
    if player.place and "bottom" in player.place:
        return False
    return player.lane == "air" or bool(player.place and "top" in player.place)


def _depth(index: int, hosts: dict[int, WantedRelation]) -> int:
    steps = 0
    while index in hosts:
        index, steps = hosts[index].object, steps + 1
    return steps


def _root(index: int, hosts: dict[int, WantedRelation]) -> int:
    while index in hosts:
        index = hosts[index].object
    return index


def _place(
    root: int, things: Sequence[WantedThing], home: dict[int, int], number: dict[int, int]
) -> str | None:
    """The place of a block: its thing's own, else that of a guest."""
    members = [k for k in range(len(things)) if home[k] == number[root]]
    places = [things[root].place, *(things[k].place for k in members)]
    return next((place for place in places if place), None)


def _between(pairs: Sequence[Edge], home: dict[int, int]) -> tuple[Edge, ...]:
    """Edges of things as edges of their players; those inside one block are kept by it."""
    found = [(home[a], home[b]) for a, b in pairs if home[a] != home[b]]
    kept: list[Edge] = []
    for pair in found:
        if pair not in kept and not cyclic([*kept, pair]):
            kept.append(pair)
    return tuple(kept)
