"""Changes of a scene document: what is not named stays as it is, to the bit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from maquette.records.errors import InvalidInput
from maquette.tools.art.brief import colour_code
from maquette.tools.art.changes import (
    Add,
    ChangeBackground,
    Decorate,
    Flip,
    Move,
    Put,
    Recolour,
    Remove,
    Replace,
    Resize,
    Reword,
    SceneChange,
)
from maquette.tools.art.contract import Art
from maquette.tools.art.layout import moving, shifting
from maquette.tools.art.layout.compose import free_name
from maquette.tools.art.layout.nature import Nature, nature_of_packs
from maquette.tools.art.legible import legible
from maquette.tools.art.packs.table import art_of
from maquette.tools.art.painting.shades import shade
from maquette.tools.art.scene import Background, PlacedThing, Scene

MOST = 64
"""Things in one scene."""


def changed(
    scene: Scene,
    changes: Iterable[SceneChange],
    *,
    look: Callable[[str], Art] = art_of,
    nature: Nature | None = None,
) -> Scene:
    """The scene after all changes, each applied to what the one before it left.

    Raises: InvalidInput: what is named is not there, or the change cannot be; says what is there.
    NotFound: a thing is in no pack.
    """
    known = nature or nature_of_packs()
    for change in changes:
        scene = _one(scene, change, look, known)
    return scene


def _one(scene: Scene, change: SceneChange, look: Callable[[str], Art], nature: Nature) -> Scene:
    match change:
        case Recolour():
            if change.colour is not None:
                shade(change.colour)
            return _updated(scene, change.which, {"colour": change.colour})
        case Decorate():
            return _updated(scene, change.which, {"pattern": change.pattern})
        case Flip():
            named = named_things(scene, change.which)
            flipped: dict[int, dict[str, object]] = {
                k: {"flip": not scene.things[k].flip} for k in named
            }
            return with_things(scene, flipped)
        case Move():
            named = named_things(scene, change.which)
            after = shifting.moved(scene, named, change.direction, change.by)
            return moving.unhidden(after, named, look)
        case Resize():
            named = named_things(scene, change.which)
            return moving.unhidden(shifting.resized(scene, named, change.factor), named, look)
        case Put():
            named, others = named_things(scene, change.which), named_things(scene, change.other)
            return moving.put(scene, named, change.relation, others, look, nature)
        case Add():
            return _added(scene, change, look, nature)
        case Remove():
            return _removed(scene, change)
        case Replace():
            return _replaced(scene, change, look)
        case ChangeBackground():
            return _on_background(scene, change)
        case Reword():
            return _reworded(scene, change)


def named_things(scene: Scene, which: str) -> list[int]:
    """Indices of the things with this id or phrase.

    Raises: InvalidInput: there are none; says what is there.
    """
    name = " ".join(which.lower().split())
    found = [k for k, thing in enumerate(scene.things) if thing.id == which]
    found = found or [k for k, thing in enumerate(scene.things) if thing.phrase.lower() == name]
    if not found:
        raise InvalidInput(
            f"there is no {which!r} in the picture; it shows {told(scene)}",
            hint="Name one of these, or add the thing first.",
        )
    return found


def told(scene: Scene) -> str:
    """What a scene shows, in words: "2 x balloon, cake"."""
    counts: dict[str, int] = {}
    for thing in scene.things:
        counts[thing.phrase] = counts.get(thing.phrase, 0) + 1
    if not counts:
        return "no things"
    return ", ".join(f"{n} x {phrase}" if n > 1 else phrase for phrase, n in counts.items())


def with_things(scene: Scene, updates: Mapping[int, Mapping[str, object]]) -> Scene:
    """The scene with fields of some things, by index, changed; the others are the same objects."""
    things = tuple(
        PlacedThing.model_validate({**dict(thing), **updates[k]}) if k in updates else thing
        for k, thing in enumerate(scene.things)
    )
    return scene.model_copy(update={"things": things})


def _updated(scene: Scene, which: str, fields: dict[str, object]) -> Scene:
    return with_things(scene, dict.fromkeys(named_things(scene, which), fields))


def _added(scene: Scene, change: Add, look: Callable[[str], Art], nature: Nature) -> Scene:
    if len(scene.things) + change.count > MOST:
        raise InvalidInput(
            f"{change.count} more would make {len(scene.things) + change.count} things; "
            f"a picture holds {MOST}",
            hint="Remove something first.",
        )
    if change.colour is not None:
        shade(change.colour)
    alike = [t for t in scene.things if t.phrase.lower() == change.phrase.lower()
             and change.thing in (None, t.thing)]  # fmt: skip
    if change.thing is None and not alike:
        raise InvalidInput(
            f"there is no {change.phrase!r} to add one more of; the picture shows {told(scene)}",
            hint="Give the id of a thing of an art pack.",
        )
    thing = change.thing or alike[0].thing
    frame = change.frame if change.frame is not None else main_frame(scene)
    _check_frame(scene, frame)
    for _ in range(change.count):
        taken = {one.id for one in scene.things}
        new = PlacedThing(
            id=free_name(change.phrase, taken),
            thing=thing,
            phrase=change.phrase,
            probability=alike[0].probability if change.thing is None else change.probability,
            box=moving.place_for(scene, thing, frame, alike, look, nature),
            frame=frame,
            layer=max((one.layer for one in scene.things), default=-1) + 1,
            colour=change.colour or (alike[-1].colour if alike else None),
            pattern=change.pattern or (alike[-1].pattern if alike else None),
        )
        alike = [*alike, new]
        scene = scene.model_copy(update={"things": (*scene.things, new)})
    return scene


def _removed(scene: Scene, change: Remove) -> Scene:
    named = named_things(scene, change.which)
    if change.count is not None and change.count > len(named):
        raise InvalidInput(
            f"there are {len(named)} x {change.which!r} in the picture; "
            f"{change.count} cannot be removed",
            hint=f"It shows {told(scene)}.",
        )
    gone = set(named if change.count is None else named[-change.count :])
    kept = tuple(thing for k, thing in enumerate(scene.things) if k not in gone)
    return scene.model_copy(update={"things": kept})


def _replaced(scene: Scene, change: Replace, look: Callable[[str], Art]) -> Scene:
    if change.colour is not None:
        shade(change.colour)
    updates: dict[int, dict[str, object]] = {}
    taken = {thing.id for thing in scene.things}
    for k in named_things(scene, change.which):
        updates[k] = {
            "id": free_name(change.phrase, taken),
            "thing": change.thing,
            "phrase": change.phrase,
            "probability": change.probability,
            "box": moving.box_of_other(scene, scene.things[k], look(change.thing)),
            "flip": False,
            "colour": change.colour,
            "pattern": change.pattern,
        }
    return with_things(scene, updates)


def _on_background(scene: Scene, change: ChangeBackground) -> Scene:
    at = change.frame if change.frame is not None else main_frame(scene)
    _check_frame(scene, at)
    asked = change.background
    background = Background(
        kind=asked.kind or ("gradient" if asked.second else "plain"),
        colour=_code(asked.colour),
        second=_code(asked.second),
    )
    frames = tuple(
        frame.model_copy(update={"background": background}) if k == at else frame
        for k, frame in enumerate(scene.frames)
    )
    return legible(scene.model_copy(update={"frames": frames}), at)


def _code(colour: str | None) -> str | None:
    if colour is None:
        return None
    shade(colour)
    try:
        return colour_code(colour)
    except ValueError:
        red, green, blue = shade(colour)
        return f"#{red:02x}{green:02x}{blue:02x}"


def _reworded(scene: Scene, change: Reword) -> Scene:
    texts = [block.text for block in scene.words]
    if change.old is None and len(texts) != 1:
        raise InvalidInput(
            f"the picture has {len(texts)} strings, so it must be said which one to change",
            hint=_strings(texts),
        )
    at = 0 if change.old is None else _string(texts, change.old)
    words = tuple(
        block.model_copy(update={"text": change.new}) if k == at else block
        for k, block in enumerate(scene.words)
    )
    return scene.model_copy(update={"words": words})


def _string(texts: Sequence[str], old: str) -> int:
    """The string that is meant: the same, else the same but for case."""
    for same in (lambda text: text == old, lambda text: text.casefold() == old.casefold()):
        found = [k for k, text in enumerate(texts) if same(text)]
        if found:
            return found[0]
    raise InvalidInput(f"no string of the picture is {old!r}", hint=_strings(texts))


def _strings(texts: Sequence[str]) -> str:
    return f"There are {', '.join(map(repr, texts))}." if texts else "There are no words on it."


def main_frame(scene: Scene) -> int:
    """The frame in which most things stand; without things the last one."""
    counts = [0] * len(scene.frames)
    for thing in scene.things:
        counts[thing.frame] += 1
    if not scene.things:
        return len(scene.frames) - 1
    return counts.index(max(counts))


def _check_frame(scene: Scene, frame: int) -> None:
    if frame >= len(scene.frames):
        raise InvalidInput(
            f"the picture has no frame {frame}; it has {len(scene.frames)}, counted from 0",
            hint="Name one of these, or leave it out.",
        )
