"""Things of a finished scene put on another that is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box
from maquette.tools.art.contract import Art
from maquette.tools.art.layout.contact.standing import Stander, bears, stood
from maquette.tools.art.layout.nature import Nature
from maquette.tools.art.layout.seen import mask_of
from maquette.tools.art.layout.shifting import EDGE, rounded
from maquette.tools.art.layout.ties import Rect, overlap
from maquette.tools.art.layout.touching import Inked
from maquette.tools.art.painting.placing import fitted
from maquette.tools.art.scene import Scene

Look = Callable[[str], Art]
SHRUNK = (1.0, 0.85, 0.7, 0.58, 0.48, 0.4)
"""Sizes that are tried where there is little room above the host."""


def put_on(
    scene: Scene, named: Sequence[int], others: Sequence[int], look: Look, nature: Nature
) -> Scene:
    """The named things on the others, which they are shared out among, beside what is on them.

    Raises: InvalidInput: the picture ends above them.
    """
    things = list(scene.things)
    layer = max(one.layer for one in things)
    for number, host in enumerate(others):
        own = [k for n, k in enumerate(named) if n * len(others) // len(named) == number]
        for k, box in _on_one(scene, own, host, look, nature).items():
            layer += 1
            things[k] = things[k].model_copy(
                update={"box": box, "layer": layer, "frame": scene.things[host].frame}
            )
    return scene.model_copy(update={"things": tuple(things)})


def _on_one(
    scene: Scene, own: Sequence[int], host: int, look: Look, nature: Nature
) -> dict[int, Box]:
    """The boxes of some things on one host."""
    if not own:
        return {}
    below = _inked(scene, host, look)
    seat = nature.seat(scene.things[host].thing)
    if seat is not None and scene.things[host].flip:
        seat = seat.mirrored()
    rest = [k for k, one in enumerate(scene.things)
            if one.frame == scene.things[host].frame and k != host and k not in own]  # fmt: skip
    taken = [one[0] for one in (_inked(scene, k, look) for k in rest) if bears(below, one)]
    for by in SHRUNK:
        standers = [_stander(_inked(scene, k, look), by) for k in own]
        moves = stood(standers, below, seat, taken)
        boxes = [_box(scene, one.box, move) for one, move in zip(standers, moves, strict=True)]
        if all(_free(box, scene, scene.things[host].frame) for box in boxes):
            return {k: box for k, box in zip(own, boxes, strict=True) if box is not None}
    raise InvalidInput(
        f"there is no room on the {scene.things[host].phrase}: the picture or its words end there",
        hint=f"Move the {scene.things[host].phrase} down or to the middle first, or make it "
        "smaller.",
    )


def _stander(inked: Inked, by: float) -> Stander:
    (x0, y0, x1, y1), mask = inked
    rect = (x0 * by, y0 * by, x1 * by, y1 * by)
    return Stander(rect, (rect, mask))


def _inked(scene: Scene, k: int, look: Look) -> Inked:
    """What the ink of a thing covers, in pixels."""
    thing = scene.things[k]
    art = look(thing.thing)
    fit = fitted(thing.box, art, scene.width_px, scene.height_px)
    rect = (fit.x, fit.y, fit.x + fit.width, fit.y + fit.height)
    return rect, mask_of(art, thing.flip)


def _box(scene: Scene, rect: Rect, move: tuple[float, float, float]) -> Box | None:
    """In fractions of the sheet; None: it would leave it."""
    by, x, y = move
    x0, y0 = (rect[0] * by + x) / scene.width_px, (rect[1] * by + y) / scene.height_px
    x1, y1 = (rect[2] * by + x) / scene.width_px, (rect[3] * by + y) / scene.height_px
    if min(x0, y0) < 0 or max(x1, y1) > 1:
        return None
    return Box(x0=rounded(x0), y0=rounded(y0), x1=rounded(x1), y1=rounded(y1))


def _free(box: Box | None, scene: Scene, frame: int) -> bool:
    """Whether a box keeps the margin of its frame, and covers no words."""
    if box is None:
        return False
    part = scene.frames[frame].box
    across, down = EDGE * part.width, EDGE * part.height
    inside = box.x0 >= part.x0 + across and box.x1 <= part.x1 - across and box.y1 <= part.y1
    own = (box.x0, box.y0, box.x1, box.y1)
    words = [(b.x0, b.y0, b.x1, b.y1) for b in (block.box for block in scene.words)]
    return inside and box.y0 >= part.y0 + down and not any(overlap(own, b) > 0 for b in words)
