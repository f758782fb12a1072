"""Verdicts over a drawn picture: from what the judge sees to how many questions are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from maquette.training.data.edits import Edit
from maquette.training.evaluation.judge.finder import overlap
from maquette.training.evaluation.judge.judge import Examiner, Found
from maquette.training.world.drawing.render import render
from maquette.training.world.scene import Box, Placed, Scene

Verdict = Callable[[Examiner, np.ndarray], tuple[int, int]]
"""Picture to how many of how many questions are right."""
KEPT_ERROR = 0.03
"""Largest mean error, in [0, 1], of the background that an edit leaves or makes."""


def holds_exactly(scene: Scene) -> Verdict:
    """The scene's things in their colours are there, and nothing else."""
    wanted = Counter(p.pair for p in scene.things)

    def judge(eyes: Examiner, picture: np.ndarray) -> tuple[int, int]:
        return int(Counter(f.seen.pair for f in eyes.look(picture)) == wanted), 1

    return judge


def related(subject: tuple[str, str], side: str, other: tuple[str, str]) -> Verdict:
    """Two things are there, nothing else, and the one stands on that side of the other."""

    def judge(eyes: Examiner, picture: np.ndarray) -> tuple[int, int]:
        found = eyes.look(picture)
        if Counter(f.seen.pair for f in found) != Counter((subject, other)):
            return 0, 1
        a, b = (next(f.box for f in found if f.seen.pair == pair) for pair in (subject, other))
        return int(centred(a, side, b)), 1

    return judge


def inside(scene: Scene) -> Verdict:
    """Inside each box of the scene is its thing in its colour: one question a box."""

    def judge(eyes: Examiner, picture: np.ndarray) -> tuple[int, int]:
        seen = eyes.name(picture, [p.box for p in scene.things])
        right = [s.pair == p.pair for s, p in zip(seen, scene.things, strict=True)]
        return sum(right), len(right)

    return judge


def shows(pair: tuple[str, str], pattern: str) -> Verdict:
    """A thing of that colour and pattern is there, among whatever else."""

    def judge(eyes: Examiner, picture: np.ndarray) -> tuple[int, int]:
        found = eyes.look(picture)
        return int(any(f.seen.pair == pair and f.seen.pattern == pattern for f in found)), 1

    return judge


def edited(change: Edit) -> Verdict:
    """The change was made, what went away is gone, and everything else was kept.

    What is added may stand anywhere but on other things, unless the words say on which side.
    """

    def judge(eyes: Examiner, picture: np.ndarray) -> tuple[int, int]:
        after = change.after.things
        added = after[change.target] if change.kind == "add" and change.target is not None else None
        placed = [p for p in after if p is not added]
        named = eyes.name(picture, [p.box for p in placed])
        told = [
            s.pair == p.pair and s.pattern == p.pattern for s, p in zip(named, placed, strict=True)
        ]
        found = eyes.look(picture)
        gone = [p.box for p in change.before.things if p not in after]
        left = _still_there(found, gone, [p.box for p in after])
        new = [] if added is None else [f for f in found if _is_added(f, added, change)]
        ground = _ground_right(change, picture, [f.box for f in new])
        return int(all(told) and not left and (added is None or bool(new)) and ground), 1

    return judge


def _is_added(found: Found, added: Placed, change: Edit) -> bool:
    """Whether what is found is the added thing, where it may stand."""
    link, after = change.link, change.after.things
    right = (*found.seen.pair, found.seen.pattern) == (*added.pair, added.pattern)
    others = [p.box for p in after if p is not added]
    clear = all(overlap(found.box, other) < 0.2 for other in others)
    return (
        right and clear and (link is None or centred(found.box, link.name, after[link.other].box))
    )


def _still_there(found: list[Found], gone: list[Box], there: list[Box]) -> bool:
    """Whether something is found where a thing went away and no other came."""
    empty = [box for box in gone if all(overlap(box, other) < 0.2 for other in there)]
    return any(overlap(f.box, box) > 0.4 for f in found for box in empty)


def _ground_right(change: Edit, picture: np.ndarray, new: Sequence[Box]) -> bool:
    """Whether the background is what it should be, and clearly nearer to it than to another.

    Args:
        new: boxes of what came to stand where the truth has nothing.
    """
    error = ground_error(change, picture, change.after, new)
    if change.kind == "background" and error > 0.5 * ground_error(
        change, picture, change.before, new
    ):
        return False
    return error <= KEPT_ERROR


def ground_error(change: Edit, picture: np.ndarray, scene: Scene, new: Sequence[Box] = ()) -> float:
    """Mean absolute error, in [0, 1], outside all boxes of things, against a scene's render.

    Args:
        new: boxes of further things.
    """
    truth = render(scene, picture.shape[0])
    side = picture.shape[0]
    free = np.ones((side, side), dtype=bool)
    things = (*change.before.things, *change.after.things)
    for box in (*(placed.box for placed in things), *new):
        x0, y0, x1, y1 = (v * side for v in box)
        rows = slice(max(0, int(y0) - 4), int(y1) + 5)
        free[rows, max(0, int(x0) - 4) : int(x1) + 5] = False
    if not free.any():
        return 0.0
    return float(np.abs(picture[free].astype(float) - truth[free]).mean() / 255)


def centred(a: Box, name: str, b: Box) -> bool:
    """Tell whether the middle of ``a`` lies on the named side of the middle of ``b``."""
    dx = (a[0] + a[2]) - (b[0] + b[2])
    dy = (a[1] + a[3]) - (b[1] + b[3])
    return {"left of": dx < 0, "right of": dx > 0, "above": dy < 0, "below": dy > 0}[name]
