"""Take the habit of language out of label scores. Pure arithmetic on lists of numbers.

Source: LLaVA-Align, post-hoc debiasing: ``q = W p + b`` with ``W = diag(p0)^-1, b = 0``
("diagonal") or ``W = I, b = -p0`` ("identity"), ``p0`` being the answer without the picture.
The identity form is clipped at 0 here before it is made to sum to 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

Form = Literal["diagonal", "identity"]
LEAST = 1e-4
"""Added to ``p0``, so that a label the model never says blind does not win for that alone."""


def probabilities(log_probs: Sequence[float]) -> list[float]:
    """Log-probabilities of labels as shares of one."""
    highest = max(log_probs)
    weights = [math.exp(value - highest) for value in log_probs]
    return [weight / sum(weights) for weight in weights]


def calibrated(
    seen: Sequence[float], blind: Sequence[float], form: Form = "diagonal"
) -> list[float]:
    """Label shares with the picture, corrected by those without it; they sum to 1.

    Args:
        seen, blind: shares of each label, each list summing to 1, in the same order.
    Raises: ValueError: the lists differ in length.
    """
    if len(seen) != len(blind):
        raise ValueError(f"{len(seen)} shares with the picture, {len(blind)} without it")
    if form == "diagonal":
        corrected = [p / (p0 + LEAST) for p, p0 in zip(seen, blind, strict=True)]
    else:
        corrected = [max(p - p0, 0.0) for p, p0 in zip(seen, blind, strict=True)]
    total = sum(corrected)
    return [q / total for q in corrected] if total > 0 else [1 / len(seen)] * len(seen)


def together(*blind: Sequence[float]) -> list[float]:
    """Several blind answers as one: their sum, made to sum to 1 again."""
    sums = [sum(column) for column in zip(*blind, strict=True)]
    return [value / sum(sums) for value in sums]
