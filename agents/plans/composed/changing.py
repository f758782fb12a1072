"""Changes of a composed picture: the request's changes as changes of its document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from maquette.agents.plans.composed.backgrounds import coloured_background, take_background
from maquette.agents.plans.composed.casting import pattern_of
from maquette.agents.plans.composed.gallery import Gallery
from maquette.agents.plans.composed.plan import ART
from maquette.agents.plans.edits import scale_of
from maquette.agents.plans.parts import attached
from maquette.agents.reading.changes import Change, ChangeKind
from maquette.agents.reading.tokens import RELATIONS
from maquette.records.criterion import Colour, Count, Criterion, Exists, TextReads
from maquette.records.errors import FixInput
from maquette.records.plan import Call, Loop, Plan
from maquette.tools.art.changes import (
    Add,
    ChangeBackground,
    Decorate,
    Move,
    Put,
    Recolour,
    Remove,
    Replace,
    Resize,
    Reword,
    SceneChange,
)
from maquette.tools.art.edits import changed
from maquette.tools.art.scene import PlacedThing, Scene
from maquette.words.colours import canonical
from maquette.words.lexicon import singular
from maquette.words.stopwords import DETERMINERS, NUMBERS

_DIRECTIONS = {"left": "left", "right": "right", "top": "up", "bottom": "down", "up": "up"}
_MIDDLE = frozenset({"centre", "center", "middle"})
_QUARTER = 0.25
"""Where the middle of what stands "on the left" is, in shares of the width."""
_ARRIVED = 0.05
"""Nearer to it than this, a thing is there, and goes a little further if asked again."""
_FURTHER = 0.15
_EDGE = 0.02
"""Margin that things keep to the edge."""
_LEAST_GROWTH = 1.1
"""What is to be larger becomes so visibly, whatever its place."""
_ON_A_SIDE = re.compile(
    r"(?:on|at|to|in)\s+the\s+(?:far\s+)?(?P<side>left|right|top|bottom|centre|center|middle)"
    r"(?:\s+side)?$"
)
_MORE = re.compile(r"^(?:one|an?|another)\s+more\s+|^another\s+|^more\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_WHOLE = frozenset({"it", "them", "this", "that", "everything"})


async def changed_plan(
    changes: Sequence[Change], scene: Scene, gallery: Gallery, *, k: int = 0
) -> Plan:
    """The plan that changes the document of the ``k``-th attached picture and paints it again.

    Raises: FixInput: a thing that is to change is not in it, or what it is to become is in no pack.
    """
    steps: list[SceneChange] = []
    wanted: list[Criterion] = []
    for number, change in enumerate(changes):
        made, criteria = await _read(change, scene, gallery, number)
        steps += made
        wanted += criteria
    call = Call(
        id="recomposed",
        tool="edit_scene",
        arguments={
            "image": attached(k),
            "changes": [one.model_dump(mode="json", exclude_none=True) for one in steps],
        },
    )
    loop = Loop(
        id="changed",
        source=ART,
        body=(call,),
        result="recomposed.image",
        criteria=tuple(wanted),
        reason="the document of the composed picture is changed; all else stays bit for bit",
    )
    told = "; ".join(map(str, changes))
    return Plan(
        nodes=(loop,),
        outputs=("changed.image",),
        summary=f"change the composed picture: {told}"[:400],
        notes=("the picture was composed of art: its document is changed, not its pixels",),
    )


Read = tuple[list[SceneChange], list[Criterion]]


async def _read(change: Change, scene: Scene, gallery: Gallery, number: int) -> Read:
    match change.kind:
        case ChangeKind.BACKGROUND:
            return [_background(change)], []
        case ChangeKind.ADD:
            return await _add(change, scene, gallery, number)
        case ChangeKind.REWORD:
            return _reworded(change, scene, number)
    things = _named(change, scene, gallery)
    whiches = _whiches(things, scene)
    phrase = things[0].phrase
    match change.kind:
        case ChangeKind.RECOLOUR:
            colour = canonical(change.new) or change.new
            check = Colour(id=f"colour{number}", thing=phrase, colour=colour)
            every = len(things) == len(_of_phrase(phrase, scene, gallery))
            recoloured: list[SceneChange] = [Recolour(which=w, colour=colour) for w in whiches]
            return recoloured, [check] if every else []
        case ChangeKind.PATTERN:
            pattern = pattern_of([change.new])
            return [Decorate(which=w, pattern=pattern) for w in whiches], []
        case ChangeKind.RESIZE:
            factor = _in_place(scale_of(change), things)
            return [Resize(which=w, factor=factor) for w in whiches], []
        case ChangeKind.MOVE:
            return [_move(change, which, things) for which in whiches], []
        case ChangeKind.REPLACE:
            found, shade = await _found(change.new, gallery)
            told = Exists(id=f"there{number}", thing=found["phrase"])
            return [Replace(which=w, colour=shade, **found) for w in whiches], [told]
        case _:
            left = len(_of_phrase(phrase, scene, gallery)) - len(things)
            gone = Count(id=f"gone{number}", thing=phrase, count=left)
            return [Remove(which=w) for w in whiches], [gone]


def _reworded(change: Change, scene: Scene, number: int) -> Read:
    """The string that has the old words, or is the only one, with the new ones.

    Raises: FixInput: no string of the sheet is meant.
    """
    texts = [block.text for block in scene.words]
    old = change.target.lower()
    exact = [text for text in texts if text.lower() == old]
    holding = exact or [text for text in texts if old and old in text.lower()]
    if not holding and len(texts) == 1:
        holding = texts
    if len(holding) != 1:
        raise FixInput(
            f"understood: {change}; but the sheet says {'; '.join(map(repr, texts)) or 'nothing'}",
            hint='Say the old words as they stand there, e.g. change "5 pm" to "6 pm".',
        )
    text = holding[0]
    at = text.lower().find(old)
    new = f"{text[:at]}{change.new}{text[at + len(old) :]}" if old and at >= 0 else change.new
    return [Reword(old=text, new=new)], [TextReads(id=f"text{number}", text=new)]


def _named(change: Change, scene: Scene, gallery: Gallery) -> list[PlacedThing]:
    """The things of a scene that a phrase means, by noun and, where it is told, by colour."""
    words = [w for w in change.target.lower().split() if w not in DETERMINERS | set(NUMBERS)]
    if not words or words[-1] in _WHOLE:
        if len({thing.phrase for thing in scene.things}) == 1:
            return list(scene.things)
        raise _not_there(change, scene, "it is not said which thing is meant")
    colour = next((name for w in words[:-1] if (name := canonical(w))), None)
    nouns = [w for w in words if canonical(w) is None or w == words[-1]]
    for start in range(len(nouns)):
        phrase = " ".join([*nouns[start:-1], singular(nouns[-1])])
        found = [thing for thing in scene.things if _is(thing, phrase, gallery)]
        coloured = [thing for thing in found if colour is None or _has(thing, colour)]
        if coloured:
            return coloured
        if found:
            raise _not_there(change, scene, f"no {phrase} of it is {colour}")
    raise _not_there(change, scene, f"there is no {change.target!r} in it")


def _is(thing: PlacedThing, phrase: str, gallery: Gallery) -> bool:
    return thing.phrase.lower() == phrase or gallery.names(thing.thing, phrase)


def _has(thing: PlacedThing, colour: str) -> bool:
    return thing.colour is not None and canonical(thing.colour) == colour


def _of_phrase(phrase: str, scene: Scene, gallery: Gallery) -> list[PlacedThing]:
    return [thing for thing in scene.things if _is(thing, phrase.lower(), gallery)]


def _whiches(things: Sequence[PlacedThing], scene: Scene) -> list[str]:
    """How a change names these things: by their phrase where all of it are meant."""
    phrase = things[0].phrase
    alike = [thing for thing in scene.things if thing.phrase == phrase]
    return [phrase] if alike == list(things) else [thing.id for thing in things]


def _not_there(change: Change, scene: Scene, why: str) -> FixInput:
    there = ", ".join(dict.fromkeys(_called(thing) for thing in scene.things)) or "no things"
    return FixInput(f"understood: {change}; but {why}", hint=f"The picture shows: {there}.")


def _called(thing: PlacedThing) -> str:
    return " ".join(filter(None, (thing.colour, thing.phrase)))


def _move(change: Change, which: str, things: Sequence[PlacedThing]) -> Move:
    """A move as far as the place that is named; a little further for what is there already.

    Raises: FixInput: it is no direction, or they stand there.
    """
    side = change.new.lower().split()[-1]
    if side in _MIDDLE:
        off = _middle(things)[0] - 0.5
        if abs(off) < _ARRIVED:
            raise FixInput(f"understood: {change}; but it stands there", hint="Say left or right.")
        return Move(which=which, direction="left" if off > 0 else "right", by=round(abs(off), 5))
    direction: Any = _DIRECTIONS.get(side, "down" if side == "down" else None)
    if direction is None:
        raise FixInput(
            f"understood: {change}; but that is no direction", hint="Say left, right, up or down."
        )
    return Move(which=which, direction=direction, by=_way(direction, things) or _FURTHER)


def _way(direction: str, things: Sequence[PlacedThing]) -> float:
    """How far the middle of things is from the quarter of the frame on that side; 0: beyond it."""
    x, y = _middle(things)
    way = {"left": x, "right": 1 - x, "up": y, "down": 1 - y}[direction] - _QUARTER
    return round(way, 5) if way >= _ARRIVED else 0.0


def _in_place(factor: float, things: Sequence[PlacedThing]) -> float:
    """As much of a growth as leaves things where they are: what would reach beyond the edge is
    pushed inwards, and what stood on the left would stand in the middle."""
    spare = _ARRIVED - _EDGE
    room = min(
        min(
            2 * (min(thing.box.centre[0], 1 - thing.box.centre[0]) + spare) / thing.box.width,
            (thing.box.y1 + spare) / thing.box.height,
        )
        for thing in things
    )
    return round(min(factor, max(_LEAST_GROWTH, room)), 5)


def _middle(things: Sequence[PlacedThing]) -> tuple[float, float]:
    """The middle of the box around things, in shares of the sheet."""
    x = min(t.box.x0 for t in things) + max(t.box.x1 for t in things)
    y = min(t.box.y0 for t in things) + max(t.box.y1 for t in things)
    return x / 2, y / 2


def _background(change: Change) -> SceneChange:
    _, place = take_background(f"in the {change.new}")
    wanted = place or coloured_background(change.new.lower())
    if wanted.kind is None:
        raise FixInput(
            f"understood: {change}; but no such background is known",
            hint="It knows colours, and meadow, sea, beach, snow, desert, night, city and room.",
        )
    return ChangeBackground(background=wanted)


async def _add(change: Change, scene: Scene, gallery: Gallery, number: int) -> Read:
    """One more of what is there, or another thing; beside what is told."""
    new = _MORE.sub("", change.new)
    more = new != change.new
    count = next((NUMBERS[w] for w in new.lower().split()[:1] if w in NUMBERS), 1)
    found, colour = await _found(new, gallery)
    phrase = found["phrase"]
    there = _of_phrase(phrase, scene, gallery)
    if more and there:
        phrase = there[0].phrase
        step = Add(phrase=phrase, count=count, colour=colour or there[0].colour)
    else:
        step = Add(count=count, colour=colour, **found)
    side = _ON_A_SIDE.match(change.link)
    if side:
        steps: list[SceneChange] = [step, *_aside(change, step, scene, side["side"])]
    else:
        steps = [step, *_linked(change, phrase, scene, gallery, new=not there)]
    return steps, [Count(id=f"there{number}", thing=phrase, count=len(there) + count)]


def _aside(change: Change, step: Add, scene: Scene, side: str) -> list[SceneChange]:
    """The moves that bring what is added to a side of the picture, from where it would stand."""
    known = {thing.id for thing in scene.things}
    new = [thing for thing in changed(scene, [step]).things if thing.id not in known]
    told = Change(ChangeKind.MOVE, target=change.new, new=f"to the {side}")
    off = _middle(new)[0] - 0.5 if side in _MIDDLE else _way(_DIRECTIONS[side], new)
    if abs(off) < _ARRIVED:
        return []
    return [_move(told, thing.id, new) for thing in new]


def _linked(
    change: Change, phrase: str, scene: Scene, gallery: Gallery, *, new: bool
) -> Iterable[SceneChange]:
    """Where the added thing is to stand; only of a kind that was not there before."""
    for words in sorted(RELATIONS, key=len, reverse=True):
        if new and change.link.startswith(f"{words} ") and RELATIONS[words] != "behind":
            other = Change(ChangeKind.REMOVE, target=change.link[len(words) :].strip())
            target = _named(other, scene, gallery)[0].id
            relation: Any = RELATIONS[words]
            return [Put(which=phrase, relation=relation, other=target)]
    return []


async def _found(words: str, gallery: Gallery) -> tuple[dict[str, Any], str | None]:
    """What a noun phrase names: the fields of a thing, and its colour."""
    known = DETERMINERS | set(NUMBERS)
    rest = [w for w in _WORD.findall(words.lower()) if w not in known]
    colour = next((name for w in rest[:-1] if (name := canonical(w))), None)
    nouns = [w for w in rest if canonical(w) is None or w == rest[-1]]
    for start in range(len(nouns)):
        phrase = " ".join([*nouns[start:-1], singular(nouns[-1])])
        found = await gallery.find(phrase)
        if found.best is not None and (start == len(nouns) - 1 or found.best.by == "name"):
            best = found.best
            thing = {"phrase": phrase, "thing": best.thing, "probability": best.probability}
            return thing, colour
    raise FixInput(
        f"there is no picture of {words!r}", hint="maquette art find WORDS shows what there is."
    )
