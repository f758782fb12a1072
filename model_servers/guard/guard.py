"""The domain guard: whether a picture is one that the bundled models know.

A library, not a role: the roles that see or draw pictures call ``judge`` inside their
own server, on the picture they have decoded anyway. 40 ms a picture on one core.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from maquette.infra.manifest import verify_directory
from maquette.model_servers.guard.words import judge_words
from maquette.model_servers.loading.model_files import bundled_directory, loading
from maquette.model_servers.loading.pictures import on_paper
from maquette.model_servers.schemas.guard import OPEN, OUTSIDE, UNKNOWN, GuardVerdict

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

CONFIG, WEIGHTS, VOCABULARY = "config.json", "model.safetensors", "vocabulary.json"


class DomainGuard(Protocol):
    """What roles hold: a guard, or something that says why there is none."""

    digest: str

    def judge(self, image: Image.Image) -> GuardVerdict: ...

    def judge_words(self, text: str) -> GuardVerdict: ...


class NoGuard:
    """Says the same of everything: that nothing was judged, and why."""

    digest = ""

    def __init__(self, verdict: GuardVerdict) -> None:
        self._verdict = verdict

    def judge(self, image: Image.Image) -> GuardVerdict:
        return self._verdict

    def judge_words(self, text: str) -> GuardVerdict:
        return self._verdict


def open_guard(path: Path | None = None, *, bundled_model: bool = True) -> DomainGuard:
    """The guard of a directory, by default the bundled one.

    Args:
        bundled_model: whether the model it speaks for comes with Maquette; the world of any
            other model is not known, so nothing is said of it.
    Returns: a guard, or a ``NoGuard`` where there is nothing to judge by.
    Raises: PackCorrupt: the directory is not as published.
    """
    if not bundled_model:
        return NoGuard(OPEN)
    path = path or bundled_directory("guard")
    return _shared(path) if (path / CONFIG).is_file() else NoGuard(UNKNOWN)


@lru_cache(maxsize=2)
def _shared(path: Path) -> Guard:
    """Roles in one process ask the same guard: its pack is read and held once."""
    return Guard(path)


class Guard:
    """Loads from a directory with a manifest. Judging changes nothing: threads may share one."""

    def __init__(self, path: Path) -> None:
        """Raises: PackCorrupt: a file was changed, added or removed, or does not load."""
        from safetensors.torch import load_file

        from maquette.model_servers.guard.network import GuardNetwork

        self.digest = verify_directory(path)
        with loading(f"the guard {path.name!r}", hint="reinstall Maquette; the pack is damaged"):
            config = json.loads((path / CONFIG).read_text("utf-8"))
            vocabulary = json.loads((path / VOCABULARY).read_text("utf-8"))
            self._known = frozenset(vocabulary["words"]) | frozenset(vocabulary["asking"])
            self._logit_limit = float(config["logit_limit"])
            self._distance_limit = float(config["distance_limit"])
            tensors = {k: v.float() for k, v in load_file(path / WEIGHTS).items()}
            self._network: Any = GuardNetwork(config["tower"]).eval()
            self._network.load_state_dict(tensors)

    def judge(self, image: Image.Image) -> GuardVerdict:
        """Judge a picture of any size and mode. Deterministic on a CPU."""
        logit, distance = self.measure(image)
        margin = max(logit - self._logit_limit, 4 * (distance / self._distance_limit - 1))
        score = 1 / (1 + math.exp(-max(-30.0, min(30.0, margin))))
        if margin <= 0:
            return GuardVerdict(in_world=True, score=score)
        return GuardVerdict(
            in_world=False,
            score=score,
            reason=f"the picture is {OUTSIDE}: what they say of it may be wrong",
        )

    def judge_words(self, text: str) -> GuardVerdict:
        """Judge a text by its words outside quotation marks."""
        return judge_words(text, self._known)

    def measure(self, image: Image.Image) -> tuple[float, float]:
        """The network's logit of being an outsider, and the distance from the world."""
        import torch

        from maquette.model_servers.guard.statistics import picture_statistics

        pixels = small_pixels(image, self._network.side_px)
        told = torch.from_numpy(picture_statistics(pixels))[None]
        with torch.inference_mode():
            seen = 2 * torch.from_numpy(pixels).permute(2, 0, 1)[None] - 1
            logit, distance = self._network(seen, told)
        return float(logit[0]), float(distance[0])


def small_pixels(image: Image.Image, side_px: int) -> np.ndarray:
    """A picture on white paper, scaled to a square: float32 (side_px, side_px, 3) in [0, 1]."""
    import numpy as np
    from PIL import Image

    image = on_paper(image)
    # Two steps keep a very large picture cheap: whole-number shrinking first.
    factor = min(image.size) // (2 * side_px)
    if factor > 1:
        image = image.reduce(factor)
    if image.size != (side_px, side_px):
        image = image.resize((side_px, side_px), Image.Resampling.BOX)
    return np.asarray(image, np.float32) / 255
