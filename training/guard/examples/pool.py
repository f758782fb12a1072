"""A cache of outsiders: uint8 (count, 256, 256, 3) in one flat file, made once."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from maquette.training.guard.examples.canvas import SIDE_PX
from maquette.training.guard.examples.outsiders import outsiders

_CHUNK = 52


def write_pool(folder: Path, count: int, seed: int, workers: int = 2) -> None:
    """Draw ``count`` outsiders of the training kinds; a finished pool is left alone.

    Chunk ``k`` draws from seed ``seed + k``, so workers do not change the result.
    """
    if (folder / "pool.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    shape = (count, SIDE_PX, SIDE_PX, 3)
    pixels = np.memmap(folder / "pixels.u8", dtype=np.uint8, mode="w+", shape=shape)
    jobs = [(seed + k, min(_CHUNK, count - at)) for k, at in enumerate(range(0, count, _CHUNK))]
    with ProcessPoolExecutor(workers) as pool:
        at = 0
        for block in tqdm(pool.map(_draw, jobs), total=len(jobs), desc="outsiders", mininterval=5):
            pixels[at : at + len(block)] = block
            at += len(block)
    pixels.flush()
    (folder / "pool.json").write_text(json.dumps({"count": count, "seed": seed}), "utf-8")


def read_pool(folder: Path) -> np.ndarray:
    """Open a finished pool. Raises: FileNotFoundError: it was never finished."""
    count = json.loads((folder / "pool.json").read_text("utf-8"))["count"]
    shape = (count, SIDE_PX, SIDE_PX, 3)
    return np.memmap(folder / "pixels.u8", dtype=np.uint8, mode="r", shape=shape)


def _draw(job: tuple[int, int]) -> np.ndarray:
    return np.stack([picture for _, picture in outsiders(job[0], job[1], "train")])
