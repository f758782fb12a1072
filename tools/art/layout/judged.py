"""How good a placement is: what it breaks, how well it fills its stage, how balanced it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from maquette.tools.art.brief import WantedRelation, WantedThing
from maquette.tools.art.contract import Art
from maquette.tools.art.layout.blocks import Spot, by_thing
from maquette.tools.art.layout.stage import Stage
from maquette.tools.art.layout.ties import Rect, centre, holds, hull, overlap
from maquette.tools.art.painting.silhouettes import silhouette

VISIBLE = 0.75
"""Least share of a thing's silhouette that is seen."""

CROWDED = 1.5


def broken(
    spots: Sequence[Spot], ties: Sequence[WantedRelation], stage: Stage
) -> list[WantedRelation]:
    """The relations that do not hold, as seen from the copies' hulls."""
    rects = by_thing(spots)
    return [
        tie
        for tie in ties
        if not holds(_part(rects, tie.subject, tie), tie.relation,
                     _whole(rects, tie.object, tie), stage.unit)  # fmt: skip
    ]


def _part(rects: dict[int, list[Rect]], index: int, tie: WantedRelation) -> Rect:
    return hull(rects[index])


def _whole(rects: dict[int, list[Rect]], index: int, tie: WantedRelation) -> Rect:
    """What is inside one of many stands in the first."""
    return rects[index][0] if tie.relation == "inside" else hull(rects[index])


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


def least_visible(spots: Sequence[Spot], art_of: Callable[[int], tuple[Art, bool]]) -> float:
    """The smallest share of any copy's silhouette that nothing nearer hides.

    ``art_of`` tells of a wanted thing how it looks and whether it is mirrored.
    """
    order = sorted(range(len(spots)), key=lambda k: (spots[k].depth, k))
    least = 1.0
    for at, k in enumerate(order):
        nearer = [spots[j] for j in order[at + 1 :] if overlap(spots[j].rect, spots[k].rect) > 0]
        if not nearer:
            continue
        own = _mask(spots[k], art_of)
        seen = own.copy()
        height, width = own.shape
        rows, columns = np.mgrid[0:height, 0:width]
        x0, y0, x1, y1 = spots[k].rect
        xs, ys = x0 + (columns + 0.5) / width * (x1 - x0), y0 + (rows + 0.5) / height * (y1 - y0)
        for spot in nearer:
            seen &= ~_hit(spot, xs, ys, art_of)
        least = min(least, float(seen.sum() / max(1, own.sum())))
    return least


def _mask(spot: Spot, art_of: Callable[[int], tuple[Art, bool]]) -> np.ndarray:
    art, flip = art_of(spot.thing)
    mask = silhouette(art)
    return mask[:, ::-1] if flip else mask


def _hit(
    spot: Spot, xs: np.ndarray, ys: np.ndarray, art_of: Callable[[int], tuple[Art, bool]]
) -> np.ndarray:
    """Which of some points of the sheet a copy covers."""
    mask = _mask(spot, art_of)
    height, width = mask.shape
    x0, y0, x1, y1 = spot.rect
    columns = np.floor((xs - x0) / (x1 - x0) * width).astype(int)
    rows = np.floor((ys - y0) / (y1 - y0) * height).astype(int)
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    found = mask[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)]
    return np.asarray(inside & found)


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
    return 1.7 * fill + 0.3 * reach - 0.8 * lean - CROWDED * _hidden(spots, sum(areas))


def _hidden(spots: Sequence[Spot], areas: float) -> float:
    """Share of all areas that rectangles share with each other."""
    found = 0.0
    for k, spot in enumerate(spots):
        for other in spots[:k]:
            found += overlap(spot.rect, other.rect)
    return found / areas
