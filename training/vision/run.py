"""The state of a tower's training: tower, lessons, average, checkpoint.

Notation: ``B`` pictures, ``P`` patches, ``D`` width.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from maquette.training.data.shards import Shard
from maquette.training.recipes.averaging import Average
from maquette.training.recipes.checkpoints import load_checkpoint
from maquette.training.recipes.runs.averaged import AveragedRun
from maquette.training.vision import closeups
from maquette.training.vision.augment import augment
from maquette.training.vision.lessons import Lessons, scene_lessons
from maquette.training.vision.tower import BUNDLED, TowerSize, build_tower, compiled_look, look


@dataclass(frozen=True)
class TowerRecipe:
    """Everything that decides how a tower is trained."""

    close_ups: int = 96
    """Close-ups a step."""
    window: int = 8
    """Patches on a side of a close-up."""
    close_steps: int = 1_000
    """Steps of close-ups before whole scenes; from then on the two take turns. One close-up
    step in two shows words, once there are scenes."""
    words: int = 64
    """Close-ups of words a step."""
    scenes: int = 24
    """Whole scenes a step."""
    peak_rate: float = 1e-3
    warmup: int = 100
    outline_weight: float = 4.0
    noise: float = 4.0
    """Largest deviation, in bytes, of noise added to pixels: drawn pictures are not as clean."""
    seed: int = 41
    """Decides rows and cuts, with the step index, and the first weights."""


class TowerRun(AveragedRun):
    """Train a tower to name what each patch shows, and to draw its outline.

    Args:
        work: folder of checkpoints; this run's is ``tower``.
        shard: rendered scenes; the last 256 are kept for the score.
        owners: uint8 (scenes, S, S), whose each pixel is.
        device: where to train; matrix products run in bfloat16.
        compiled: compile the tower, half as fast again; needs a C++ compiler on a CPU.
    """

    name = "tower"

    def __init__(
        self,
        work: Path,
        shard: Shard,
        owners: np.ndarray,
        device: torch.device,
        size: TowerSize = BUNDLED,
        recipe: TowerRecipe | None = None,
        compiled: bool = False,
    ) -> None:
        self.folder = work / self.name
        self.shard, self.owners, self.device, self.size = shard, owners, device, size
        self.recipe = recipe or TowerRecipe()
        self.warmup = self.recipe.warmup
        self.kept = min(256, len(shard.scenes) // 4)
        trained = shard.scenes[: len(shard.scenes) - self.kept]
        self.printed = np.flatnonzero([bool(scene.words) for scene in trained])
        self.model = build_models(size, self.recipe.seed).to(device)
        self.look = compiled_look(self.model["tower"]) if compiled else look
        self.average = Average(self.model, decay=0.998)
        self.parameters = list(self.model.parameters())
        self.optimizer = torch.optim.AdamW(
            self.parameters, self.recipe.peak_rate, betas=(0.9, 0.98), weight_decay=0.05
        )

    @torch.no_grad()
    def score(self) -> dict[str, float]:
        """Share of kept close-ups named right, and of the things' patches in kept scenes."""
        rng = np.random.default_rng((self.recipe.seed, 10**9))
        model, end = self.average.module, len(self.shard.scenes)
        some = self._close_ups((end - self.kept, end), min(self.kept, 256), rng)
        lessons = scene_lessons(
            self.shard, self.owners, np.arange(end - self.kept, end)[:64], self.size.grid
        )
        with torch.autocast(self.device.type, torch.bfloat16):
            states = look(model["tower"], some.pixels.to(self.device), self._window(rng))[-1]
            named = model["lessons"].name_thing(states[:, 1:], some.covered.to(self.device))
            states = look(model["tower"], lessons.pixels.to(self.device))[-1]
            told = model["lessons"].told(states[:, 1:])
        thing = lessons.answers["thing"].to(self.device)
        shown = thing > 0
        letters = lessons.answers["letter0"].to(self.device)
        printed = letters >= 0
        return {
            "close_up_right": float((named.argmax(-1).cpu() == some.truth[:, 0]).float().mean()),
            "thing_right": float((told["thing"].argmax(-1) == thing)[shown].float().mean()),
            "letter_right": float((told["letter0"].argmax(-1) == letters)[printed].float().mean()),
        }

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, step))
        end = len(self.shard.scenes) - self.kept
        tower, lessons = self.model["tower"], self.model["lessons"]
        if step >= self.recipe.close_steps and step % 4 == 1 and len(self.printed):
            pixels, letters = self._words(rng)
            pixels = augment(pixels, self.recipe.noise, rng).to(self.device)
            with torch.autocast(self.device.type, torch.bfloat16):
                states = self.look(tower, pixels, self._window(rng))[-1][:, 1:]
                return {"print": lessons.print_loss(states, letters)}
        if step < self.recipe.close_steps or step % 2:
            some = self._close_ups((0, end), self.recipe.close_ups, rng)
            pixels = augment(some.pixels, self.recipe.noise, rng).to(self.device)
            places = self._window(rng)
            with torch.autocast(self.device.type, torch.bfloat16):
                states = self.look(tower, pixels, places)[-1][:, 1:]
                named, outlines = lessons.close_up_losses(states, some)
            return {"close_up": named, "outline": self.recipe.outline_weight * outlines}
        rows = rng.integers(0, end, size=self.recipe.scenes)
        whole = scene_lessons(self.shard, self.owners, rows, self.size.grid)
        pixels = augment(whole.pixels, self.recipe.noise, rng).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            states = self.look(tower, pixels)[-1][:, 1:]
            named, outlines = lessons.scene_losses(states, whole)
        return {"scene": named, "outline": self.recipe.outline_weight * outlines}

    def _close_ups(
        self, rows: tuple[int, int], count: int, rng: np.random.Generator
    ) -> closeups.CloseUps:
        grid, patch_px = min(self.recipe.window, self.size.grid), self.size.patch_px
        return closeups.close_ups(self.shard, self.owners, rows, count, grid, patch_px, rng)

    def _words(self, rng: np.random.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        grid, patch_px = min(self.recipe.window, self.size.grid), self.size.patch_px
        rows, count = self.printed, self.recipe.words
        return closeups.close_ups_of_words(self.shard, rows, count, grid, patch_px, rng)

    def _window(self, rng: np.random.Generator) -> Tensor:
        grid = min(self.recipe.window, self.size.grid)
        return closeups.window(grid, self.size.grid, rng).to(self.device)


def build_models(size: TowerSize, seed: int) -> nn.ModuleDict:
    """Make a tower, and the heads that answer its lessons."""
    torch.manual_seed(seed)
    lessons = Lessons(size.width, size.patch_px**2)
    return nn.ModuleDict({"tower": build_tower(size, seed), "lessons": lessons})


def trained_tower(work: Path, size: TowerSize = BUNDLED) -> nn.ModuleDict:
    """The averaged ``tower`` and ``lessons`` of a run's checkpoint, or the tower of a pack.

    A pack holds no lessons; those come untrained.

    Args:
        work: folder of a tower's training, or of a pack that began from one.
    Raises: FileNotFoundError: if there is neither in ``work``.
    """
    models = build_models(size, seed=0)
    if load_checkpoint(work / TowerRun.name, {"average": models}) is not None:
        return models
    if (work / PACKED).exists():
        tensors = load_file(work / PACKED)
        prefix = next(p for p in PREFIXES if any(name.startswith(p) for name in tensors))
        own = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
        models["tower"].load_state_dict(own)
        return models
    raise FileNotFoundError(
        f"no trained tower in {work}; train one with: "
        f"python -m maquette.training.vision train --work {work}"
    )


PACKED = "model.safetensors"
PREFIXES = ("vision_tower.", "clip.vision_model.")
"""What the names of a tower's tensors begin with, in a LLaVA model and in a CLIPSeg."""
