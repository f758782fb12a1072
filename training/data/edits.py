"""Pairs of scenes with one named change between them, and the words that ask for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from maquette.training.world.colours import COLOURS, contrasts
from maquette.training.world.drawing.background import Background
from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.overlap import meets
from maquette.training.world.sample import sample_background
from maquette.training.world.scene import Box, Placed, Relation, Scene, relations
from maquette.training.world.split import TRAINED, unseen_counts
from maquette.training.world.telling.captions import article
from maquette.training.world.things import THINGS

KINDS = ("recolour", "replace", "remove", "add", "move", "pattern", "background")
PLACES: dict[str, tuple[float | None, float | None]] = {
    "left": (0.0, None),
    "right": (1.0, None),
    "top": (None, 0.0),
    "bottom": (None, 1.0),
}
"""Word to where a moved thing goes, as a share of the free room across and down; None: as it was.
"""
MARGIN = 0.03
SAYINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "train": {
        "recolour": ("make the {it} {new}", "change the {it} to {new}", "turn the {it} {new}"),
        "replace": ("replace the {it} with {new}", "change the {it} to {new}"),
        "remove": ("remove the {it}", "take away the {it}", "erase the {it}"),
        "add": ("add {new}", "put {new} there", "draw {new} too"),
        "move": ("move the {it} to the {new}", "put the {it} at the {new}"),
        "pattern": ("make the {it} {new}", "change the {it} to {new}"),
        "background": ("make the background {new}", "change the background to {new}"),
    },
    "test": {
        "recolour": ("paint the {it} {new}",),
        "replace": ("turn the {it} into {new}",),
        "remove": ("delete the {it}",),
        "add": ("also draw {new}",),
        "move": ("shift the {it} to the {new}",),
        "pattern": ("turn the {it} {new}",),
        "background": ("put it on a {new} background",),
    },
}
"""Wording set to the ways of asking for each kind; ``test`` is never trained on."""


@dataclass(frozen=True)
class Edit:
    """One named change."""

    kind: str
    instruction: str
    before: Scene
    after: Scene
    target: int | None
    """Index of the changed thing: in ``after`` if it is there, else in ``before``."""
    link: Relation | None = None
    """Of ``after``: where the words want an added thing; None: anywhere."""


def words() -> list[str]:
    """List the words of instructions, also those of the test set."""
    said = " ".join(s for sayings in SAYINGS.values() for group in sayings.values() for s in group)
    return sorted({*said.replace("{it}", "").replace("{new}", "").split(), *PLACES})


def sample_edit(
    scene: Scene,
    rng: np.random.Generator,
    wording: str = "train",
    pairs: tuple[tuple[str, str], ...] = TRAINED,
    kinds: tuple[str, ...] = KINDS,
) -> Edit | None:
    """Draw an edit of a scene.

    Args:
        scene: before the change, except for ``add``, where it is after it.
        rng: source of randomness.
        wording: "train" or "test".
        pairs: colour-thing pairs that may come out.
        kinds: which changes may be drawn.
    Returns: None if nothing in the scene can be changed so that the words are plain.
    """
    for kind in (kinds[i] for i in rng.permutation(len(kinds))):
        found = _MAKERS[kind](scene, rng, pairs)
        if found is None:
            continue
        before, after, target, it, new, link = found
        if any(unseen_counts(p.thing for p in s.things) for s in (before, after)):
            continue
        said = SAYINGS[wording][kind]
        text = said[rng.integers(len(said))].format(it=it, new=new)
        return Edit(kind, text, before, after, target, link)
    return None


_Made = tuple[Scene, Scene, int | None, str, str, Relation | None]
"""Before, after, what is changed, what it is called, what it becomes, where it is told to be."""


def _recolour(scene: Scene, rng: np.random.Generator, pairs: tuple) -> _Made | None:
    for i in _alone(scene, rng):
        old = scene.things[i]
        ground = scene.background.behind(old.box)
        names = [
            c
            for c in COLOURS
            if c != old.colour and (c, old.thing) in pairs and contrasts(COLOURS[c], ground)
        ]
        if names:
            new = names[rng.integers(len(names))]
            return _changed(scene, i, replace(old, colour=new), rng, new)
    return None


def _pattern(scene: Scene, rng: np.random.Generator, pairs: tuple) -> _Made | None:
    for i in _alone(scene, rng):
        old = scene.things[i]
        others = [p for p in PATTERNS if p != old.pattern]
        new = others[rng.integers(len(others))]
        return _changed(scene, i, replace(old, pattern=new), rng, new)
    return None


def _replace(scene: Scene, rng: np.random.Generator, pairs: tuple) -> _Made | None:
    for i in _alone(scene, rng):
        old = scene.things[i]
        for _ in range(8):
            colour, thing = pairs[rng.integers(len(pairs))]
            box = _natural(thing, old.box)
            if thing == old.thing or box is None or not _free(scene, box, i):
                continue
            if contrasts(COLOURS[colour], scene.background.behind(box)):
                return _changed(
                    scene, i, Placed(thing, colour, box), rng, article(f"{colour} {thing}")
                )
    return None


def _remove(scene: Scene, rng: np.random.Generator, pairs: tuple) -> _Made | None:
    if len(scene.things) < 2:
        return None
    for i in _alone(scene, rng):
        things = tuple(p for k, p in enumerate(scene.things) if k != i)
        return scene, replace(scene, things=things), i, _name(scene, i, rng), "", None
    return None


def _add(scene: Scene, rng: np.random.Generator, pairs: tuple) -> _Made | None:
    found = _remove(scene, rng, pairs)
    if found is None:
        return None
    after, before, i, _, _, _ = found
    assert i is not None
    new = after.things[i]
    text = article(_full(new))
    told = [
        r
        for r in relations(after)
        if r.subject == i and r.name in ("left of", "right of", "above", "below")
    ]
    told = [r for r in told if _unique(after, r.other)]
    link = None
    if told and rng.random() < 0.7:
        link = told[rng.integers(len(told))]
        text = f"{text} {link.name} the {_full(after.things[link.other])}"
    return before, after, i, "", text, link


def _move(scene: Scene, rng: np.random.Generator, pairs: tuple) -> _Made | None:
    for i in _alone(scene, rng):
        old = scene.things[i]
        for place in (list(PLACES)[k] for k in rng.permutation(len(PLACES))):
            box = _shifted(old.box, PLACES[place])
            far = max(abs(a - b) for a, b in zip(box, old.box, strict=True)) > 0.15
            ground = scene.background.behind(box)
            if far and _free(scene, box, i) and contrasts(COLOURS[old.colour], ground):
                return _changed(scene, i, replace(old, box=box), rng, place)
    return None


def _background(scene: Scene, rng: np.random.Generator, pairs: tuple) -> _Made | None:
    for _ in range(12):
        ground: Background = sample_background(rng)
        if ground.words == scene.background.words:
            continue
        shown = [(thing.colour, thing.box) for thing in scene.things]
        shown += [(word.colour, word.box) for word in scene.words]
        if all(contrasts(COLOURS[colour], ground.behind(box)) for colour, box in shown):
            return scene, replace(scene, background=ground), None, "", ground.words, None
    return None


_MAKERS: dict[str, Callable[[Scene, np.random.Generator, tuple], _Made | None]] = {
    "recolour": _recolour,
    "replace": _replace,
    "remove": _remove,
    "add": _add,
    "move": _move,
    "pattern": _pattern,
    "background": _background,
}


def _changed(scene: Scene, i: int, new: Placed, rng: np.random.Generator, said: str) -> _Made:
    things = tuple(new if k == i else p for k, p in enumerate(scene.things))
    return scene, replace(scene, things=things), i, _name(scene, i, rng), said, None


def _alone(scene: Scene, rng: np.random.Generator) -> list[int]:
    """Things, in random order, that can be named plainly and touch no other's box."""
    return [
        int(i)
        for i in rng.permutation(len(scene.things))
        if _unique(scene, int(i)) and _free(scene, scene.things[i].box, int(i))
    ]


def _unique(scene: Scene, i: int) -> bool:
    return sum(p.pair == scene.things[i].pair for p in scene.things) == 1


def _free(scene: Scene, box: Box, but: int) -> bool:
    others = [p.box for k, p in enumerate(scene.things) if k != but]
    return not any(meets(box, other) for other in (*others, *(w.box for w in scene.words)))


def _name(scene: Scene, i: int, rng: np.random.Generator) -> str:
    placed = scene.things[i]
    if sum(p.thing == placed.thing for p in scene.things) == 1 and rng.random() < 0.3:
        return placed.thing
    return _full(placed) if rng.random() < 0.5 else f"{placed.colour} {placed.thing}"


def _full(placed: Placed) -> str:
    pattern = "" if placed.pattern == "plain" else f"{placed.pattern} "
    return f"{pattern}{placed.colour} {placed.thing}"


def _natural(thing: str, box: Box) -> Box | None:
    """A box of the same middle and area in the natural shape of a thing, if it fits."""
    x0, y0, x1, y1 = box
    side = ((x1 - x0) * (y1 - y0)) ** 0.5
    w, h = side * THINGS[thing].aspect ** 0.5, side / THINGS[thing].aspect ** 0.5
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    made = (cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2)
    inside = made[0] >= MARGIN and made[1] >= MARGIN and max(made[2:]) <= 1 - MARGIN
    return made if inside else None


def _shifted(box: Box, place: tuple[float | None, float | None]) -> Box:
    x0, y0, x1, y1 = box
    w, h = x1 - x0, y1 - y0
    across, down = place
    x = x0 if across is None else MARGIN + across * (1 - 2 * MARGIN - w)
    y = y0 if down is None else MARGIN + down * (1 - 2 * MARGIN - h)
    return x, y, x + w, y + h
