"""Relations between things of a composed picture, from where they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maquette.agents.judging.composed.answers import Answer, Answers, Group
from maquette.agents.judging.composed.comparing import Mask
from maquette.agents.judging.composed.contact import stands_on
from maquette.agents.judging.composed.looking import Seen
from maquette.records.criterion import Relation, RelationName
from maquette.records.geometry import Box

CLEAR = 0.015
"""How far apart centres must lie, as a fraction of the sheet's side, to be told apart."""
WITHIN, WITHOUT = 0.8, 0.5
"""A thing is inside another from this share of it that the other's box holds, and outside below
the other."""
TOUCH = 0.01
"""Share of the smaller thing from which two overlap."""

TEXT = "text"
"""What a relation calls the words of a sheet."""


@dataclass(frozen=True, eq=False)
class Spot:
    """Something at its place."""

    box: Box
    frame: int | None = None
    """None: words, which belong to the whole sheet."""
    order: int = 1_000
    whole: Mask | None = None


def relation(answers: Answers, criterion: Relation) -> Answer:
    """Whether each subject stands so to each object, in one of the frames that show both."""
    sides = [_spots(answers, phrase) for phrase in (criterion.subject, criterion.object)]
    for side in sides:
        if isinstance(side, Answer):
            return side
    subjects, objects = (side for side in sides if not isinstance(side, Answer))
    verdicts = [_together(criterion.relation, pairs) for pairs in _pairs(subjects, objects)]
    boxes = tuple(spot.box for spot in (*subjects, *objects))
    told = f"{criterion.subject} {criterion.relation} {criterion.object}"
    if not verdicts:
        return Answer(False, f"{told}: no frame shows both", boxes)
    if True in verdicts:
        return Answer(True, f"{told}: by where they are seen", boxes)
    if None in verdicts:
        return Answer(None, f"{told}: too close to tell", boxes)
    return Answer(False, f"not {told}, by where they are seen", boxes)


def _spots(answers: Answers, phrase: str) -> list[Spot] | Answer:
    """Where all that a phrase means is; or why that cannot be told."""
    if phrase == TEXT:
        words = [Spot(box) for box in answers.view.words]
        return words or Answer(None, "where its words stand is not known")
    group = answers.group(phrase)
    if group.there and not group.unsure:
        return [_spot(one) for one in group.there]
    if group.there or group.unsure:
        return Answer(None, group.why, group.boxes)
    return Answer(False, _missing(phrase, group), group.boxes)


def _missing(phrase: str, group: Group) -> str:
    return f"{phrase}: {group.gone[0].told}" if group.gone else f"there is surely no {phrase}"


def _spot(seen: Seen) -> Spot:
    box = seen.box
    if box is None:  # What is there covers something.
        raise ValueError(f"thing {seen.thing.id!r} is nowhere")
    return Spot(box, seen.thing.frame, seen.order, seen.whole)


def _pairs(subjects: Sequence[Spot], objects: Sequence[Spot]) -> list[list[tuple[Spot, Spot]]]:
    """By frame, each subject with each object there; words stand in every frame."""
    told = {spot.frame for spot in (*subjects, *objects)} - {None}
    frames: list[int | None] = sorted(told, key=lambda frame: frame or 0)
    found = []
    places: list[int | None] = [*frames] if frames else [None]
    for frame in places:
        here = [
            (one, other)
            for one in subjects
            for other in objects
            if {one.frame, other.frame} <= {frame, None} and one is not other
        ]
        if here:
            found.append(here)
    return found


def _together(name: RelationName, pairs: Sequence[tuple[Spot, Spot]]) -> bool | None:
    """Whether a relation holds for all pairs; of several that stand in front of something, some
    may stand beside those that cover it, no farther off; of several hosts each guest needs one."""
    if name == "on":
        return _all([_on_any(one, pairs) for one in dict.fromkeys(one for one, _ in pairs)])
    verdicts = [_holds(name, one, other) for one, other in pairs]
    if name == "in front of" and True in verdicts:
        verdicts = [
            True if _no_farther(one, other) else holds
            for holds, (one, other) in zip(verdicts, pairs, strict=True)
        ]
    return _all(verdicts)


def _on_any(one: Spot, pairs: Sequence[tuple[Spot, Spot]]) -> bool | None:
    """Whether one thing stands on any of those that it is asked to stand on."""
    verdicts = [_holds("on", one, other) for each, other in pairs if each is one]
    return True if True in verdicts else _all(verdicts)


def _no_farther(one: Spot, other: Spot) -> bool:
    """Whether something stands as near as another, or nearer, and not behind it."""
    if one.whole is None or other.whole is None or (one.whole & other.whole).any():
        return False
    return one.box.y1 >= other.box.y1 - CLEAR


def _all(verdicts: Sequence[bool | None]) -> bool | None:
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _holds(name: RelationName, one: Spot, other: Spot) -> bool | None:
    if name == "inside":
        return _inside(one, other)
    if name == "in front of":
        return _in_front(one, other)
    if name == "on":
        return _on(one, other)
    across = other.box.centre[0] - one.box.centre[0]
    down = other.box.centre[1] - one.box.centre[1]
    ahead = {"left of": across, "right of": -across, "above": down, "below": -down}[name]
    return True if ahead >= CLEAR else False if ahead <= 0 else None


def _on(one: Spot, other: Spot) -> bool | None:
    if one.whole is None or other.whole is None:  # words stand nowhere
        return None
    return stands_on(one.whole, other.whole, before=one.order > other.order)


def _inside(one: Spot, other: Spot) -> bool | None:
    if one.whole is None or other.whole is None:
        return _share(one.box, other.box) >= WITHIN
    box = np.zeros_like(other.whole)
    rows, columns = np.flatnonzero(other.whole.any(1)), np.flatnonzero(other.whole.any(0))
    box[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = True
    held = float((one.whole & box).sum() / max(1, one.whole.sum()))
    if held < WITHOUT or one.whole.sum() > box.sum():
        return False
    return True if held >= WITHIN and one.order > other.order else None


def _in_front(one: Spot, other: Spot) -> bool | None:
    """In front: it covers a part of the other; or it stands nearer, before the other."""
    if one.whole is None or other.whole is None:
        return None
    smaller = min(one.whole.sum(), other.whole.sum())
    if (one.whole & other.whole).sum() >= TOUCH * max(1, smaller):
        return one.order > other.order
    beside = min(one.box.x1, other.box.x1) - max(one.box.x0, other.box.x0)
    nearer = one.box.y1 > other.box.y1 and one.order > other.order
    return beside > 0.3 * min(one.box.width, other.box.width) and nearer


def _share(one: Box, other: Box) -> float:
    """Share of one box that another holds."""
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return max(0.0, width) * max(0.0, height) / (one.width * one.height)
