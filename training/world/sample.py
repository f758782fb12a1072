"""Draw random scenes from the grammar of the world.

Every function takes a numpy Generator; the same generator state gives the same scene.
"""

from __future__ import annotations

import numpy as np

from maquette.training.world.colours import BACKGROUNDS, COLOURS, contrasts
from maquette.training.world.drawing.background import KINDS, Background, gradient, landscape, plain
from maquette.training.world.drawing.landscapes import LANDSCAPES, VARIANTS
from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.placement import (
    apart,
    place_apart,
    place_before,
    place_inside,
    sample_box,
)
from maquette.training.world.scene import RELATIONS, Box, Placed, Scene, relations
from maquette.training.world.split import TRAINED
from maquette.training.world.split import unseen_counts as _unseen
from maquette.training.world.telling.casting import Actor, Casting, cast
from maquette.training.world.telling.sample_words import sample_texts, sample_words

COUNTS = (1, 2, 3, 4, 5, 6)
TOUCHING = ("inside", "in front of")
"""Relations between things that share room."""
_TRIES = 4000
_DEEP = ("navy", "teal")


def sample_scene(
    rng: np.random.Generator,
    pairs: tuple[tuple[str, str], ...] = TRAINED,
    counts: tuple[int, ...] = COUNTS,
    must_hold: tuple[str, str] | None = None,
    *,
    alike: bool | None = None,
    relation: str | None = None,
    background: str | Background | None = None,
    words: int | tuple[str, ...] | None = None,
    patterns: tuple[str, ...] = PATTERNS,
    touching: bool = True,
    unseen_counts: bool = False,
) -> Scene:
    """Draw a scene whose things contrast with whatever they touch.

    With no argument but ``rng`` this is the training distribution, free of held-outs.

    Args:
        rng: source of randomness.
        pairs: allowed ``(colour, thing)`` pairs.
        counts: allowed numbers of things in all; small numbers come more often.
        must_hold: a pair that is in the scene.
        alike: all things alike (same pair, pattern and size word), or all of different
            pairs; None mixes these and scenes of two groups.
        relation: one of ``RELATIONS`` that holds between at least two things; if
            ``must_hold`` is given, it is one of the two.
        background: a kind, the name of a colour or a landscape, a background, or None.
        words: how many training words are printed, the words themselves as printed, or
            None for none in three scenes of four.
        patterns: allowed patterns; half of the things are plain where that is allowed.
        touching: whether things may be inside or in front of others by chance.
        unseen_counts: whether numbers of a thing that are held out may occur.
    Returns: a scene. Things of equal pair are alike in pattern and size word.
    Raises: ValueError: if the wishes contradict one another or cannot be met.
    """
    wishes = Casting(pairs, counts, must_hold, alike, relation, patterns)
    if relation is not None and relation not in RELATIONS:
        raise ValueError(f"no relation named {relation!r}; known: {', '.join(RELATIONS)}")
    if relation is not None and (max(counts) < 2 or alike):
        raise ValueError(f"relation {relation!r} needs at least two things that differ")
    for _ in range(_TRIES):
        ground = sample_background(rng, background)
        wanted = relation
        if wanted is None and touching and alike is None and rng.random() < 0.3:
            wanted = TOUCHING[rng.integers(2)]
        actors = cast(wishes, ground, wanted, rng)
        if actors is None:
            continue
        if not unseen_counts and _unseen(a.thing for a in actors):
            continue
        texts = _texts(words, len(actors), rng)
        printed = sample_words(texts, ground, rng) if texts else ()
        if printed is None:
            continue
        things = _arrange(actors, wanted, [w.box for w in printed], rng)
        if things is None or not _stands_out(things, ground):
            continue
        scene = Scene(things, ground, printed)
        if relation is None or _told(scene, relation, must_hold):
            return scene
    raise ValueError(
        f"no scene found in {_TRIES} tries for counts {counts}, must_hold {must_hold}, alike"
        f" {alike}, relation {relation!r}, background {background!r}, words {words!r}"
    )


def simple_scene(
    rng: np.random.Generator,
    pairs: tuple[tuple[str, str], ...] = TRAINED,
    counts: tuple[int, ...] = (1, 2, 3),
    must_hold: tuple[str, str] | None = None,
) -> Scene:
    """Draw plain things that stand apart on a plain or blended background, without words."""
    return sample_scene(
        rng,
        pairs,
        counts,
        must_hold,
        background="plain" if rng.random() < 0.65 else "gradient",
        words=0,
        patterns=("plain",),
        touching=False,
        unseen_counts=True,
    )


def sample_background(
    rng: np.random.Generator, wanted: str | Background | None = None
) -> Background:
    """Draw a background: 45 % plain, 25 % gradient, 30 % landscape, or as wanted.

    Raises: ValueError: if ``wanted`` is no kind, colour or landscape.
    """
    if isinstance(wanted, Background):
        return wanted
    if wanted in BACKGROUNDS:
        return plain(str(wanted))
    names = list(LANDSCAPES)
    if wanted in LANDSCAPES:
        return landscape(str(wanted), int(rng.integers(VARIANTS)))
    if wanted is not None and wanted not in KINDS:
        known = ", ".join((*KINDS, *BACKGROUNDS, *LANDSCAPES))
        raise ValueError(f"no background named {wanted!r}; known: {known}")
    kind = wanted or str(rng.choice(KINDS, p=(0.45, 0.25, 0.3)))
    if kind == "landscape":
        return landscape(names[rng.integers(len(names))], int(rng.integers(VARIANTS)))
    colours = list(BACKGROUNDS)
    if kind == "plain":
        return plain(colours[rng.integers(len(colours))])
    soft = [n for n in colours if n not in _DEEP]
    first, second = rng.choice(len(soft), 2, replace=False)
    return gradient(soft[first], soft[second])


def _texts(
    words: int | tuple[str, ...] | None, things: int, rng: np.random.Generator
) -> tuple[str, ...]:
    if words is None:
        words = int(rng.integers(1, 4)) if things <= 4 and rng.random() < 0.27 else 0
    return sample_texts(words, rng) if isinstance(words, int) else words


def _arrange(
    actors: list[Actor], wanted: str | None, taken: list[Box], rng: np.random.Generator
) -> tuple[Placed, ...] | None:
    """Give every actor a box apart from words and others, but as a relation wants."""
    boxes: list[Box] = []
    limit = {1: 1.0, 2: 0.47, 3: 0.42}.get(len(actors), 0.3)
    if wanted in TOUCHING:
        pair = _arrange_touching(actors[0], actors[1], wanted, rng)
        if pair is None or not all(apart(b, t) for b in pair for t in taken):
            return None
        boxes += pair
        limit = 0.3
    for actor in actors[len(boxes) :]:
        box = place_apart(actor.thing, actor.size, taken + boxes, rng, limit)
        if box is None:
            return None
        boxes.append(box)
    placed = [
        Placed(a.thing, a.colour, box, a.pattern) for a, box in zip(actors, boxes, strict=True)
    ]
    if wanted in TOUCHING:  # the first two keep their order, the others come anywhere
        for late in range(2, len(placed)):
            placed.insert(int(rng.integers(late + 1)), placed.pop(late))
    return tuple(placed)


def _arrange_touching(
    back: Actor, front: Actor, wanted: str, rng: np.random.Generator
) -> list[Box] | None:
    largest = 0.64 if wanted == "inside" else 0.5
    first = sample_box(back.thing, back.size, rng, largest=largest)
    if first is None:
        return None
    if wanted == "inside":
        second = place_inside(front.thing, back.thing, first, rng)
    else:
        second = place_before(front.thing, front.size, back.thing, first, rng)
    return None if second is None else [first, second]


def _stands_out(things: tuple[Placed, ...], ground: Background) -> bool:
    return all(contrasts(COLOURS[p.colour], ground.behind(p.box)) for p in things)


def _told(scene: Scene, relation: str, must_hold: tuple[str, str] | None) -> bool:
    for found in relations(scene):
        both = (scene.things[found.subject].pair, scene.things[found.other].pair)
        if found.name == relation and (must_hold is None or must_hold in both):
            return True
    return False
