"""Set the guard's limits on pictures kept from training, and write it as a pack."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

from maquette.model_servers.guard.network import GuardNetwork
from maquette.training.guard.examples.augment import augment
from maquette.training.guard.run import KEPT, measured, small_pixels
from maquette.training.pack.seal import seal
from maquette.training.recipes.checkpoints import load_checkpoint
from maquette.training.vision.tower import BUNDLED, TowerSize, tower_settings
from maquette.training.world import vocabulary

MAX_BYTES = 12_000_000
WORLD_LOGIT, WORLD_DISTANCE, OUTSIDE_LOGIT = 0.97, 0.99, 0.02
"""Quantiles of kept pictures that set the limits: some 3 % of the world's may be flagged."""
SHRINK = 0.1
"""Share of the diagonal in the features' covariance, so that it can be inverted."""
ASKING = tuple(
    """
    a an the and or of to on in at with without is are was be there it its this that these
    those i me my you your we our please show find make draw paint get give see look search
    picture pictures image images drawing drawings photo scene scenes some any all every both
    which what where who how many much does do did can could would like want need one ones
    thing things something colour color colours colors says say saying reads written word
    words text sign poster page card title headline label letters big bigger small smaller
    size from for by as than then not no only just also very so up down near next beside
    between behind under over top bottom middle centre center corner left right side edge
    background
    """.split()  # noqa: SIM905
)
"""Words that ask, place or count without naming a thing."""


def trained_guard(work: Path, size: TowerSize = BUNDLED) -> GuardNetwork:
    """The averaged network of a training. Raises: FileNotFoundError: there is none."""
    model = GuardNetwork(tower_settings(size))
    if load_checkpoint(work / "guard", {"average": model}) is None:
        raise FileNotFoundError(
            f"no checkpoint in {work}; run `python -m maquette.training.guard train --work {work}`"
        )
    return model.eval()


@torch.no_grad()
def set_limits(
    model: GuardNetwork, world: np.ndarray, outside: np.ndarray, seed: int = 5
) -> dict[str, Any]:
    """Fit the density of the world's features, and choose both limits.

    Half of the kept pictures of the world, and as many again from training, fit mean and
    covariance; the other half chooses the limits. Pictures are treated as in training.

    Returns: the pack's configuration; ``centre`` and ``whiten`` of the model are set.
    """
    rng = np.random.default_rng(seed)
    kept = min(KEPT, len(world) // 4, len(outside) // 4)
    fit_rows = [*range(len(world) - kept, len(world), 2), *range(min(2 * kept, len(world) - kept))]
    judge_rows = range(len(world) - kept + 1, len(world), 2)
    found = _seen(model, world, fit_rows, rng)
    centre = found.mean(0)
    spread = torch.cov(found.T)
    spread = (1 - SHRINK) * spread + SHRINK * torch.diag(spread.diagonal() + 1e-3)
    values, vectors = torch.linalg.eigh(spread)
    model.centre.copy_(centre)
    model.whiten.copy_(vectors @ torch.diag(values.clamp(min=1e-6).rsqrt()))
    near_logits, distances = model.judge(_seen(model, world, judge_rows, rng, times=3))
    far = _seen(model, outside, range(len(outside) - kept, len(outside)), rng)
    far_logits, _ = model.judge(far)
    low = float(near_logits.quantile(WORLD_LOGIT))
    high = float(far_logits.quantile(OUTSIDE_LOGIT))
    return {
        "format": 2,
        "tower": model.settings,
        # Between the two where they are apart; else where few of the world's are flagged.
        "logit_limit": max(low, min((low + high) / 2, 0.0)) if low < high else low,
        "distance_limit": 1.1 * float(distances.quantile(WORLD_DISTANCE)),
    }


def export_pack(model: GuardNetwork, config: dict[str, Any], target: Path, card: str) -> Path:
    """Write a pack and swap it into ``target``. Raises: ValueError: it is too large."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    tensors = {
        # What whitens is inverted small numbers: half precision would bend it.
        name: value.contiguous().clone() if name in ("centre", "whiten") else value.half()
        for name, value in model.state_dict().items()
    }
    save_file(tensors, fresh / "model.safetensors")
    (fresh / "config.json").write_text(json.dumps(config, indent=1) + "\n", "utf-8")
    words = {"format": 1, "words": sorted(vocabulary.words()), "asking": sorted(set(ASKING))}
    (fresh / "vocabulary.json").write_text(json.dumps(words) + "\n", "utf-8")
    (fresh / "MODEL_CARD.md").write_text(card, "utf-8")
    return seal(fresh, target, MAX_BYTES)


def _seen(
    model: GuardNetwork, pictures: np.ndarray, rows: Any, rng: np.random.Generator, times: int = 1
) -> torch.Tensor:
    """Features (n, F) of some pictures, treated as in training."""
    side_px = model.side_px
    small = [small_pixels(augment(pictures[r], rng), side_px) for _ in range(times) for r in rows]
    features = []
    for start in range(0, len(small), 50):
        pixels, told = measured(small[start : start + 50], torch.device("cpu"))
        features.append(model.features(model.look(pixels), told))
    return torch.cat(features)
