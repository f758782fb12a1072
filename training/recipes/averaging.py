"""An exponential moving average of weights, which draws better than the last step's."""

from __future__ import annotations

import copy
from typing import Generic, TypeVar

import torch
from torch import nn

ModuleT = TypeVar("ModuleT", bound=nn.Module)


class Average(Generic[ModuleT]):
    """Keep a slowly following copy of a module.

    The decay is ``min(decay, (1 + n) / (10 + n))`` after ``n`` updates, so that the copy
    forgets the random start.

    Args:
        module: the module in training; never changed.
        decay: share of the old average kept at each update, in [0, 1).
    """

    def __init__(self, module: ModuleT, decay: float = 0.999) -> None:
        self.module: ModuleT = copy.deepcopy(module).eval().requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        """Move the copy towards ``module`` after training step ``step`` (from 0)."""
        decay = min(self.decay, (1 + step) / (10 + step))
        ours = [p.detach() for p in self.module.parameters()]
        theirs = [p.detach() for p in module.parameters()]
        torch._foreach_lerp_(ours, theirs, 1 - decay)
