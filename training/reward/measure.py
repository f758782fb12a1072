"""Held-out pairs through the same code that serves: the rows ``reward_pairs``.

Trial ``k`` of a perspective compares two pictures under one caption in test-only wording; all of
it comes from ``(HELD_OUT_SEED, k)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from maquette.model_servers.reward.backends.perspectives import Scorer
from maquette.training.evaluation.outcome import Outcome
from maquette.training.evaluation.rows import SWAPPED, Bench, Row, measured_row
from maquette.training.evaluation.summaries import LeastPart
from maquette.training.reward.lessons.pairs import HELD_OUT_SEED, SUBJECTS

BAR, SWAPPED_BAR = 0.90, 0.20
"""At least so many held-out pairs right; with labels swapped at training, fewer than these."""
ANSWERS = "single_answers"
"""Of a yes-no perspective: single pictures answered right, two a pair."""


def told_apart(bench: Bench, perspective: str, trial: int) -> Outcome:
    """Whether the better picture of a held-out pair wins; a tie counts as wrong."""
    lesson = SUBJECTS[perspective].lesson(np.random.default_rng((HELD_OUT_SEED, trial)), "test")
    pictures = [Image.fromarray(picture) for picture in lesson.pictures]
    pair = lesson.pairs[0]
    rows = [(index, caption, perspective) for index, caption in (pair.better, pair.worse)]

    def compare(scorer: Scorer) -> tuple[bool, int]:
        better, worse = scorer.score(pictures, rows)
        # The head's own comparison: of general preferences, scores alone would not tell.
        won = scorer.better(perspective, better, worse)
        return won > 1 - won, (better.score > 0.5) + (worse.score < 0.5)

    won, answers = compare(scorer_of(bench, perspective))
    beside: dict[str, tuple[float, ...]] = {}
    if SUBJECTS[perspective].yes_no:
        beside[ANSWERS] = (answers, 2)
    if control := _swapped(bench, perspective):
        beside[SWAPPED] = (compare(control)[0], 1)
    shown = [lesson.pictures[index] for index, _ in (pair.better, pair.worse)]
    return Outcome(
        won,
        1,
        f"{'right' if won else 'wrong'} ({pair.kind}), better is left: {pair.better[1]}",
        parts={pair.kind: (won, 1)},
        beside=beside,
        picture=np.concatenate(shown, axis=1),
    )


def measured_pair(perspective: str, bench: Bench, trial: int) -> Outcome:
    """A trial of one perspective's row, kept for the row of all."""
    outcome = told_apart(bench, perspective, trial)
    bench.once(_kept(bench, perspective, trial), lambda: outcome.right)
    return outcome


for _name in SUBJECTS:
    measured_row(f"reward_pairs_{_name}", bar=BAR, trials=200)(partial(measured_pair, _name))


def _right(bench: Bench, name: str, trial: int) -> float:
    return told_apart(bench, name, trial).right


@measured_row("reward_pairs", bar=BAR, trials=200, summary=LeastPart())
def reward_pairs(bench: Bench, trial: int) -> Outcome:
    """A pair of every perspective; the row is the perspective that is right least often."""
    right = {
        name: bench.once(_kept(bench, name, trial), partial(_right, bench, name, trial))
        for name in SUBJECTS
    }
    return Outcome(
        sum(right.values()), len(right), parts={name: (won, 1) for name, won in right.items()}
    )


def scorer_of(bench: Bench, perspective: str) -> Scorer:
    """The reward model that has a perspective, loaded once.

    ``reward/<perspective>`` among the bench's places is the folder of that one alone.
    """
    own = bench.places.get(f"reward/{perspective}")
    folder = own or bench.pack("reward")
    scorer = bench.once(f"reward {folder}", lambda: _load(bench, folder))
    scorer.check([perspective])
    return scorer


def markdown(rows: Iterable[Row]) -> str:
    """A table for the model card."""
    lines = ["| row | value | 95 % interval | n | bar |", "|---|---|---|---|---|"]
    for row in rows:
        bar = "" if row.bar is None else f"{row.bar:.2f}"
        if row.name.endswith(SWAPPED):
            bar = f"below {SWAPPED_BAR:.2f}"
        interval = f"{row.low:.3f} to {row.high:.3f}"
        lines.append(f"| {row.name} | {row.value:.3f} | {interval} | {row.n} | {bar} |")
    return "\n".join(lines) + "\n"


def _kept(bench: Bench, perspective: str, trial: int) -> str:
    return f"reward pair {perspective} {trial} of {bench.packs} {sorted(bench.places.items())}"


def _swapped(bench: Bench, perspective: str) -> Scorer | None:
    """The control of a perspective, where there is one."""
    if bench.swapped is None:
        return None
    folder = bench.swapped / f"{perspective}_swapped"
    if not folder.is_dir():
        return None
    return bench.once(f"reward {folder}", lambda: _load(bench, folder))


def _load(bench: Bench, folder: Path) -> Scorer:
    """Load a reward model on the backbone of this bench, if it has one."""
    home = bench.places.get("understanding", bench.packs / "understanding")
    return Scorer(str(folder), backbone=str(home.resolve()) if home.is_dir() else None)
