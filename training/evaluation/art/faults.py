"""Composed pictures with faults planted in them, and faultless ones, whose truth is known.

A fault is planted in the pixels (the document still says all is well) or in the document (the
picture is as it says, and neither is what was asked for).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from maquette.agents.judging.composed.sources import ArtSources
from maquette.records.geometry import Box
from maquette.tools.art.scene import Scene
from maquette.training.evaluation.art.asking import Asked, everyday

Fault = Literal["swapped", "hidden", "wrong hue", "missing", "one too many"]
Where = Literal["pixels", "document"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
PLACES: tuple[Where, ...] = get_args(Where)

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
COVERED = 0.65
"""Share of a thing that something before it covers when it counts as hidden."""


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
