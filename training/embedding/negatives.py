"""Hard negatives: the caption of a scene that differs in one fact.

The changed scene is worded with the same randomness as the true one, so that the two captions
differ by that fact alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.scene import Placed, Scene
from maquette.training.world.split import TRAINED
from maquette.training.world.telling.captions import caption

FACTS = ("colour", "thing", "relation", "count", "pattern")
_TRIES = 6


def captions_of(scene: Scene, rng: np.random.Generator) -> tuple[str, str | None]:
    """A true caption, and one that is false in one fact (None if none was found in some tries)."""
    seed = int(rng.integers(2**62))
    true = caption(scene, np.random.default_rng(seed))
    for _ in range(_TRIES):
        changed = change_one_fact(scene, FACTS[rng.integers(len(FACTS))], rng)
        if changed is None:
            continue
        false = caption(changed, np.random.default_rng(seed))
        if false != true:
            return true, false
    return true, None


def change_one_fact(scene: Scene, fact: str, rng: np.random.Generator) -> Scene | None:
    """The scene with one fact changed, or None where that fact is not there to change.

    Only colour-thing pairs of the training split come in.

    Raises: ValueError: the fact is unknown.
    """
    things = list(scene.things)
    at = int(rng.integers(len(things)))
    if fact == "colour":
        options = [c for c, t in TRAINED if t == things[at].thing and c != things[at].colour]
        things[at] = _with(things[at], colour=options[rng.integers(len(options))])
    elif fact == "thing":
        options = [t for c, t in TRAINED if c == things[at].colour and t != things[at].thing]
        things[at] = _with(things[at], thing=options[rng.integers(len(options))])
    elif fact == "relation":
        others = [i for i, one in enumerate(things) if one.pair != things[at].pair]
        if not others:
            return None
        other = others[rng.integers(len(others))]
        boxes = things[other].box, things[at].box
        things[at], things[other] = (
            _with(things[at], box=boxes[0]),
            _with(things[other], box=boxes[1]),
        )
    elif fact == "pattern":
        options = [pattern for pattern in PATTERNS if pattern != things[at].pattern]
        things[at] = _with(things[at], pattern=options[rng.integers(len(options))])
    elif fact == "count":
        alike = [i for i, one in enumerate(things) if _count(things, one) > 1]
        if not alike:
            return None
        del things[alike[rng.integers(len(alike))]]
    else:
        raise ValueError(f"no fact named {fact!r}; known: {', '.join(FACTS)}")
    return replace(scene, things=tuple(things))


def _with(placed: Placed, **fields: object) -> Placed:
    return replace(placed, **fields)  # type: ignore[arg-type]


def _count(things: list[Placed], one: Placed) -> int:
    return sum(other.pair == one.pair for other in things)
