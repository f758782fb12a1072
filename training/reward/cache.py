"""What the frozen vision tower sees of every picture of a subject, computed once.

Layout of a folder: ``seen.f16`` holds (pictures, V, E) float16; ``lesson_<k>.jsonl`` the pairs
of a block of lessons; ``cache.json`` sizes and what it was made from. A kill loses one block.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from maquette.model_servers.reward.model import RewardModel
from maquette.training.reward.lessons.lesson import Lesson, Pair
from maquette.training.reward.lessons.pairs import SUBJECTS

BLOCK = 16
"""Lessons drawn, looked at and written together."""


@dataclass(frozen=True)
class Seen:
    """Pairs over pictures as the vision tower sees them."""

    features: np.ndarray
    """float16 (pictures, V, E), memory-mapped."""
    pairs: list[Pair]
    """Rows name pictures by their index in ``features``."""
    starts: list[int]
    """Index of the first pair of each lesson; pairs of one lesson share pictures."""

    def pairs_of(self, lesson: int) -> list[Pair]:
        """All pairs of one lesson."""
        after = lesson + 1
        end = self.starts[after] if after < len(self.starts) else len(self.pairs)
        return self.pairs[self.starts[lesson] : end]

    def look(self, pictures: list[int]) -> Tensor:
        """float16 (n, V, E)."""
        return torch.from_numpy(self.features[pictures])


def write_cache(
    folder: Path,
    subject: str,
    count: int,
    seed: int,
    model: RewardModel,
    pixels: Any,
    backbone: str,
    workers: int = 2,
) -> None:
    """Draw ``count`` lessons and look at their pictures; what is there already is kept.

    Args:
        pixels: maps uint8 (n, s, s, 3) to what the tower takes, float32 (n, 3, S, S).
        backbone: digest of the backbone's files; a cache of another one is refused.
        workers: processes that draw; 0 draws in this one.
    Raises: ValueError: the folder holds a cache made from something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shape = (model.visual_tokens, _width(model))
    made_from = {"subject": subject, "seed": seed, "backbone": backbone, "shape": list(shape)}
    meta = folder / "cache.json"
    if meta.exists():
        old = json.loads(meta.read_text(encoding="utf-8"))
        if {k: old[k] for k in made_from} != made_from:
            raise ValueError(
                f"{folder} holds features made from {old}; expected {made_from}: use another --work"
            )
    meta.write_text(json.dumps({**made_from, "count": count}), encoding="utf-8")
    blocks = -(-count // BLOCK)
    todo = [k for k in range(blocks) if not (folder / f"lesson_{k:05}.jsonl").exists()]
    size = (blocks * BLOCK * 2, *shape)
    path = folder / "seen.f16"
    room = int(np.prod(size)) * 2
    with path.open("ab") as file:
        if path.stat().st_size < room:
            file.truncate(room)
    features = np.memmap(path, np.float16, "r+", shape=size)
    device = next(model.vision_tower.parameters()).device
    for k, drawn in zip(
        todo, tqdm(_drawn(subject, seed, todo, workers), total=len(todo)), strict=True
    ):
        pictures = np.stack([picture for lesson in drawn for picture in lesson.pictures])
        with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16):
            seen = model.look(torch.from_numpy(pixels(pictures)).to(device))
        start = k * BLOCK * 2
        features[start : start + len(pictures)] = seen.float().cpu().numpy().astype(np.float16)
        lines = [_line(lesson, start + 2 * j) for j, lesson in enumerate(drawn)]
        features.flush()
        (folder / f"lesson_{k:05}.jsonl").write_text("".join(lines), encoding="utf-8")


def read_cache(folder: Path) -> Seen:
    """Open what was written so far. Raises: FileNotFoundError: nothing was."""
    meta = json.loads((folder / "cache.json").read_text(encoding="utf-8"))
    path = folder / "seen.f16"
    v, e = meta["shape"]
    features = np.memmap(path, np.float16, "r", shape=(path.stat().st_size // (2 * v * e), v, e))
    pairs: list[Pair] = []
    starts: list[int] = []
    for file in sorted(folder.glob("lesson_*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            starts.append(len(pairs))
            pairs += [
                Pair(tuple(p["better"]), tuple(p["worse"]), p["kind"]) for p in json.loads(line)
            ]
    return Seen(features, pairs, starts)


def _drawn(subject: str, seed: int, blocks: list[int], workers: int) -> Iterator[list[Lesson]]:
    jobs = [(subject, seed, k) for k in blocks]
    if not workers:
        yield from map(_draw, jobs)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(_draw, jobs)


def _draw(job: tuple[str, int, int]) -> list[Lesson]:
    subject, seed, block = job
    lesson = SUBJECTS[subject].lesson
    return [
        lesson(np.random.default_rng((seed, k)), "train")
        for k in range(block * BLOCK, (block + 1) * BLOCK)
    ]


def _line(lesson: Lesson, first: int) -> str:
    pairs = [
        {
            "better": (first + pair.better[0], pair.better[1]),
            "worse": (first + pair.worse[0], pair.worse[1]),
            "kind": pair.kind,
        }
        for pair in lesson.pairs
    ]
    return json.dumps(pairs) + "\n"


def _width(model: RewardModel) -> int:
    layers = model.config.vision_feature_layer
    count = 1 if isinstance(layers, int) else len(layers)
    return int(model.config.vision_config.hidden_size) * count
