"""The training loop: a generator that yields after each step.

Logging, previews, checkpoints and stopping stay outside, with whoever iterates.

Source: smalldiffusion, ``training_loop``; the clock is passed in here so that a time
budget can set the learning rate without the loop reading a clock.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Step:
    """What one optimizer step did."""

    index: int
    """Number of the step, from 0 over the whole training."""
    losses: dict[str, float]
    """Each named loss, as added up (weights included)."""
    learning_rate: float
    """Rate used in this step."""
    gradient_norm: float
    """Global gradient norm before clipping."""


def training_loop(
    parameters: list[nn.Parameter],
    optimizer: torch.optim.Optimizer,
    losses: Callable[[int], dict[str, Tensor]],
    progress: Callable[[int], float],
    peak_rate: float,
    start: int = 0,
    warmup: int = 100,
    clip: float = 1.0,
) -> Iterator[Step]:
    """Train until ``progress`` reaches 1.

    Args:
        parameters: what is clipped; the same tensors the optimizer holds.
        optimizer: stepped in place; the rate of a group is multiplied by its ``share``.
        losses: maps a step index to named losses; their sum is minimised. Must draw all
            its randomness from the index, so that a resumed run repeats nothing.
        progress: maps a step index to the share of training done, in [0, 1].
        peak_rate: learning rate after warm-up; it follows a half cosine down to 1 %.
        start: index of the first step.
        warmup: steps over which the rate rises linearly.
        clip: largest global gradient norm.
    """
    index = start
    while (done := progress(index)) < 1:
        rate = peak_rate * (0.01 + 0.99 * (0.5 + 0.5 * math.cos(math.pi * done)))
        rate *= min(1.0, (index + 1) / warmup)
        for group in optimizer.param_groups:
            group["lr"] = rate * group.get("share", 1.0)
        optimizer.zero_grad(set_to_none=True)
        named = losses(index)
        torch.stack(list(named.values())).sum().backward()
        norm = nn.utils.clip_grad_norm_(parameters, clip)
        optimizer.step()
        yield Step(index, {k: float(v.detach()) for k, v in named.items()}, rate, float(norm))
        index += 1
