"""Composed pictures with faults planted in them, and faultless ones, whose truth is known.

A person asks for things, counts, colours and a relation. A fault is planted in the pixels (the
document still says all is well) or in the document (the picture is as it says, and neither is what
was asked for).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from maquette.agents.judging.composed.sources import ArtSources
from maquette.agents.plans.wants import criteria
from maquette.agents.reading.scene import Link, Mention
from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.records.criterion import Criterion, RelationName
from maquette.records.geometry import Box
from maquette.tools.art.brief import Panel, SceneBrief, WantedRelation, WantedThing, Words
from maquette.tools.art.contract import ThingCard
from maquette.tools.art.layout.compose import composed
from maquette.tools.art.packs.table import all_cards, all_packs
from maquette.tools.art.scene import Background, BackgroundKind, Frame, PlacedThing, Scene

Fault = Literal["swapped", "hidden", "wrong hue", "missing", "one too many"]
Where = Literal["pixels", "document"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
PLACES: tuple[Where, ...] = get_args(Where)

SIDE_PX = 512
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white")
FAR: Mapping[str, tuple[str, ...]] = {
    "red": ("green", "blue", "yellow"),
    "orange": ("blue", "green", "purple"),
    "yellow": ("blue", "red", "purple"),
    "green": ("red", "purple", "pink"),
    "blue": ("red", "yellow", "orange"),
    "purple": ("green", "yellow", "orange"),
    "pink": ("green", "blue", "brown"),
    "brown": ("blue", "pink", "white"),
    "black": ("white", "red", "yellow"),
    "white": ("black", "red", "blue"),
}
"""Colours that nobody takes for another."""
GROUPS = (
    "animal-", "food-", "drink", "transport-", "clothing", "household", "place-building", "plant-",
    "musical-instrument", "sport", "tool", "office", "book-paper", "phone", "computer", "game",
)  # fmt: skip
"""Groups of everyday things, by how their names begin."""
COVERED = 0.65
"""Share of a thing that something before it covers when it counts as hidden."""
RELATIONS: tuple[RelationName, ...] = get_args(RelationName)
LIKELY = (0.25, 0.25, 0.2, 0.15, 0.05, 0.1)
DESIGNS = ("card", "poster", "sign", "flyer", "invitation", "label")
WORDS = ("OPEN TODAY", "Lost and found", "Big sale")
_CELLS = [(column, row) for row in range(2) for column in range(3)]


@dataclass(frozen=True)
class Asked:
    """What a person asked for, and a picture of it that is right."""

    scene: Scene
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Trial:
    """A picture to be judged."""

    asked: Asked
    painted: Scene
    """What the pixels show."""
    document: Scene
    """What is said of them."""
    fault: Fault | None = None
    where: Where | None = None
    thing: str = ""
    """Name of the thing that the fault is about."""


@cache
def everyday() -> tuple[ThingCard, ...]:
    """Things with an English name that no other thing of the packs has."""
    cards = [card for card in all_cards().values() if card.kind == "thing"]
    names = [name for card in all_cards().values() for name in card.names.get("en", ())]
    shared = {name for name in names if names.count(name) > 1}
    return tuple(
        card
        for card in sorted(cards, key=lambda one: one.id)
        if card.group.startswith(GROUPS) and card.names.get("en") and card.name not in shared
    )


def ask(rng: np.random.Generator) -> Asked:
    """Two or three sorts of things, one of them perhaps several times, some of a colour."""
    cards = [everyday()[k] for k in rng.choice(len(everyday()), int(rng.integers(2, 4)), False)]
    counts = [1] * len(cards)
    counts[int(rng.integers(len(cards)))] = int(rng.integers(1, 4))
    mentions = [
        Mention(
            thing=card.name,
            word=card.name,
            known=True,
            count=count,
            colour=str(rng.choice(COLOURS)) if rng.random() < 0.6 else None,
        )
        for card, count in zip(cards, counts, strict=True)
    ]
    if rng.random() < 0.5:
        return _composed(cards, mentions, rng)
    return _scattered(cards, mentions, rng)


def _composed(cards: list[ThingCard], mentions: list[Mention], rng: np.random.Generator) -> Asked:
    """As the composer sets them: a picture, or a sheet with words."""
    single = [k for k, one in enumerate(mentions) if one.count == 1]
    links = []
    if len(single) > 1 and rng.random() < 0.7:
        relation = RELATIONS[int(rng.choice(len(RELATIONS), p=LIKELY))]
        links = [Link(("thing", single[0]), relation, ("thing", single[1]))]
    words = (str(rng.choice(WORDS)),) if rng.random() < 1 / 3 else ()
    brief = SceneBrief(
        design=str(rng.choice(DESIGNS)) if words else "picture",  # type: ignore[arg-type]
        panels=(_panel(cards, mentions, links),),
        words=tuple(Words(text=text) for text in words),
        width_px=SIDE_PX,
        height_px=SIDE_PX,
        packs={name: pack.digest for name, pack in all_packs().items()},
    )
    made = composed(brief, variant=int(rng.integers(6)))
    # What the composer says it left out is no promise of the picture's.
    return Asked(made.scene, criteria((), mentions, [] if made.notes else links))


def _panel(cards: list[ThingCard], mentions: list[Mention], links: list[Link]) -> Panel:
    return Panel(
        things=tuple(
            WantedThing(phrase=one.thing, thing=card.id, count=one.count, colour=one.colour)
            for card, one in zip(cards, mentions, strict=True)
        ),
        relations=tuple(
            WantedRelation(subject=one.subject[1], relation=one.relation, object=one.object[1])
            for one in links
        ),
    )


def _scattered(cards: list[ThingCard], mentions: list[Mention], rng: np.random.Generator) -> Asked:
    """Anywhere in cells of their own, some turned or mirrored."""
    cells = [_CELLS[k] for k in rng.permutation(len(_CELLS))]
    things = [
        _placed(card, mention, cells.pop(), f"{k}_{n}", rng)
        for k, (card, mention) in enumerate(zip(cards, mentions, strict=True))
        for n in range(mention.count)
    ]
    scene = Scene(
        width_px=SIDE_PX,
        height_px=SIDE_PX,
        frames=(_frame(rng),),
        things=tuple(things),
        words=_words(rng),
        packs={name: pack.digest for name, pack in all_packs().items()},
    )
    return Asked(scene, criteria((), mentions, _links(mentions, things)))


def trial(
    asked: Asked, fault: Fault | None, where: Where | None, rng: np.random.Generator
) -> Trial | None:
    """The picture of a request with a fault, or without; None: it has no place for such a one."""
    if fault is None:
        return Trial(asked, asked.scene, asked.scene)
    planted = PLANTERS[fault](asked, rng)
    if planted is None:
        return None
    painted, thing = planted
    document = painted if where == "document" else asked.scene
    return Trial(asked, painted, document, fault, where, thing)


Planted = tuple[Scene, str] | None


def swapped(asked: Asked, rng: np.random.Generator) -> Planted:
    """One thing is another; its document says what it is."""
    k = _one(asked, rng)
    there = {thing.thing for thing in asked.scene.things}
    others = [card for card in everyday() if card.id not in there]
    card = others[int(rng.integers(len(others)))]
    changed = {"thing": card.id, "phrase": card.name}
    return _with(asked.scene, k, changed), asked.scene.things[k].phrase


def hidden(asked: Asked, rng: np.random.Generator) -> Planted:
    """Most of one thing lies behind another of the things, which was moved before it."""
    k = _one(asked, rng)
    others = [n for n in range(len(asked.scene.things)) if n != k]
    n = others[int(rng.integers(len(others)))]
    behind = asked.scene.things[k].box
    grown = Box(
        x0=max(0.0, behind.x0 - 0.08),
        y0=max(0.0, behind.y0 - 0.08),
        x1=min(1.0, behind.x1 + 0.08),
        y1=min(1.0, behind.y1 + 0.08),
    )
    scene = _with(asked.scene, n, {"box": grown, "layer": 50, "turn": 0.0})
    over, under = (_solid(scene, one) for one in (n, k))
    if (over & under).sum() < COVERED * under.sum():
        return None
    return scene, asked.scene.things[k].phrase


def wrong_hue(asked: Asked, rng: np.random.Generator) -> Planted:
    """One thing whose colour was asked for has another."""
    coloured = [k for k, one in enumerate(asked.scene.things) if one.colour]
    if not coloured:
        return None
    k = coloured[int(rng.integers(len(coloured)))]
    now = asked.scene.things[k].colour or ""
    return _with(asked.scene, k, {"colour": str(rng.choice(FAR[now]))}), asked.scene.things[
        k
    ].phrase


def missing(asked: Asked, rng: np.random.Generator) -> Planted:
    """One thing is not there."""
    k = _one(asked, rng)
    things = (*asked.scene.things[:k], *asked.scene.things[k + 1 :])
    return asked.scene.model_copy(update={"things": things}), asked.scene.things[k].phrase


def one_too_many(asked: Asked, rng: np.random.Generator) -> Planted:
    """Of something that was counted there is one more, as large, in a free place."""
    counted = [one.thing for one in asked.criteria if one.kind == "count"]
    own = [one for one in asked.scene.things if one.phrase in counted]
    if not own:
        return None
    model = own[int(rng.integers(len(own)))]
    box = _free(asked.scene, model.box, rng)
    if box is None:
        return None
    extra = model.model_copy(update={"id": "extra", "box": box})
    return asked.scene.model_copy(update={"things": (*asked.scene.things, extra)}), model.phrase


PLANTERS: Mapping[Fault, Callable[[Asked, np.random.Generator], Planted]] = {
    "swapped": swapped,
    "hidden": hidden,
    "wrong hue": wrong_hue,
    "missing": missing,
    "one too many": one_too_many,
}


def _one(asked: Asked, rng: np.random.Generator) -> int:
    """Some thing of the picture, by its index."""
    return int(rng.integers(len(asked.scene.things)))


def _solid(scene: Scene, k: int) -> NDArray[np.bool_]:
    """Where one thing covers what is behind it."""
    size = (scene.width_px // 4, scene.height_px // 4)
    return ArtSources().alone(scene, k, *size)[..., 3] >= 128


def _with(scene: Scene, k: int, changes: Mapping[str, object]) -> Scene:
    changed = scene.things[k].model_copy(update=dict(changes))
    return scene.model_copy(update={"things": (*scene.things[:k], changed, *scene.things[k + 1 :])})


def _placed(
    card: ThingCard, mention: Mention, cell: tuple[int, int], id: str, rng: np.random.Generator
) -> PlacedThing:
    return PlacedThing(
        id=f"t{id}",
        thing=card.id,
        phrase=card.name,
        box=_in_cell(cell, rng),
        flip=bool(rng.random() < 0.3),
        turn=round(float(rng.uniform(-12, 12)), 1) if rng.random() < 0.3 else 0.0,
        colour=mention.colour,
    )


def _in_cell(cell: tuple[int, int], rng: np.random.Generator) -> Box:
    """A box somewhere in a cell of the sheet."""
    column, row = cell
    side = float(rng.uniform(0.2, 0.3))
    x = column / 3 + float(rng.uniform(0.01, 0.32 - side))
    y = 0.14 + 0.43 * row + float(rng.uniform(0.02, 0.41 - side))
    return Box(x0=x, y0=y, x1=x + side, y1=y + side)


def _free(scene: Scene, like: Box, rng: np.random.Generator) -> Box | None:
    """A box of such a size that touches no other of a scene, and no words."""
    taken = [*(one.box for one in scene.things), *(one.box for one in scene.words)]
    for _ in range(200):
        x, y = rng.uniform(0, 1 - like.width), rng.uniform(0, 1 - like.height)
        box = Box(x0=x, y0=y, x1=x + like.width, y1=y + like.height)
        if not any(_touch(box, other) for other in taken):
            return box
    return None


def _touch(one: Box, other: Box) -> bool:
    across = min(one.x1, other.x1) > max(one.x0, other.x0)
    return across and min(one.y1, other.y1) > max(one.y0, other.y0)


def _words(rng: np.random.Generator) -> tuple[TextBlock, ...]:
    """A headline on a plate, over every third picture."""
    if rng.random() > 1 / 3:
        return ()
    box = Box(x0=0.1, y0=0.02, x1=0.9, y1=0.11)
    return (TextBlock(text=str(rng.choice(WORDS)), box=box, panel="#303040", colour="#ffffff"),)


def _frame(rng: np.random.Generator) -> Frame:
    kinds = get_args(BackgroundKind)
    kind = str(rng.choice(kinds))
    plain = {"colour": "#dfefff", "second": "#fff4d8"} if kind in ("plain", "gradient") else {}
    return Frame(background=Background.model_validate({"kind": kind, **plain}))


def _links(mentions: list[Mention], things: list[PlacedThing]) -> list[Link]:
    """How two things that are there once stand to each other, where that is plain."""
    single = [k for k, one in enumerate(mentions) if one.count == 1]
    if len(single) < 2:
        return []
    boxes = {one.phrase: one.box for one in things}
    (x, y), (u, v) = (boxes[mentions[k].thing].centre for k in single[:2])
    if max(abs(u - x), abs(v - y)) < 0.15:
        return []
    across = abs(u - x) >= abs(v - y)
    relation = ("left of" if x < u else "right of") if across else ("above" if y < v else "below")
    ids = (("thing", single[0]), ("thing", single[1]))
    return [Link(ids[0], relation, ids[1])]  # type: ignore[arg-type]
