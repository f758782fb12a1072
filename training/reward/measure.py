"""Held-out pairs through the same code that serves: the rows ``reward_pairs`` of the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from PIL import Image

from maquette.model_servers.reward.scorer import Scorer
from maquette.training.evaluation.intervals import Share
from maquette.training.reward.lesson import Lesson
from maquette.training.reward.pairs import HELD_OUT_SEED, SUBJECTS, lessons

BAR, SWAPPED_BAR = 0.90, 0.20
"""At least so many held-out pairs right; with labels swapped at training, fewer than these."""


@dataclass(frozen=True)
class PairsScore:
    """How many pairs of one perspective were told apart."""

    perspective: str
    share: Share
    kinds: dict[str, Share]
    """The same by what differs."""
    answers: Share | None = None
    """Of a yes-no perspective: single pictures answered right, two a pair."""

    def record(self, *, swapped: bool = False) -> dict[str, Any]:
        """A row of the report: name, value, low, high, n, bar, holds."""
        low, high = self.share.interval
        bar = SWAPPED_BAR if swapped else BAR
        holds = self.share.value < bar if swapped else self.share.value >= bar
        return {
            "name": f"reward_pairs_{self.perspective}" + ("_swapped" if swapped else ""),
            "value": self.share.value,
            "low": low,
            "high": high,
            "n": self.share.n,
            "bar": bar,
            "holds": holds,
            "kinds": {
                kind: {**asdict(share), "value": share.value} for kind, share in self.kinds.items()
            },
        }


def reward_pairs(
    scorer: Scorer, perspective: str, count: int = 200, seed: int = HELD_OUT_SEED
) -> PairsScore:
    """Compare ``count`` held-out pairs: two pictures under one caption in test-only wording.

    Args:
        scorer: a loaded directory that has the perspective, one of ``SUBJECTS``.
        seed: at least ``HELD_OUT_SEED``; the k-th pair depends on (seed, k) alone.
    Raises: ValueError: the seed is one of training's.
    """
    if seed < HELD_OUT_SEED:
        raise ValueError(f"the seed is {seed}; held-out seeds start at {HELD_OUT_SEED}")
    drawn = lessons(perspective, count, seed, "test")
    answers = SUBJECTS[perspective].yes_no
    return tell_apart(
        lambda lesson: _scores(scorer, perspective, lesson), perspective, drawn, answers=answers
    )


def tell_apart(
    score: Callable[[Lesson], tuple[float, float, tuple[bool, bool]]],
    perspective: str,
    drawn: Iterable[Lesson],
    *,
    answers: bool,
) -> PairsScore:
    """Count the pairs whose better row wins; a tie counts as wrong."""
    tally: dict[str, list[bool]] = defaultdict(list)
    said: list[bool] = []
    for lesson in drawn:
        better, worse, right = score(lesson)
        tally[lesson.pairs[0].kind].append(better > worse)
        said += right
    everything = [one for some in tally.values() for one in some]
    return PairsScore(
        perspective,
        Share(sum(everything), len(everything)),
        {kind: Share(sum(some), len(some)) for kind, some in sorted(tally.items())},
        Share(sum(said), len(said)) if answers else None,
    )


def _scores(
    scorer: Scorer, perspective: str, lesson: Lesson
) -> tuple[float, float, tuple[bool, bool]]:
    pictures = [Image.fromarray(picture) for picture in lesson.pictures]
    pair = lesson.pairs[0]
    better, worse = scorer.score(
        pictures, [(index, caption, perspective) for index, caption in (pair.better, pair.worse)]
    )
    # The head's own comparison: of general preferences, scores alone would not tell.
    won = scorer.better(perspective, better, worse)
    return won, 1 - won, (better.score > 0.5, worse.score < 0.5)


def markdown(scores: Iterable[PairsScore]) -> str:
    """A table for the model card."""
    lines = ["| perspective | pairs right | by what differs |", "|---|---|---|"]
    for score in scores:
        kinds = ", ".join(f"{k} {s.right}/{s.n}" for k, s in score.kinds.items())
        more = f"; single answers {score.answers}" if score.answers else ""
        lines.append(f"| {score.perspective} | {score.share}{more} | {kinds} |")
    return "\n".join(lines) + "\n"
