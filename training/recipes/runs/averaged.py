"""What all trainings share: a model, its running average, one optimizer and one checkpoint."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from maquette.training.recipes.averaging import Average
from maquette.training.recipes.checkpoints import load_checkpoint, save_checkpoint
from maquette.training.recipes.loop import Step, training_loop


def begun_slower(module: nn.Module, begun: nn.Module, share: float) -> list[dict[str, Any]]:
    """Groups of parameters for an optimizer: those of ``begun`` learn at a share of the rate.

    Args:
        begun: the part of ``module`` that was trained before.
        share: of the rate, in (0, 1]; random parts around it would undo it at the full one.
    """
    slow = list(begun.parameters())
    known = {id(p) for p in slow}
    fast = [p for p in module.parameters() if id(p) not in known]
    return [{"params": fast}, {"params": slow, "share": share}]


class AveragedRun(ABC):
    """A ``driver.Run`` without its score: restores, saves and steps.

    A training sets these in its constructor, and says what a step's losses are.
    """

    folder: Path
    """Of the checkpoint."""
    recipe: Any
    """Numbers of the training; ``peak_rate`` is read here."""
    model: Any
    """What is trained."""
    average: Average[Any]
    """Of the model."""
    parameters: list[nn.Parameter]
    """What the optimizer holds."""
    optimizer: torch.optim.Optimizer
    spent_s: float = 0.0
    """Seconds of training before this process."""
    warmup: int = 100
    """Steps over which the learning rate rises."""

    def restore(self) -> int:
        """Load the checkpoint if there is one; returns the next step's index."""
        state = load_checkpoint(self.folder, self._modules(), self.optimizer)
        if state is None:
            return 0
        self.spent_s = state["elapsed_s"]
        return int(state["step"])

    def save(self, step: int, elapsed_s: float) -> None:
        """Write a checkpoint before step ``step``."""
        state = {"step": step, "elapsed_s": elapsed_s}
        save_checkpoint(self.folder, self._modules(), self.optimizer, state)

    def steps(self, start: int, progress: Callable[[int], float]) -> Iterator[Step]:
        """Train, yielding each step."""
        losses, rate = self._training_losses, self.recipe.peak_rate
        for step in training_loop(
            self.parameters, self.optimizer, losses, progress, rate, start, self.warmup
        ):
            self.average.update(self.model, step.index)
            yield step

    @abstractmethod
    def _training_losses(self, step: int) -> dict[str, Tensor]:
        """Named losses of a step, their randomness drawn from its index alone."""

    def _modules(self) -> dict[str, nn.Module]:
        """What the checkpoint holds beside the optimizer, by file name."""
        return {"model": self.model, "average": self.average.module}
