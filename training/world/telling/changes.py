"""Scenes with one fact changed, so that a caption of the one is false of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from maquette.training.world.colours import COLOURS, contrasts
from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.placement import place_apart
from maquette.training.world.scene import Box, Placed, Scene, relations
from maquette.training.world.split import TRAINED, unseen_counts
from maquette.training.world.things import THINGS

_TRAINED = frozenset(TRAINED)
_FAR = 0.12
"""Least distance between two things' centres that trade places."""


@dataclass(frozen=True)
class Change:
    """A scene after one fact was changed."""

    scene: Scene
    kind: str
    """One of ``KINDS``."""
    both_ways: bool
    """Whether a caption that tells the changed fact of the new scene is false of the old."""


def change(scene: Scene, kind: str, rng: np.random.Generator) -> Change | None:
    """Change one fact of a scene, or None where it cannot be done.

    Raises: KeyError: if ``kind`` is not one of ``KINDS``.
    """
    changed = KINDS[kind](scene, rng)
    if changed is None or not _allowed(changed, scene):
        return None
    both = kind in _BOTH_WAYS
    if kind == "count":
        # "a red circle" is not plainly false of two: only numbers above one are.
        pair = next(iter(_tally(scene) - _tally(changed) or _tally(changed) - _tally(scene)))
        both = _tally(changed)[pair] > 1
    return Change(changed, kind, both)


def _tally(scene: Scene) -> Counter[tuple[str, str]]:
    return Counter(p.pair for p in scene.things)


def _allowed(scene: Scene, before: Scene) -> bool:
    """Whether things stand out, nothing is held out, and the new facts differ from the old."""
    if unseen_counts(p.thing for p in scene.things):
        return False
    ground = scene.background
    if not all(
        p.pair in _TRAINED and contrasts(COLOURS[p.colour], ground.behind(p.box))
        for p in scene.things
    ):
        return False
    return scene.things != before.things


def _colour(scene: Scene, rng: np.random.Generator) -> Scene | None:
    k = int(rng.integers(len(scene.things)))
    old = scene.things[k]
    names = [c for c in COLOURS if c != old.colour]
    # A thing that touches others must still stand out from them.
    near = [p for j, p in enumerate(scene.things) if j != k and _meet(p.box, old.box)]
    ground = tuple(COLOURS[p.colour] for p in near)
    names = [c for c in names if not ground or contrasts(COLOURS[c], ground)]
    if not names:
        return None
    return _with(scene, k, replace(old, colour=names[rng.integers(len(names))]))


def _thing(scene: Scene, rng: np.random.Generator) -> Scene | None:
    k = int(rng.integers(len(scene.things)))
    old = scene.things[k]
    if any(_meet(p.box, old.box) for j, p in enumerate(scene.things) if j != k):
        return None
    names = [name for name in THINGS if name != old.thing]
    name = names[rng.integers(len(names))]
    return _with(scene, k, replace(old, thing=name, box=_fitted(old.box, THINGS[name].aspect)))


def _pattern(scene: Scene, rng: np.random.Generator) -> Scene | None:
    """All members of a group change together: a caption tells one pattern for them all."""
    groups = {p.pair: p.pattern for p in scene.things if p.pattern != "plain"}
    worn = Counter(groups.values())
    # A pattern that only one group wears: told of it, it cannot be true of another.
    dressed = sorted(pair for pair, pattern in groups.items() if worn[pattern] == 1)
    if not dressed:
        return None
    pair = dressed[rng.integers(len(dressed))]
    names = [n for n in PATTERNS if all(p.pattern != n for p in scene.things if p.pair == pair)]
    if not names:
        return None
    name = names[rng.integers(len(names))]
    things = (replace(p, pattern=name) if p.pair == pair else p for p in scene.things)
    return replace(scene, things=tuple(things))


def _missing(scene: Scene, rng: np.random.Generator) -> Scene | None:
    pairs = _tally(scene)
    single = [k for k, p in enumerate(scene.things) if pairs[p.pair] == 1]
    if len(scene.things) < 2 or not single:
        return None
    return _without(scene, single[rng.integers(len(single))])


def _count(scene: Scene, rng: np.random.Generator) -> Scene | None:
    """One of a group is taken away, or another like them added."""
    pairs = _tally(scene)
    many = [k for k, p in enumerate(scene.things) if pairs[p.pair] > 1]
    if not many:
        return None
    k = many[rng.integers(len(many))]
    one = scene.things[k]
    if pairs[one.pair] == 2 or len(scene.things) >= 6 or rng.random() < 0.5:
        return _without(scene, k)
    taken = [p.box for p in scene.things] + [w.box for w in scene.words]
    box = place_apart(one.thing, one.size, taken, rng, 0.3)
    return None if box is None else replace(scene, things=(*scene.things, replace(one, box=box)))


def _relation(scene: Scene, rng: np.random.Generator) -> Scene | None:
    """Two different single things, alone in the picture, trade places."""
    if len(scene.things) != 2 or scene.things[0].pair == scene.things[1].pair:
        return None
    a, b = scene.things
    if _meet(a.box, b.box) or max(abs(x - y) for x, y in _centres(a, b)) < _FAR:
        return None
    new_a, new_b = _moved(a.box, b.box), _moved(b.box, a.box)
    if _meet(new_a, new_b) or any(_meet(w.box, box) for w in scene.words for box in (new_a, new_b)):
        return None
    changed = replace(scene, things=(replace(a, box=new_a), replace(b, box=new_b)))
    # Whatever a caption tells of the two must have become false.
    return None if set(relations(scene)) & set(relations(changed)) else changed


KINDS: dict[str, Callable[[Scene, np.random.Generator], Scene | None]] = {
    "colour": _colour,
    "thing": _thing,
    "count": _count,
    "relation": _relation,
    "pattern": _pattern,
    "missing": _missing,
}
"""Every kind of change."""
_BOTH_WAYS = frozenset({"colour", "thing", "count", "relation"})


def _with(scene: Scene, k: int, placed: Placed) -> Scene | None:
    things = (*scene.things[:k], placed, *scene.things[k + 1 :])
    return replace(scene, things=things)


def _without(scene: Scene, k: int) -> Scene:
    return replace(scene, things=scene.things[:k] + scene.things[k + 1 :])


def _fitted(box: Box, aspect: float) -> Box:
    """The largest box of an aspect (width / height) in the middle of another."""
    w, h = box[2] - box[0], box[3] - box[1]
    new_w, new_h = min(w, h * aspect), min(h, w / aspect)
    x, y = box[0] + (w - new_w) / 2, box[1] + (h - new_h) / 2
    return (x, y, x + new_w, y + new_h)


def _moved(box: Box, to: Box) -> Box:
    """A box of the same size round the centre of another, kept inside the picture."""
    w, h = box[2] - box[0], box[3] - box[1]
    x = min(max((to[0] + to[2] - w) / 2, 0.01), 0.99 - w)
    y = min(max((to[1] + to[3] - h) / 2, 0.01), 0.99 - h)
    return (x, y, x + w, y + h)


def _centres(a: Placed, b: Placed) -> tuple[tuple[float, float], tuple[float, float]]:
    return (
        ((a.box[0] + a.box[2]) / 2, (b.box[0] + b.box[2]) / 2),
        ((a.box[1] + a.box[3]) / 2, (b.box[1] + b.box[3]) / 2),
    )


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
