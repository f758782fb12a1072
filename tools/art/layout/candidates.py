"""Many settings of one cast, tried in a fixed order; the good ones kept, the best first."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from maquette.tools.art.brief import WantedRelation, WantedThing
from maquette.tools.art.contract import Art
from maquette.tools.art.layout.blocks import Spot
from maquette.tools.art.layout.cast import LARGE_FIRST, Cast, cast_of, in_order, levels_of
from maquette.tools.art.layout.judged import (
    VISIBLE,
    beauty,
    broken,
    least_visible,
    misplaced,
)
from maquette.tools.art.layout.nature import Nature
from maquette.tools.art.layout.setting import Setting, set_out
from maquette.tools.art.layout.stage import Stage
from maquette.tools.art.layout.ties import centre

ORDERS = 5
"""Orders from left to right that are tried for each kind of setting."""
GOOD = 0.16
"""How much less beautiful than the best a variant may be."""
LOOKED_AT = 40
"""Settings whose visible shares are measured."""


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
    found: list[Placement] = []
    for spots in _tried(wish):
        lost = tuple(broken(spots, wish.ties, wish.stage))
        wrong = len(lost) + misplaced(spots, wish.things, wish.stage)
        value = beauty(spots, wish.stage) - 2.0 * wrong - 3.0 * _outside(spots, wish.stage)
        found.append(Placement(tuple(spots), value, lost))
    found.sort(key=lambda one: -one.value)
    look = _look(wish)
    seen = [one for one in found[:LOOKED_AT] if least_visible(one.spots, look) >= VISIBLE]
    return seen or [max(found[:LOOKED_AT], key=lambda one: least_visible(one.spots, look))]


def chosen(found: Sequence[Placement], variant: int) -> Placement:
    """The best for variant 0; for each next one the good placement least like those before."""
    least = found[0].value - GOOD
    good = [one for one in found if one.value >= least]
    taken = [good[0]]
    for _ in range(variant % max(1, len(good))):
        rest = [one for one in good if one not in taken] or good
        taken.append(max(rest, key=lambda one: min(_unlike(one, other) for other in taken)))
    return taken[-1]


def _tried(wish: Wish) -> Iterator[list[Spot]]:
    most = max(thing.count for thing in wish.things)
    rows = (1,) if most < LARGE_FIRST else (1, 2) if most < 7 else (2, 3, 4)
    for number in rows:
        cast = _cast(wish, number)
        for setting in _settings(cast, wish.stage, random.Random(f"order/{number}")):
            yield set_out(cast, wish.stage, setting, random.Random(f"place/{number}"))


def _cast(wish: Wish, rows: int) -> Cast:
    aspects = [art.aspect for art in wish.arts]
    chance = random.Random(f"copies/{rows}")
    return cast_of(wish.things, aspects, wish.ties, wish.nature, rows, chance)


def _settings(cast: Cast, stage: Stage, chance: random.Random) -> Iterator[Setting]:
    """Levels as ties and lanes ask, all in one row where nothing forbids, and rows in depth."""
    levels = levels_of(cast)
    everyone = list(range(len(cast.players)))
    for order in range(ORDERS if len(everyone) > 1 else 1):
        key = {k: float(k) if order == 0 else chance.random() for k in everyone}
        key.update({k: key[k] + _pull(cast, k) for k in everyone})
        pairs = cast.across
        rows = tuple(tuple(in_order(level, pairs, key)) for level in levels)
        yield Setting(rows)
        for back in _behind(cast, rows[-1]):
            yield Setting(rows, back=back)
        if len(rows) > 1 and not cast.down:
            row = (tuple(in_order(everyone, pairs, key)),)
            yield Setting(row, mixed=True)
            for back in _behind(cast, row[0]):
                yield Setting(row, back=back, mixed=True)


def _pull(cast: Cast, k: int) -> float:
    """What asks for the left or right comes first or last in its row."""
    place = cast.players[k].place or ""
    return -100.0 if "left" in place else 100.0 if "right" in place else 0.0


def _behind(cast: Cast, row: Sequence[int]) -> Iterator[frozenset[int]]:
    """Who may stand further back: the largest, as many as leave somebody in front."""
    standing = [k for k in row if cast.players[k].lane == "ground"]
    if len(row) < 3 or len(standing) < 2:
        return
    area = {k: cast.players[k].block.size[0] * cast.players[k].block.size[1] for k in standing}
    ranked = sorted(standing, key=lambda k: (-area[k], k))
    for count in range(1, len(standing)):
        yield frozenset(ranked[:count])
    yield frozenset(row[1::2]) & frozenset(standing)


def _look(wish: Wish) -> Callable[[int], tuple[Art, bool]]:
    return lambda k: (wish.arts[k], wish.things[k].flip)


def _outside(spots: Sequence[Spot], stage: Stage) -> float:
    """How far things reach over the stage, in its shorter sides."""
    x0, y0, x1, y1 = stage.room
    return sum(
        max(0.0, x0 - s.rect[0]) + max(0.0, y0 - s.rect[1])
        + max(0.0, s.rect[2] - x1) + max(0.0, s.rect[3] - y1) for s in spots
    ) / stage.unit  # fmt: skip


def _unlike(one: Placement, other: Placement) -> float:
    """How differently two placements of the same things look."""
    total = 0.0
    mine = {(s.thing, s.copy): s.rect for s in one.spots}
    theirs = {(s.thing, s.copy): s.rect for s in other.spots}
    for key, rect in mine.items():
        (ax, ay), (bx, by) = centre(rect), centre(theirs[key])
        total += abs(ax - bx) + abs(ay - by) + abs(rect[3] - rect[1] - theirs[key][3] + theirs[key][1])
    return total / len(mine)
