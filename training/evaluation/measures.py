"""Measure pictures against the scenes they should show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from maquette.training.evaluation.crops import crop
from maquette.training.evaluation.finder import find_boxes, overlap
from maquette.training.evaluation.intervals import Share
from maquette.training.evaluation.recogniser import Recogniser, recognise
from maquette.training.world.scene import Box, Relation, Scene


@dataclass(frozen=True)
class LayoutScore:
    """How well pictures hold to given boxes, counted over things."""

    thing: Share
    """The recogniser names the thing in the box rightly."""
    colour: Share
    """The same for its colour."""
    both: Share
    """Thing and colour are both right."""
    overlap: float
    """Mean intersection over union of given box and best box found, in [0, 1]."""


@dataclass(frozen=True)
class CaptionScore:
    """How well pictures hold to captions without boxes, counted over pictures."""

    contents: Share
    """Exactly the scene's coloured things are found, no more, no fewer."""
    related: Share | None
    """The told relation holds between their centres, over pictures whose things were all found;
    None if no picture told one."""


def score_layouts(
    model: Recogniser, pictures: list[np.ndarray], scenes: list[Scene]
) -> LayoutScore:
    """Compare what is in each given box with what should be.

    Args:
        model: the recogniser.
        pictures: uint8 (H, W, 3), one a scene.
        scenes: truth.
    """
    wanted = [placed for scene in scenes for placed in scene.things]
    crops = [
        crop(picture, placed.box)
        for picture, scene in zip(pictures, scenes, strict=True)
        for placed in scene.things
    ]
    seen = recognise(model, np.stack(crops))
    things = [s.thing == p.thing for s, p in zip(seen, wanted, strict=True)]
    colours = [s.colour == p.colour for s, p in zip(seen, wanted, strict=True)]
    overlaps = [
        max((overlap(placed.box, box) for box in found), default=0.0)
        for found, scene in zip(map(find_boxes, pictures), scenes, strict=True)
        for placed in scene.things
    ]
    return LayoutScore(
        _share(things),
        _share(colours),
        _share([a and b for a, b in zip(things, colours, strict=True)]),
        float(np.mean(overlaps)),
    )


def score_captions(
    model: Recogniser,
    pictures: list[np.ndarray],
    scenes: list[Scene],
    told: list[Relation | None],
) -> CaptionScore:
    """Find and name everything in each picture and compare it with its scene.

    Args:
        model: the recogniser.
        pictures: uint8 (H, W, 3), one a scene.
        scenes: truth; where a relation is told, the pairs of the scene differ.
        told: the relation in each caption, or None.
    """
    contents, related = [], []
    for picture, scene, relation in zip(pictures, scenes, told, strict=True):
        found = named_boxes(model, picture)
        right = Counter(p.pair for p in scene.things) == Counter(pair for pair, _ in found)
        contents.append(right)
        if right and relation is not None:
            boxes = dict(found)
            a, b = (scene.things[i].pair for i in (relation.subject, relation.other))
            related.append(centred(boxes[a], relation.name, boxes[b]))
    return CaptionScore(_share(contents), _share(related) if related else None)


def centred(a: Box, name: str, b: Box) -> bool:
    """Tell whether the middle of ``a`` lies on the named side of the middle of ``b``."""
    dx = (a[0] + a[2]) - (b[0] + b[2])
    dy = (a[1] + a[3]) - (b[1] + b[3])
    return {"left of": dx < 0, "right of": dx > 0, "above": dy < 0, "below": dy > 0}[name]


def named_boxes(model: Recogniser, picture: np.ndarray) -> list[tuple[tuple[str, str], Box]]:
    """Find the things of a picture: ``((colour, thing), box)`` of each."""
    boxes = find_boxes(picture)
    if not boxes:
        return []
    seen = recognise(model, np.stack([crop(picture, box) for box in boxes]))
    return [((s.colour, s.thing), box) for s, box in zip(seen, boxes, strict=True)]


def _share(outcomes: list[bool]) -> Share:
    return Share(sum(map(bool, outcomes)), len(outcomes))
