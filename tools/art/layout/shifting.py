"""Things of a finished scene moved together, or made larger and smaller where they stand."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box
from maquette.tools.art.scene import Scene

EDGE = 0.02
"""Margin to the frame that a moved thing keeps, in frame sides."""
LEAST = 0.005
"""A move shorter than this, in frame sides, is none."""


def moved(scene: Scene, named: Sequence[int], direction: str, by: float) -> Scene:
    """The things moved together by a share of their frame, at most to its margin.

    Raises: InvalidInput: they are at that edge already.
    """
    frame = scene.frames[scene.things[named[0]].frame].box
    boxes = [scene.things[k].box for k in named]
    if direction in ("left", "right"):
        room = min(b.x0 for b in boxes) - frame.x0 - EDGE * frame.width
        if direction == "right":
            room = frame.x1 - EDGE * frame.width - max(b.x1 for b in boxes)
        step, side = min(by * frame.width, room), frame.width
    else:
        room = min(b.y0 for b in boxes) - frame.y0 - EDGE * frame.height
        if direction == "down":
            room = frame.y1 - EDGE * frame.height - max(b.y1 for b in boxes)
        step, side = min(by * frame.height, room), frame.height
    if step < LEAST * side:
        raise InvalidInput(
            f"the {scene.things[named[0]].phrase} cannot go further {direction}: "
            "it stands at the edge of its frame",
            hint="Make it smaller first, or move it another way.",
        )
    dx = {"left": -step, "right": step}.get(direction, 0.0)
    dy = {"up": -step, "down": step}.get(direction, 0.0)
    return _with_boxes(scene, {k: _shifted(scene.things[k].box, dx, dy) for k in named})


def resized(scene: Scene, named: Sequence[int], factor: float) -> Scene:
    """Each thing larger or smaller about the middle of its lower edge, inside its frame.

    Raises: InvalidInput: they fill their frame already.
    """
    boxes = {}
    for k in named:
        thing = scene.things[k]
        boxes[k] = _grown(thing.box, scene.frames[thing.frame].box, factor)
    if all(boxes[k] == scene.things[k].box for k in named) and factor != 1:
        raise InvalidInput(
            f"the {scene.things[named[0]].phrase} cannot be larger: it fills its frame",
            hint="Move it to the middle, or make the others smaller.",
        )
    return _with_boxes(scene, boxes)


def _shifted(box: Box, dx: float, dy: float) -> Box:
    return Box(
        x0=rounded(box.x0 + dx),
        y0=rounded(box.y0 + dy),
        x1=rounded(box.x1 + dx),
        y1=rounded(box.y1 + dy),
    )


def _grown(box: Box, frame: Box, factor: float) -> Box:
    """The box about the middle of its lower edge; pushed inside the frame where it would leave."""
    most_wide, most_high = frame.width * (1 - 2 * EDGE), frame.height * (1 - 2 * EDGE)
    by = min(factor, most_wide / box.width, most_high / box.height)
    if factor > 1 >= by:
        return box
    width, height = box.width * by, box.height * by
    x0 = (box.x0 + box.x1 - width) / 2
    x0 = min(max(x0, frame.x0 + EDGE * frame.width), frame.x1 - EDGE * frame.width - width)
    y0 = max(box.y1 - height, frame.y0 + EDGE * frame.height)
    return Box(x0=rounded(x0), y0=rounded(y0), x1=rounded(x0 + width), y1=rounded(y0 + height))


def _with_boxes(scene: Scene, boxes: dict[int, Box]) -> Scene:
    things = tuple(
        thing.model_copy(update={"box": boxes[k]}) if k in boxes else thing
        for k, thing in enumerate(scene.things)
    )
    return scene.model_copy(update={"things": things})


def rounded(value: float) -> float:
    """A coordinate of a box, in fractions, to five digits: the same on every machine."""
    return round(min(1.0, max(0.0, value)), 5)
