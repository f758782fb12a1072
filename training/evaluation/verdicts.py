"""Verdicts over a drawn picture: from what the judge sees to how many questions are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from maquette.training.data.edits import Edit
from maquette.training.evaluation.finder import overlap
from maquette.training.evaluation.judge import Found, Judge
from maquette.training.world.render import render
from maquette.training.world.scene import Box, Scene

Verdict = Callable[[Judge, np.ndarray], tuple[int, int]]
"""Picture to how many of how many questions are right."""
KEPT_ERROR = 0.03
"""Largest mean error, in [0, 1], of the background that an edit leaves or makes."""


def holds_exactly(scene: Scene) -> Verdict:
    """The scene's things in their colours are there, and nothing else."""
    wanted = Counter(p.pair for p in scene.things)

    def judge(eyes: Judge, picture: np.ndarray) -> tuple[int, int]:
        return int(Counter(f.seen.pair for f in eyes.look(picture)) == wanted), 1

    return judge


def related(subject: tuple[str, str], side: str, other: tuple[str, str]) -> Verdict:
    """Two things are there, nothing else, and the one stands on that side of the other."""

    def judge(eyes: Judge, picture: np.ndarray) -> tuple[int, int]:
        found = eyes.look(picture)
        if Counter(f.seen.pair for f in found) != Counter((subject, other)):
            return 0, 1
        a, b = (next(f.box for f in found if f.seen.pair == pair) for pair in (subject, other))
        return int(centred(a, side, b)), 1

    return judge


def inside(scene: Scene) -> Verdict:
    """Inside each box of the scene is its thing in its colour: one question a box."""

    def judge(eyes: Judge, picture: np.ndarray) -> tuple[int, int]:
        seen = eyes.name(picture, [p.box for p in scene.things])
        right = [s.pair == p.pair for s, p in zip(seen, scene.things, strict=True)]
        return sum(right), len(right)

    return judge


def shows(pair: tuple[str, str], pattern: str) -> Verdict:
    """A thing of that colour and pattern is there, among whatever else."""

    def judge(eyes: Judge, picture: np.ndarray) -> tuple[int, int]:
        found = eyes.look(picture)
        return int(any(f.seen.pair == pair and f.seen.pattern == pattern for f in found)), 1

    return judge


def edited(change: Edit) -> Verdict:
    """The change was made, what went away is gone, and everything else was kept."""

    def judge(eyes: Judge, picture: np.ndarray) -> tuple[int, int]:
        after = change.after.things
        named = eyes.name(picture, [p.box for p in after])
        told = [
            s.pair == p.pair and s.pattern == p.pattern for s, p in zip(named, after, strict=True)
        ]
        gone = [p.box for p in change.before.things if p not in after]
        left = _still_there(eyes.look(picture), gone, [p.box for p in after])
        return int(all(told) and not left and _ground_right(change, picture)), 1

    return judge


def _still_there(found: list[Found], gone: list[Box], there: list[Box]) -> bool:
    """Whether something is found where a thing went away and no other came."""
    empty = [box for box in gone if all(overlap(box, other) < 0.2 for other in there)]
    return any(overlap(f.box, box) > 0.4 for f in found for box in empty)


def _ground_right(change: Edit, picture: np.ndarray) -> bool:
    """Whether the background is what it should be, and clearly nearer to it than to another."""
    error = ground_error(change, picture, change.after)
    if change.kind == "background" and error > 0.5 * ground_error(change, picture, change.before):
        return False
    return error <= KEPT_ERROR


def ground_error(change: Edit, picture: np.ndarray, scene: Scene) -> float:
    """Mean absolute error, in [0, 1], outside all boxes of things, against a scene's render."""
    truth = render(scene, picture.shape[0])
    side = picture.shape[0]
    free = np.ones((side, side), dtype=bool)
    for placed in (*change.before.things, *change.after.things):
        x0, y0, x1, y1 = (v * side for v in placed.box)
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
