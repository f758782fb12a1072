"""Set a cast on its stage: rows of blocks, as large as the stage holds them.

A setting is said by the levels with their order from left to right, and by who stands in a second
row further back. Its scale follows: all widths and heights grow with it until one is full.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from maquette.tools.art.layout.blocks import Block, Spot, placed
from maquette.tools.art.layout.cast import Cast, Player
from maquette.tools.art.layout.stage import Stage

GAP = 0.1
"""Between neighbours in one row, in their mean width."""
FURTHER = 0.9
"""Size of a row further back."""
BETWEEN = 0.03
"""Between two levels, in shorter sides of the stage; what stands on another touches it."""
MOST_WIDE, MOST_HIGH = 0.9, 0.92
"""The most that all things together take of the stage's width and height."""
SPREAD = 1.5
"""How much further apart than needed neighbours may stand to fill the width."""

MOST_APART = 0.25
"""The most of that between two neighbours, in shorter sides of the stage."""


@dataclass(frozen=True)
class Setting:
    """Who stands in which level in which order, and which of the lowest stand further back."""

    levels: tuple[tuple[int, ...], ...]
    back: frozenset[int] = frozenset()
    overlap: float = 0.7
    """Distance of centres of neighbours in two rows, where 1 is side by side."""
    raised: float = 0.3
    """How much higher the feet of the row further back are, in heights of the front row."""
    mixed: bool = False
    """One level in which some fly: each has the whole height for itself."""
    scale: float = 1.0
    """Of the largest scale possible."""
    gap: float = GAP
    """Between neighbours in one row, in their mean width."""


def set_out(cast: Cast, stage: Stage, setting: Setting, chance: random.Random) -> list[Spot]:
    """Spots of all copies in pixels of the sheet."""
    scale = setting.scale * min(
        _by_width(cast, stage, setting),
        _by_height(cast, stage, setting),
        _by_waterline(cast, stage, setting),
        *(_by_lane(player, stage) for player in cast.players),
    )
    tops = _tops(cast, stage, setting, scale, chance)
    lefts = _lefts(cast, stage, setting, scale)
    spots: list[Spot] = []
    for k, player in enumerate(cast.players):
        own = scale * (FURTHER if k in setting.back else 1.0)
        near = 0.0 if k in setting.back else 2.0
        for spot in placed(player.block, (lefts[k], tops[k]), own):
            spots.append(Spot(spot.thing, spot.copy, spot.rect, spot.depth + near))
    return spots


def _factor(setting: Setting, k: int) -> float:
    return FURTHER if k in setting.back else 1.0


def _centres(cast: Cast, order: Sequence[int], setting: Setting) -> tuple[list[float], float]:
    """Centres of blocks along a row at scale 1, the row beginning at 0; and its whole width."""
    centres: list[float] = []
    widths = [cast.players[k].block.size[0] * _factor(setting, k) for k in order]
    for i, k in enumerate(order):
        at = widths[i] / 2
        for j in range(i):
            mean = (widths[i] + widths[j]) / 2
            same = (k in setting.back) == (order[j] in setting.back)
            at = max(at, centres[j] + mean * ((1 + setting.gap) if same else setting.overlap))
        centres.append(at)
    ends = [c + w / 2 for c, w in zip(centres, widths, strict=True)]
    return centres, max(ends)


def _by_width(cast: Cast, stage: Stage, setting: Setting) -> float:
    full = stage.width * MOST_WIDE if len(cast.players) == 1 else stage.width
    return min(full / _centres(cast, level, setting)[1] for level in setting.levels)


def _by_height(cast: Cast, stage: Stage, setting: Setting) -> float:
    """The scale at which all levels together are as high as the stage."""
    room = (_floor(cast, stage, setting) - stage.room[1]) * MOST_HIGH
    gaps = BETWEEN * stage.unit * (len(setting.levels) - 1)
    high = sum(_level_height(cast, level, setting) for level in setting.levels)
    return max(room - gaps, 0.3 * room) / high


def _least_front(cast: Cast, setting: Setting) -> float:
    """Height of the lowest block in the front row, at scale 1."""
    front = [cast.players[k].block.size[1] for k in setting.levels[-1] if k not in setting.back]
    return min(front, default=0.0)


def _floor(cast: Cast, stage: Stage, setting: Setting) -> float:
    """Where the lowest level ends: on the floor, or at the horizon if it flies."""
    flying = all(cast.players[k].lane == "air" for k in setting.levels[-1])
    if not flying or stage.sky is None:
        return stage.floor
    return min(stage.floor, stage.sky[1])


def _level_height(cast: Cast, level: Sequence[int], setting: Setting) -> float:
    front = [cast.players[k].block.size[1] for k in level if k not in setting.back]
    back = [cast.players[k].block.size[1] * FURTHER for k in level if k in setting.back]
    raised = setting.raised * min(front, default=0.0)
    return max([*front, *(raised + height for height in back)])


def _by_lane(player: Player, stage: Stage) -> float:
    """The scale up to which a block fits its lane: its middle in the sky, its body in the water."""
    height = player.block.size[1]
    if player.lane == "air" and stage.sky is not None:
        return 1.9 * (stage.sky[1] - stage.room[1]) / height
    if player.lane == "swim" and stage.water is not None:
        return (stage.water[1] - stage.water[0]) / height
    if player.lane == "water" and stage.water is not None:
        return (stage.water[1] - stage.room[1]) * 0.9 / height
    return float("inf")


def _by_waterline(cast: Cast, stage: Stage, setting: Setting) -> float:
    """The scale at which all that is above a floating thing has room over it."""
    floats = any(cast.players[k].lane == "water" for k in setting.levels[-1])
    if not floats or stage.water is None or len(setting.levels) < 2:
        return float("inf")
    gaps = BETWEEN * stage.unit * (len(setting.levels) - 1)
    high = sum(_level_height(cast, level, setting) for level in setting.levels)
    return (_waterline(stage) - stage.room[1] - gaps) / high


def _waterline(stage: Stage) -> float:
    """Where what floats has its lower edge."""
    assert stage.water is not None
    return stage.water[0] + 0.62 * (stage.water[1] - stage.water[0])


def _tops(
    cast: Cast, stage: Stage, setting: Setting, scale: float, chance: random.Random
) -> dict[int, float]:
    """Upper edge of each block, in pixels: levels stacked from the floor, or centred as a whole."""
    heights = [_level_height(cast, level, setting) * scale for level in setting.levels]
    gap = BETWEEN * stage.unit
    total = sum(heights) + gap * (len(heights) - 1)
    lowest_y = _floor(cast, stage, setting)
    free = max(0.0, lowest_y - stage.room[1] - total)
    floor = lowest_y - _lifted(stage, free)
    tops: dict[int, float] = {}
    for level, high in zip(reversed(setting.levels), reversed(heights), strict=True):
        lowest = level == setting.levels[-1]
        for k in level:
            tops[k] = _top(cast, stage, setting, (k, scale, floor, high, lowest, free), chance)
        afloat = [tops[k] for k in level if lowest and cast.players[k].lane == "water"]
        floor = min([floor - high, *afloat]) - gap
    return tops


def _lifted(stage: Stage, free: float) -> float:
    """How far above the floor the feet stand when there is room left."""
    if stage.ground is None:
        return free / 2
    return min(free / 2, 0.35 * (stage.ground[1] - stage.ground[0]))


def _top(
    cast: Cast,
    stage: Stage,
    setting: Setting,
    at: tuple[int, float, float, float, bool, float],
    chance: random.Random,
) -> float:
    k, scale, floor, high, lowest, free = at
    player = cast.players[k]
    height = player.block.size[1] * scale * _factor(setting, k)
    if player.lane == "air" and (setting.mixed or len(setting.levels) == 1):
        return _in_the_air(cast, stage, setting, k, height)
    if player.lane == "air" and stage.sky is not None and not lowest:
        above = max(stage.room[1], floor - high - free * 0.5)
        return above + chance.uniform(0, 0.5) * max(0.0, min(high, floor - above) - height)
    if player.lane == "swim" and stage.water is not None and lowest:
        free_water = stage.water[1] - stage.water[0] - height
        return stage.water[0] + max(0.0, free_water) * chance.uniform(0.35, 0.75)
    if player.lane == "water" and stage.water is not None and lowest:
        base = max(_waterline(stage), stage.room[1] + height)
        return min(base, stage.water[1]) - height
    if k in setting.back:
        raised = setting.raised * _least_front(cast, setting) * scale
        deep = floor - stage.ground[0] if stage.ground else raised
        return floor - min(raised, max(0.0, deep)) - height
    return floor - height


def _in_the_air(cast: Cast, stage: Stage, setting: Setting, k: int, height: float) -> float:
    """Upper edge of what flies in a row of its own, or among others that stand."""
    if len(cast.players) > 1 and any(k in pair for pair in cast.beside):
        return stage.room[1] + 0.3 * (stage.floor - stage.room[1] - height)
    if stage.sky is None:
        lone = all(player.lane == "air" for player in cast.players)
        slack = stage.height - height
        return stage.room[1] + slack * (0.5 if lone else 0.04)
    middle = stage.room[1] + 0.62 * (stage.sky[1] - stage.room[1])
    return max(stage.room[1], middle - height / 2)


def _lefts(cast: Cast, stage: Stage, setting: Setting, scale: float) -> dict[int, float]:
    """Left edge of each block, in pixels: rows spread over the width, the upper ones over those
    below that they are tied to."""
    middles: dict[int, float] = {}
    for level in reversed(setting.levels):
        centres, whole = _centres(cast, level, setting)
        wanted = _spread(cast, stage, level, [c * scale for c in centres], whole * scale)
        for i, k in enumerate(level):
            over = [b if a == k else a for a, b in cast.down if k in (a, b)]
            known = [
                middles[j] + _shift(cast.players[j].block, scale) for j in over if j in middles
            ]
            if known:
                wanted[i] = sum(known) / len(known) - _shift(cast.players[k].block, scale)
            wanted[i] = _beside_ties(cast, k, wanted[i], middles, scale)
        settled = _settled(cast, stage, setting, level, wanted, scale)
        middles.update(zip(level, settled, strict=True))
    return {
        k: middles[k] - cast.players[k].block.size[0] * scale * _factor(setting, k) / 2
        for k in middles
    }


def _shift(block: Block, scale: float) -> float:
    """How far right of the block's middle that of its own thing lies."""
    own = block.own()
    return ((own[0] + own[2]) / 2 - block.size[0] / 2) * scale


def _beside_ties(
    cast: Cast, k: int, wanted: float, middles: dict[int, float], scale: float
) -> float:
    """Moved to the right side of what stands in another level."""
    width = cast.players[k].block.size[0]
    for a, b in cast.across:
        other = b if a == k else a
        if k not in (a, b) or other not in middles:
            continue
        reach = 0.45 * (width + cast.players[other].block.size[0]) * scale
        wanted = (
            min(wanted, middles[other] - reach) if a == k else max(wanted, middles[other] + reach)
        )
    return wanted


def _spread(
    cast: Cast, stage: Stage, level: Sequence[int], centres: list[float], whole: float
) -> list[float]:
    """The row's centres with its free width shared out, the row in the middle of the stage.

    What asks for the left or right goes there, and so does a row of which all ask for it.
    """
    free = max(0.0, stage.width - whole)
    sides = {_side(cast.players[k].place) for k in level}
    count = len(centres)
    wider = min(free, (SPREAD - 1) * whole, MOST_APART * stage.unit * (count - 1))
    start = stage.room[0] + (free - wider) / 2
    found = [
        start + c + (wider * i / (count - 1) if count > 1 else 0.0) for i, c in enumerate(centres)
    ]
    if sides == {-1}:
        return [c - found[0] + centres[0] + stage.room[0] for c in found]
    if sides == {1}:
        return [c + stage.room[2] - found[-1] - (whole - centres[-1]) for c in found]
    for i, k in enumerate(level):
        match _side(cast.players[k].place):
            case -1:
                found[i] = stage.room[0]
            case 1:
                found[i] = stage.room[2]
            case 0 if cast.players[k].place in ("centre", "top", "bottom") and count > 1:
                found[i] = (stage.room[0] + stage.room[2]) / 2
    return found


def _side(place: str | None) -> int:
    if place is None:
        return 0
    return -1 if "left" in place else 1 if "right" in place else 0


def _settled(
    cast: Cast, stage: Stage, setting: Setting, level: Sequence[int], wanted: list[float],
    scale: float,
) -> list[float]:  # fmt: skip
    """Centres as near to those wanted as order, gaps and the stage's ends allow."""
    widths = [cast.players[k].block.size[0] * scale * _factor(setting, k) for k in level]
    found = list(wanted)
    count = len(level)

    def least(i: int, j: int) -> float:
        mean = (widths[i] + widths[j]) / 2
        same = (level[i] in setting.back) == (level[j] in setting.back)
        return mean * (1 + min(0.4 * GAP, setting.gap) if same else setting.overlap)

    for i in range(count):
        found[i] = max([found[i], stage.room[0] + widths[i] / 2,
                        *(found[j] + least(i, j) for j in range(i))])  # fmt: skip
    for i in reversed(range(count)):
        found[i] = min([found[i], stage.room[2] - widths[i] / 2,
                        *(found[j] - least(i, j) for j in range(i + 1, count))])  # fmt: skip
    return found
