"""What people ask of composed pictures, by chance, and a faultless picture of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import get_args

import numpy as np

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

SIDE_PX = 512
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white")
GROUPS = (
    "animal-", "food-", "drink", "transport-", "clothing", "household", "place-building", "plant-",
    "musical-instrument", "sport", "tool", "office", "book-paper", "phone", "computer", "game",
)  # fmt: skip
"""Groups of everyday things, by how their names begin."""
RELATIONS: tuple[RelationName, ...] = (
    "left of", "right of", "above", "below", "inside", "in front of",
)  # fmt: skip
"""Those of the trials that were measured; "on" came later."""
LIKELY = (0.25, 0.25, 0.2, 0.15, 0.05, 0.1)
DESIGNS = ("card", "poster", "sign", "flyer", "invitation", "label")
WORDS = ("OPEN TODAY", "Lost and found", "Big sale")
_CELLS = [(column, row) for row in range(2) for column in range(3)]


@dataclass(frozen=True)
class Asked:
    """What a person asked for, and a picture of it that is right."""

    scene: Scene
    criteria: tuple[Criterion, ...]


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
