"""New boxes for things of a finished scene: moved, resized, put somewhere, added."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box
from maquette.tools.art.brief import BriefRelation
from maquette.tools.art.contract import Art
from maquette.tools.art.layout.blocks import side_lengths
from maquette.tools.art.layout.contact.putting import put_on
from maquette.tools.art.layout.free import free_place
from maquette.tools.art.layout.nature import Nature, lane_of, shown_sizes
from maquette.tools.art.layout.seen import VISIBLE, mask_of, shares_of
from maquette.tools.art.layout.shifting import rounded
from maquette.tools.art.layout.stage import Stage, stage_of
from maquette.tools.art.layout.ties import Rect, centre, holds, hull, overlap
from maquette.tools.art.layout.touching import Inked, before, inside, touches
from maquette.tools.art.painting.placing import fitted
from maquette.tools.art.scene import PlacedThing, Scene
from maquette.tools.art.scenery.table import zones_of

Look = Callable[[str], Art]

NEARER = 0.015
"""How much lower than the floor something may stand to be in front of what stands on it."""
USUAL = 0.3
"""Side of a thing in an empty frame, in shorter sides of it, times its natural share."""
INSIDE = 0.5


def unhidden(scene: Scene, named: Sequence[int], look: Look) -> Scene:
    """The scene with the named things further back or further in front, if that shows more.

    A tree that grew stands behind the cat that it would hide. Others keep their layers.
    """
    layers = [thing.layer for thing in scene.things]
    tried = [scene]
    for layer in (min(layers) - 1, max(layers) + 1):
        changed = list(scene.things)
        for k in named:
            changed[k] = changed[k].model_copy(update={"layer": layer})
        tried.append(scene.model_copy(update={"things": tuple(changed)}))
    least = [min(shares_of(one, look)) for one in tried]
    return scene if least[0] >= VISIBLE else tried[least.index(max(least))]


def put(
    scene: Scene, named: Sequence[int], relation: BriefRelation, others: Sequence[int],
    look: Look, nature: Nature,
) -> Scene:  # fmt: skip
    """The things one after the other where the relation to the others holds.

    Raises: InvalidInput: there is no such place.
    """
    if set(named) & set(others):
        raise InvalidInput(
            f"a thing cannot be {relation} itself",
            hint="Name two things, by their ids where they share a word.",
        )
    if relation == "on":
        return put_on(scene, named, others, look, nature)
    for k in named:
        scene = _put_one(scene, k, relation, others, look, nature)
    return scene


def place_for(
    scene: Scene, thing: str, frame: int, alike: Sequence[PlacedThing], look: Look, nature: Nature
) -> Box:
    """The box of one more thing: as large as those like it, else as its nature says.

    Raises: InvalidInput: the picture is full.
    """
    stage, art = _stage(scene, frame), look(thing)
    rects = [_rect(scene, k, look) for k in _in_frame(scene, frame)]
    if alike:
        like = fitted(alike[-1].box, art, scene.width_px, scene.height_px)
        size, near = (like.width, like.height), like.centre
    else:
        size, near = _natural(scene, thing, frame, look, nature), None
    lane = lane_of(nature, thing, wet=stage.ground is None or stage.water is not None)
    found = free_place(size, rects, stage, lane=lane, near=near, kept=_lettered(scene),
                       as_large=bool(alike))  # fmt: skip
    if found is None:  # its lane is full of words
        found = free_place(size, rects, stage, lane="any", near=near, kept=_lettered(scene))
    if found is None:
        raise InvalidInput(
            "there is no room for one more thing", hint="Make things smaller or remove one first."
        )
    return _boxed(scene, found)


def box_of_other(scene: Scene, thing: PlacedThing, art: Art) -> Box:
    """A box for another thing in the place of one: the same feet and about the same area."""
    width, height = scene.width_px, scene.height_px
    old = thing.box
    wide, high = old.width * width, old.height * height
    w, h = side_lengths(art.aspect, (wide * high) ** 0.5)
    frame = scene.frames[thing.frame].box
    fit = min(1.0, frame.width * width / w, (old.y1 - frame.y0) * height / h)
    w, h = w * fit, h * fit
    x = (old.x0 + old.x1) / 2 * width - w / 2
    x = min(max(x, frame.x0 * width), frame.x1 * width - w)
    return _boxed(scene, (x, old.y1 * height - h, x + w, old.y1 * height))


def _put_one(
    scene: Scene, k: int, relation: BriefRelation, others: Sequence[int], look: Look, nature: Nature
) -> Scene:
    thing = scene.things[k]
    host_frame = scene.things[others[0]].frame
    stage = _stage(scene, host_frame)
    targets = [_rect(scene, j, look) for j in others]
    target = targets[0] if relation == "inside" else hull(targets)
    own = _rect(scene, k, look)
    width, height = own[2] - own[0], own[3] - own[1]
    inked = [(rect, mask_of(look(scene.things[j].thing), scene.things[j].flip))
             for j, rect in zip(others, targets, strict=True)]  # fmt: skip
    mine = [(own, mask_of(look(thing.thing), thing.flip))]
    found: Rect | None
    if relation == "inside":
        found = _shifted_by(own, inside(mine, inked[0], INSIDE))
    elif relation == "in front of":
        found = _before(mine, inked, stage, _lettered(scene))
    else:
        rest = [_rect(scene, j, look) for j in _in_frame(scene, host_frame)
                if j != k]  # fmt: skip
        lane = lane_of(nature, thing.thing) if relation not in ("above", "below") else "any"
        found = free_place(
            (width, height), rest, stage, lane=lane, near=_aim(target, relation),
            suits=lambda rect: holds(rect, relation, target, stage.unit), kept=_lettered(scene),
        )  # fmt: skip
        if found is None and lane != "any":
            found = free_place(
                (width, height), rest, stage, lane="any", near=_aim(target, relation),
                suits=lambda rect: holds(rect, relation, target, stage.unit), kept=_lettered(scene),
            )  # fmt: skip
    if found is None:
        raise InvalidInput(
            f"there is no room {relation} the {scene.things[others[0]].phrase}",
            hint=f"Move the {scene.things[others[0]].phrase} first, or make things smaller.",
        )
    layer = thing.layer
    if relation in ("inside", "in front of"):
        layer = max(one.layer for one in scene.things) + 1
    things = list(scene.things)
    things[k] = thing.model_copy(
        update={"box": _boxed(scene, found), "layer": layer, "frame": host_frame}
    )
    return scene.model_copy(update={"things": tuple(things)})


def _before(
    own: Sequence[Inked], hosts: Sequence[Inked], stage: Stage, words: Sequence[Rect]
) -> Rect | None:
    """Where the thing hides a part of the hosts, at the side where it stays on the stage."""
    x0, y0, x1, y1 = stage.room
    for to_right in (True, False):
        rect = _shifted_by(own[0][0], before(own, hosts, to_right))
        lowest = max(y1, hull([host for host, _ in hosts])[3] + NEARER * stage.height)
        up = max(0.0, rect[3] - lowest)
        rect = (rect[0], rect[1] - up, rect[2], rect[3] - up)
        left = min(0.0, x1 - rect[2]) + max(0.0, x0 - rect[0])
        rect = (rect[0] + left, rect[1], rect[2] + left, rect[3])
        free = not any(overlap(rect, one) > 0 for one in words)
        if free and rect[1] >= y0 and touches([(rect, own[0][1])], "in front of", hosts):
            return rect
    return None


def _shifted_by(rect: Rect, move: tuple[float, float, float]) -> Rect:
    by, x, y = move
    return rect[0] * by + x, rect[1] * by + y, rect[2] * by + x, rect[3] * by + y


def _aim(target: Rect, relation: BriefRelation) -> tuple[float, float]:
    """The point near which the relation is plain: just beyond the target's edge."""
    x, y = centre(target)
    wide, high = target[2] - target[0], target[3] - target[1]
    match relation:
        case "left of":
            return x - wide, y
        case "right of" | "beside":
            return x + wide, y
        case "above":
            return x, y - high
        case "below":
            return x, y + high
        case _:
            return x, y + 0.5 * high


def _natural(
    scene: Scene, thing: str, frame: int, look: Look, nature: Nature
) -> tuple[float, float]:
    """Width and height in pixels that suit what is in the frame."""
    there = [scene.things[k] for k in _in_frame(scene, frame)]
    every = [*(one.thing for one in there), thing]
    sizes = shown_sizes([nature.height_m(one) * look(one).aspect ** 0.5 for one in every])
    area = [_area(scene, one, look) ** 0.5 for one in there]
    units = [side / size for side, size in zip(area, sizes, strict=False)]
    stage = _stage(scene, frame)
    unit = sum(units) / len(units) if units else USUAL * 2 * stage.unit
    width, height = side_lengths(look(thing).aspect, unit * sizes[-1])
    fit = min(1.0, 0.6 * stage.width / width, 0.6 * stage.height / height)
    return width * fit, height * fit


def _stage(scene: Scene, frame: int) -> Stage:
    part = scene.frames[frame]
    zones = zones_of(part.background.kind)
    return stage_of(part.box, part.box, zones, scene.width_px, scene.height_px)


def _in_frame(scene: Scene, frame: int) -> list[int]:
    return [k for k, thing in enumerate(scene.things) if thing.frame == frame]


def _lettered(scene: Scene) -> list[Rect]:
    """Where words stand, in pixels: nothing is put there."""
    width, height = scene.width_px, scene.height_px
    return [
        (b.x0 * width, b.y0 * height, b.x1 * width, b.y1 * height)
        for b in (block.box for block in scene.words)
    ]


def _rect(scene: Scene, k: int, look: Look) -> Rect:
    """What the ink of a thing covers, in pixels."""
    thing = scene.things[k]
    fit = fitted(thing.box, look(thing.thing), scene.width_px, scene.height_px)
    return fit.x, fit.y, fit.x + fit.width, fit.y + fit.height


def _area(scene: Scene, thing: PlacedThing, look: Look) -> float:
    fit = fitted(thing.box, look(thing.thing), scene.width_px, scene.height_px)
    return fit.width * fit.height


def _boxed(scene: Scene, rect: Rect) -> Box:
    values = (rect[0] / scene.width_px, rect[1] / scene.height_px,
              rect[2] / scene.width_px, rect[3] / scene.height_px)  # fmt: skip
    x0, y0, x1, y1 = (rounded(value) for value in values)
    return Box(x0=x0, y0=y0, x1=x1, y1=y1)
