"""The state of one perspective's training: its weights, average, optimizer and checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from maquette.model_servers.reward.heads import HeadKind
from maquette.model_servers.reward.model import RewardModel
from maquette.model_servers.reward.preference import advantage
from maquette.model_servers.reward.rows import RowWriter
from maquette.training.recipes.averaging import Average
from maquette.training.recipes.checkpoints import load_checkpoint, save_checkpoint
from maquette.training.recipes.loop import Step, training_loop
from maquette.training.reward.cache import Seen
from maquette.training.reward.lessons.lesson import Pair
from maquette.training.reward.losses import pair_losses
from maquette.training.reward.packed import pack_captions, packed_rewards
from maquette.training.reward.recipe import RewardRecipe


class Trained(nn.Module):
    """The parameters of a perspective, by name, as one module to save and average."""

    def __init__(self, parameters: dict[str, nn.Parameter]) -> None:
        super().__init__()
        for name, parameter in parameters.items():
            self.register_parameter(name.replace(".", "/"), parameter)


def pair_weights(pairs: list[Pair]) -> list[float]:
    """What each pair of a lesson counts; they sum to one, so that each lesson weighs the same.

    Pairs of two pictures count as much as those of two captions together: they are what best-of-n
    asks, and fewer.
    """
    of_pictures = [pair.better[0] != pair.worse[0] for pair in pairs]
    sides = (of_pictures.count(False), of_pictures.count(True))
    share = 1 / (2 - sides.count(0))
    return [share / sides[two] for two in of_pictures]


class RewardRun:
    """Train one perspective on cached features.

    Args:
        work: folder of checkpoints; this run's is named after the perspective, with
            ``_swapped`` behind it when labels are swapped.
        model: with the perspective added; everything else in it stays as it is.
        words: writes captions as rows of tokens.
        seen: pairs and features; the last tenth of the lessons, at most 256, are kept for
            the score.
    """

    def __init__(
        self,
        work: Path,
        subject: str,
        model: RewardModel,
        words: RowWriter,
        seen: Seen,
        recipe: RewardRecipe | None = None,
    ) -> None:
        self.recipe = recipe or RewardRecipe()
        self.subject, self.model, self.words, self.seen = subject, model, words, seen
        self.name = f"{subject}_swapped" if self.recipe.swap_labels else subject
        self.folder = work / self.name
        self.spent_s = 0.0
        self.device = next(model.perspectives[subject].parameters()).device
        self.kind: HeadKind = model.perspectives[subject].kind  # type: ignore[assignment]
        kept = min(256, len(seen.starts) // 10)
        self.first_kept = len(seen.starts) - kept
        trained = model.parameters_of(subject)
        for parameter in trained.values():
            parameter.requires_grad_(True)
        self.trained = Trained(trained)
        self.average = Average(self.trained, decay=0.998)
        self.parameters = list(self.trained.parameters())
        self.optimizer = torch.optim.AdamW(
            self.parameters,
            self.recipe.peak_rate,
            betas=(0.9, 0.99),
            weight_decay=self.recipe.weight_decay,
        )

    def restore(self) -> int:
        """Load the checkpoint if there is one; returns the next step's index."""
        modules = {"trained": self.trained, "average": self.average.module}
        state = load_checkpoint(self.folder, modules, self.optimizer)
        if state is None:
            return 0
        self.spent_s = state["elapsed_s"]
        return state["step"]

    def save(self, step: int, elapsed_s: float) -> None:
        """Write a checkpoint before step ``step``."""
        modules = {"trained": self.trained, "average": self.average.module}
        save_checkpoint(
            self.folder, modules, self.optimizer, {"step": step, "elapsed_s": elapsed_s}
        )

    def steps(self, start: int, progress: Callable[[int], float]) -> Iterator[Step]:
        """Train, yielding each step."""
        for step in training_loop(
            self.parameters, self.optimizer, self._losses, progress, self.recipe.peak_rate, start
        ):
            self.average.update(self.trained, step.index)
            yield step

    @torch.no_grad()
    def score(self) -> dict[str, float]:
        """The averaged weights on pairs of lessons that were kept from training."""
        pairs = self.kept_pairs()
        if not pairs:
            return {}
        with self.averaged():
            better, worse = self.rewards_of(pairs)
        right = float((advantage(self.kind, better, worse) > 0).float().mean())
        return {
            "held_out": float(self._pair_losses(better, worse).mean()),
            "wrong": 1 - right if right < 1 else 1e-4,
            "right": right,
        }

    def kept_pairs(self) -> list[Pair]:
        """The first pair of every lesson kept from training, as labelled by the world."""
        return [self.seen.pairs[start] for start in self.seen.starts[self.first_kept :]]

    @torch.no_grad()
    def rewards_of(self, pairs: list[Pair]) -> tuple[Tensor, Tensor]:
        """Rewards (n, K) of the better and of the worse rows, float32."""
        size = self.recipe.batch
        parts = [self._rewards(pairs[at : at + size]) for at in range(0, len(pairs), size)]
        better, worse = zip(*parts, strict=True)
        return torch.cat(better), torch.cat(worse)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Use the averaged weights for a while."""
        kept = [p.detach().clone() for p in self.parameters]
        with torch.no_grad():
            for own, mean in zip(self.parameters, self.average.module.parameters(), strict=True):
                own.copy_(mean)
        try:
            yield
        finally:
            with torch.no_grad():
                for own, old in zip(self.parameters, kept, strict=True):
                    own.copy_(old)

    def _losses(self, step: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, step))
        chosen = rng.integers(self.first_kept, size=self.recipe.batch)
        lessons = [self.seen.pairs_of(int(k)) for k in chosen]
        better, worse = self._rewards([pair for pairs in lessons for pair in pairs])
        if self.recipe.swap_labels:
            better, worse = worse, better
        shares = torch.tensor([share for pairs in lessons for share in pair_weights(pairs)])
        losses = self._pair_losses(better, worse)
        if self.recipe.level:
            losses = losses + self.recipe.level * pair_losses(HeadKind.YES_NO, better, worse)
        losses = losses * shares.to(self.device)
        return {"loss": losses.sum() / len(lessons)}

    def _pair_losses(self, better: Tensor, worse: Tensor) -> Tensor:
        return pair_losses(self.kind, better, worse, tau=self.recipe.tau, margin=self.recipe.margin)

    def _rewards(self, pairs: list[Pair]) -> tuple[Tensor, Tensor]:
        """Rewards of the better and of the worse rows; a row that pairs share is read once."""
        captions: dict[int, list[str]] = {}
        for picture, caption in (row for pair in pairs for row in (pair.better, pair.worse)):
            told = captions.setdefault(picture, [])
            if caption not in told:
                told.append(caption)
        seen = self.seen.look(list(captions)).to(self.device).float()
        rows = pack_captions(list(captions.values()), self.words).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            rewards = packed_rewards(self.model, self.subject, seen, rows)
        order = [(picture, caption) for picture, told in captions.items() for caption in told]
        place = {row: k for k, row in enumerate(order)}
        return (
            rewards[[place[pair.better] for pair in pairs]],
            rewards[[place[pair.worse] for pair in pairs]],
        )
