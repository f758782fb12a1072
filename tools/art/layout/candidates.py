"""Many settings of one cast, tried in a fixed order; the good ones kept, the best first."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from maquette.tools.art.brief import WantedRelation, WantedThing
from maquette.tools.art.contract import Art
from maquette.tools.art.layout.blocks import Spot
from maquette.tools.art.layout.cast import Cast, Manner, cast_of, in_order, levels_of
from maquette.tools.art.layout.contact.standing import bears
from maquette.tools.art.layout.judged import (
    beauty,
    broken,
    misplaced,
    visible,
)
from maquette.tools.art.layout.nature import Nature
from maquette.tools.art.layout.seen import VISIBLE, mask_of
from maquette.tools.art.layout.setting import Setting, set_out
from maquette.tools.art.layout.stage import EDGE, Stage
from maquette.tools.art.layout.ties import NESTED, centre
from maquette.tools.art.layout.touching import Inked, touches
from maquette.tools.art.painting.silhouettes import Mask

ORDERS = 5
"""Orders from left to right that are tried for each kind of setting."""
DEPTHS = ((0.72, 0.25), (0.56, 0.5), (0.85, 0.12))
"""How near neighbours in two rows stand, and how much higher the feet of the one behind are."""
APART = (0.5, 1.05)
"""The same on ground that reaches into depth: the feet behind are above the heads in front."""
LOWERED = (0.62, 0.4)
"""How far a row of copies on the ground lies below the one behind it, in their heights."""
GOOD = 0.2
"""How much less beautiful than the best a variant may be."""
UPRIGHT = 1.1
"""From how much higher than wide a room is pairs may stand one above the other."""
LARGE = 0.6
"""The least area of all things to that of the best."""
SPARSE = 0.25
"""Share of the room that all boxes together take below which things are set closer."""
CLOSE = 0.05
"""The gap between neighbours then, in their mean width."""
CLOSE_DEPTHS = ((1.03, 0.25), (0.97, 0.3))
"""How two rows stand then: side by side, so that ink hides no ink."""
HIDES = 20.0
"""What it costs when one thing hides another that it has no word with: for each share of ink."""


@dataclass(frozen=True)
class Placement:
    """A finished setting of a panel's things."""

    spots: tuple[Spot, ...]
    value: float
    lost: tuple[WantedRelation, ...] = field(default=())
    """Relations that could not be kept."""


@dataclass(frozen=True)
class Wish:
    """What is to be placed, and where."""

    things: Sequence[WantedThing]
    arts: Sequence[Art]
    ties: Sequence[WantedRelation]
    stage: Stage
    nature: Nature


def placements(wish: Wish) -> list[Placement]:
    """Settings that keep the wish, the most beautiful first; at least one, whatever it loses."""
    found = _valued(wish, close=False)
    if _painted(found[0]) < SPARSE * _area(wish.stage):
        found = sorted(found + _valued(wish, close=True), key=lambda one: -one.value)
    return found


def _valued(wish: Wish, *, close: bool) -> list[Placement]:
    """Settings that keep the wish, the most beautiful first.

    ``close``: things nearer to each other and so larger, for what would be one flat row.
    """
    found: list[Placement] = []
    for spots, floating in _tried(wish, close):
        lost = tuple(broken(spots, wish.ties, wish.stage))
        lost += tuple(tie for tie in _unhidden(spots, wish) if tie not in lost)
        wrong = len(lost) + misplaced(spots, wish.things, wish.stage)
        value = beauty(spots, wish.stage) - 2.0 * wrong - 3.0 * _outside(spots, wish.stage)
        value -= 0.3 * floating
        found.append(Placement(tuple(spots), value, lost))
    found.sort(key=lambda one: -one.value)
    return _seen(found, wish) or found[:1]


def _seen(found: Sequence[Placement], wish: Wish) -> list[Placement]:
    """Those in which everything is seen, what is hidden without a reason held against them.

    Measuring ink takes time and only lowers a value, so it stops where the next could be neither
    the best nor a variant. A row of everything side by side is always there, and hides nothing.
    """
    look, tied = _look(wish), _tied(wish.ties, NESTED)
    bearing = _tied(wish.ties, ("on",))
    seen: list[Placement] = []
    for one in found:
        if seen and one.value < max(each.value for each in seen) - GOOD:
            break
        least, needless = visible(one.spots, look, tied, bearing)
        if least >= VISIBLE:
            seen.append(replace(one, value=one.value - HIDES * needless))
    return sorted(seen, key=lambda one: -one.value)


def _tied(ties: Sequence[WantedRelation], names: Collection[str]) -> frozenset[frozenset[int]]:
    """Pairs with such a relation."""
    return frozenset(frozenset((tie.subject, tie.object)) for tie in ties if tie.relation in names)


def chosen(found: Sequence[Placement], variant: int) -> Placement:
    """The best for variant 0; for each next one the good placement least like those before."""
    least, size = found[0].value - GOOD, LARGE * _painted(found[0])
    good = [one for one in found if one.value >= least and _painted(one) >= size]
    taken = [good[0]]
    for _ in range(variant % max(1, len(good))):
        rest = [one for one in good if one not in taken] or good
        taken.append(max(rest, key=lambda one: min(_unlike(one, other) for other in taken)))
    return taken[-1]


def _area(stage: Stage) -> float:
    """Of the whole room, its margin included; below ground half of it is left out, see Stage."""
    edge = EDGE / (1 - 2 * EDGE) * stage.unit
    below = 1.0 if stage.ground is None else 0.5
    return (stage.width + 2 * edge) * (stage.height + (1 + below) * edge)


def _tried(wish: Wish, close: bool) -> Iterator[tuple[list[Spot], int]]:
    """Spots of each setting, and how many copies stand above the ground that they belong on."""
    most = max(thing.count for thing in wish.things)
    rows = (1,) if most < _fewest(wish) else (1, 2) if most < 7 else (2, 3, 4)
    steps = [None] if wish.stage.ground is None else LOWERED
    ways = [(number, step) for number in rows for step in (steps if number > 1 else steps[:1])]
    for number, step in ways:
        cast = _cast(wish, number, step)
        settings = _settings(cast, wish.stage, random.Random(f"order/{number}"))
        settings = _closer(cast, settings) if close else settings
        for setting in dict.fromkeys(settings):
            spots = set_out(cast, wish.stage, setting, random.Random(f"place/{number}"))
            yield spots, _floating(cast, setting, spots, wish.stage)


def _fewest(wish: Wish) -> int:
    """Copies from which more than one row is tried: two alone stand one above the other in a high
    room; beside something else that would be a place for each."""
    upright = wish.stage.height > UPRIGHT * wish.stage.width
    alone = len(wish.things) == 1
    return 2 if upright and alone and wish.stage.ground is None else 3


def _floating(cast: Cast, setting: Setting, spots: Sequence[Spot], stage: Stage) -> int:
    """How many copies of the lowest level stand on nothing."""
    if stage.ground is None:
        return 0
    grounded = {
        cast.players[k].block.thing
        for k in setting.levels[-1]
        if cast.players[k].lane == "ground" and "top" not in (cast.players[k].place or "")
    }
    least = stage.ground[0] - 0.02 * stage.height
    return sum(spot.thing in grounded and spot.rect[3] < least for spot in spots)


def _cast(wish: Wish, rows: int, lowered: float | None) -> Cast:
    aspects = [art.aspect for art in wish.arts]
    chance = random.Random(f"copies/{rows}")
    ink = _ink(wish)
    # On a landscape without water a duck stands; on a plain shade it may as well swim.
    wet = wish.stage.ground is None or wish.stage.water is not None
    how = Manner(rows, _fewest(wish), lowered, wet)
    return cast_of(wish.things, aspects, wish.ties, wish.nature, how, chance, ink)


def _settings(cast: Cast, stage: Stage, chance: random.Random) -> Iterator[Setting]:
    """Levels as ties and lanes ask, all in one row where nothing forbids, and rows in depth."""
    levels = levels_of(cast)
    everyone = list(range(len(cast.players)))
    upright = any("top" in (p.place or "") or "bottom" in (p.place or "") for p in cast.players)
    for order in range(ORDERS if len(everyone) > 1 else 1):
        key = {k: float(k) if order == 0 else chance.random() for k in everyone}
        key.update({k: key[k] + _pull(cast, k) for k in everyone})
        pairs = cast.across
        rows = tuple(tuple(in_order(level, pairs, key)) for level in levels)
        yield Setting(rows)
        yield from _in_depth(cast, Setting(rows), stage)
        if len(rows) > 1 and not cast.down and not upright:
            row = (tuple(in_order(everyone, pairs, key)),)
            yield Setting(row, mixed=True)
            yield from _in_depth(cast, Setting(row, mixed=True), stage)
        flying = all(cast.players[k].lane == "air" for k in rows[0])
        if len(rows[0]) > 1 and not cast.down and (flying or stage.ground is None):
            yield Setting((rows[0][0::2], rows[0][1::2], *rows[1:]))
            half = len(rows[0]) // 2
            yield Setting((rows[0][:half], rows[0][half:], *rows[1:]))
        low = rows[-1]
        if len(rows) > 1 and len(low) > 2 and not cast.down and stage.ground is None:
            half = len(low) // 2
            yield Setting((*rows[:-1], low[:half], low[half:]))


def _closer(cast: Cast, settings: Iterator[Setting]) -> Iterator[Setting]:
    """Each with less between neighbours, and with some of the lowest level a step further back."""
    for flat in dict.fromkeys(replace(one, back=frozenset()) for one in settings):
        near = replace(flat, gap=CLOSE)
        yield near
        for back in _behind(cast, near.levels[-1]):
            for overlap, raised in CLOSE_DEPTHS:
                yield replace(near, back=back, overlap=overlap, raised=raised)


def _in_depth(cast: Cast, flat: Setting, stage: Stage) -> Iterator[Setting]:
    """The setting with some of the lowest level further back, more and less overlapped."""
    depths = DEPTHS if stage.ground is None else (*DEPTHS, APART)
    for back in _behind(cast, flat.levels[-1]):
        for overlap, raised in depths:
            yield replace(flat, back=back, overlap=overlap, raised=raised)


def _pull(cast: Cast, k: int) -> float:
    """What asks for the left or right comes first or last in its row."""
    place = cast.players[k].place or ""
    return -100.0 if "left" in place else 100.0 if "right" in place else 0.0


def _behind(cast: Cast, row: Sequence[int]) -> Iterator[frozenset[int]]:
    """Who may stand further back: the largest, as many as leave somebody in front."""
    standing = [k for k in row if cast.players[k].lane == "ground"]
    if len(standing) < 2:
        return
    area = {k: cast.players[k].block.size[0] * cast.players[k].block.size[1] for k in standing}
    ranked = sorted(standing, key=lambda k: (-area[k], k))
    for count in range(1, len(standing)):
        yield frozenset(ranked[:count])
    if len(standing) > 2:
        yield frozenset(row[1::2]) & frozenset(standing)


def _look(wish: Wish) -> Callable[[int], tuple[Art, bool]]:
    return lambda k: (wish.arts[k], wish.things[k].flip)


def _ink(wish: Wish) -> Callable[[int], Mask]:
    return lambda k: mask_of(wish.arts[k], wish.things[k].flip)


def _unhidden(spots: Sequence[Spot], wish: Wish) -> list[WantedRelation]:
    """The "in front of", "inside" and "on" that boxes tell of and the ink does not."""
    ink = _ink(wish)
    inked: dict[int, list[Inked]] = {}
    for spot in spots:
        inked.setdefault(spot.thing, []).append((spot.rect, ink(spot.thing)))
    return [tie for tie in wish.ties if tie.relation in NESTED and not _touching(tie, inked)]


def _touching(tie: WantedRelation, inked: dict[int, list[Inked]]) -> bool:
    guests, hosts = inked[tie.subject], inked[tie.object]
    if tie.relation == "on":
        return all(any(bears(host, guest) for host in hosts) for guest in guests)
    return touches(guests, tie.relation, hosts)


def _outside(spots: Sequence[Spot], stage: Stage) -> float:
    """How far things reach over the stage, in its shorter sides."""
    x0, y0, x1, y1 = stage.room
    return sum(
        max(0.0, x0 - s.rect[0]) + max(0.0, y0 - s.rect[1])
        + max(0.0, s.rect[2] - x1) + max(0.0, s.rect[3] - y1) for s in spots
    ) / stage.unit  # fmt: skip


def _painted(one: Placement) -> float:
    """Area of all things together."""
    return sum((s.rect[2] - s.rect[0]) * (s.rect[3] - s.rect[1]) for s in one.spots)


def _unlike(one: Placement, other: Placement) -> float:
    """How differently two placements of the same things look."""
    total = 0.0
    mine = {(s.thing, s.copy): s.rect for s in one.spots}
    theirs = {(s.thing, s.copy): s.rect for s in other.spots}
    for key, rect in mine.items():
        (ax, ay), (bx, by) = centre(rect), centre(theirs[key])
        total += (
            abs(ax - bx) + abs(ay - by) + abs(rect[3] - rect[1] - theirs[key][3] + theirs[key][1])
        )
    return total / len(mine)
