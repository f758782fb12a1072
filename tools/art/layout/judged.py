"""How good a placement is: what it breaks, how well it fills its stage, how balanced it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from maquette.tools.art.brief import WantedRelation, WantedThing
from maquette.tools.art.contract import Art
from maquette.tools.art.layout.blocks import Spot, by_thing
from maquette.tools.art.layout.seen import mask_of, share_behind
from maquette.tools.art.layout.stage import Stage
from maquette.tools.art.layout.ties import Rect, centre, holds, hull, overlap

CROWDED, CROWDED_ON_GROUND = 2.2, 5.0
"""What it costs when rectangles share area: on ground, where depth explains it, by its square."""

REACH, REACH_ON_GROUND = 0.6, 0.3
"""What it is worth that all things together reach over the whole stage: on ground the landscape
fills the rest."""


def broken(
    spots: Sequence[Spot], ties: Sequence[WantedRelation], stage: Stage
) -> list[WantedRelation]:
    """The relations that do not hold, as seen from the copies' hulls."""
    rects = by_thing(spots)
    return [
        tie
        for tie in ties
        if not holds(hull(rects[tie.subject]), tie.relation, _host(rects, tie), stage.unit)
    ]


def _host(rects: dict[int, list[Rect]], tie: WantedRelation) -> Rect:
    """What is inside one of many stands in the first."""
    own = rects[tie.object]
    return own[0] if tie.relation == "inside" else hull(own)


def misplaced(spots: Sequence[Spot], things: Sequence[WantedThing], stage: Stage) -> int:
    """How many things do not stand where they were asked to."""
    rects = by_thing(spots)
    return sum(
        not in_place(hull(rects[k]), thing.place, stage)
        for k, thing in enumerate(things)
        if thing.place
    )


def in_place(rect: Rect, place: str, stage: Stage) -> bool:
    """Whether a rectangle's middle lies in a part of the stage: "top left", "bottom", "centre"."""
    x, y = centre(rect)
    across, down = (x - stage.room[0]) / stage.width, (y - stage.room[1]) / stage.height
    if place in ("centre", "center", "middle"):
        return abs(across - 0.5) < 0.15
    return not (
        ("left" in place and across > 0.44)
        or ("right" in place and across < 0.56)
        or ("top" in place and down > 0.47)
        or ("bottom" in place and down < 0.53)
    )


def visible(
    spots: Sequence[Spot],
    art_of: Callable[[int], tuple[Art, bool]],
    tied: Collection[frozenset[int]] = (),
    bearing: Collection[frozenset[int]] = (),
) -> tuple[float, float]:
    """The smallest visible share of any copy, and the shares hidden without a reason, added up.

    Args:
        art_of: of a wanted thing, how it looks and whether it is mirrored.
        tied: pairs of things of which one may hide a part of the other.
        bearing: pairs of which one stands on the other; how much it may hide is settled already.
    """
    order = sorted(spots, key=lambda spot: (spot.depth, spot.rect[3]))
    inked = [(spot.rect, mask_of(*art_of(spot.thing))) for spot in order]
    least, needless = 1.0, 0.0
    for k, own in enumerate(order):
        over = [j for j in range(k + 1, len(order)) if overlap(own.rect, order[j].rect) > 0]
        over = [j for j in over if frozenset((own.thing, order[j].thing)) not in bearing]
        loose = [j for j in over if frozenset((own.thing, order[j].thing)) not in tied]
        if not over:
            continue
        seen = share_behind(inked[k], [inked[j] for j in over])
        least = min(least, seen)
        if loose and seen < 1.0:
            alone = loose == over
            needless += 1 - (seen if alone else share_behind(inked[k], [inked[j] for j in loose]))
    return least, needless


def beauty(spots: Sequence[Spot], stage: Stage) -> float:
    """How well the stage is filled, and how even: about 0 to 1.5, higher is better."""
    room = stage.width * stage.height
    areas = [(s.rect[2] - s.rect[0]) * (s.rect[3] - s.rect[1]) for s in spots]
    fill = min(0.62, sum(areas) / room)
    whole = hull([spot.rect for spot in spots])
    reach = (whole[2] - whole[0]) * (whole[3] - whole[1]) / room
    weight = sum(areas)
    middle = sum(a * centre(s.rect)[0] for a, s in zip(areas, spots, strict=True)) / weight
    lean = abs(middle - (stage.room[0] + stage.room[2]) / 2) / stage.width
    shared = _hidden(spots, sum(areas))
    crowd = CROWDED * shared if stage.ground is None else CROWDED_ON_GROUND * shared**2
    wide = REACH if stage.ground is None else REACH_ON_GROUND
    return 1.7 * fill + wide * reach - 0.8 * lean - crowd


def _hidden(spots: Sequence[Spot], areas: float) -> float:
    """Share of all areas that rectangles share with each other."""
    found = 0.0
    for k, spot in enumerate(spots):
        for other in spots[:k]:
            found += overlap(spot.rect, other.rect)
    return found / areas
