"""A cache of whose each pixel is, beside a shard: what every mask of training is made from."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from maquette.training.data.shards import Shard, shared_shard
from maquette.training.world.drawing.render import masks
from maquette.training.world.scene import Scene

_CHUNK = 64


def owners_of(scene: Scene, size_px: int) -> np.ndarray:
    """Label pixels: uint8 (size_px, size_px), 0 background, then things counted from 1."""
    owners = np.zeros((size_px, size_px), dtype=np.uint8)
    for number, mask in enumerate(masks(scene, size_px), 1):
        owners[mask] = number
    return owners


def write_owners(folder: Path, scenes: list[Scene], size_px: int, workers: int = 2) -> None:
    """Draw the owners of every scene into ``folder``; a finished one is left alone."""
    if (folder / "owners.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    shape = (len(scenes), size_px, size_px)
    found = np.memmap(folder / "owners.u8", dtype=np.uint8, mode="w+", shape=shape)
    chunks = [scenes[at : at + _CHUNK] for at in range(0, len(scenes), _CHUNK)]
    with ProcessPoolExecutor(workers) as pool:
        drawn = pool.map(_draw, chunks, [size_px] * len(chunks))
        for number, block in enumerate(tqdm(drawn, total=len(chunks), desc="owners")):
            found[number * _CHUNK : number * _CHUNK + len(block)] = block
    found.flush()
    meta = {"count": len(scenes), "size_px": size_px}
    (folder / "owners.json").write_text(json.dumps(meta), encoding="utf-8")


def scenes_with_owners(
    work: Path, shards: Path | None, scenes: int, seed: int, size_px: int
) -> tuple[Shard, np.ndarray]:
    """Open the rendered scenes of a training and their owners, drawing what is not there yet.

    Args: as for ``shared_shard``; owners lie beside their scenes.
    """
    shard = shared_shard(work / "shard", shards, scenes, seed, size_px)
    folder = shards / f"owners-{seed}-{scenes}-{size_px}" if shards else work / "owners"
    write_owners(folder, shard.scenes, size_px)
    return shard, read_owners(folder)


def read_owners(folder: Path) -> np.ndarray:
    """Open a finished cache: uint8 (count, size, size), memory-mapped.

    Raises: FileNotFoundError: if it was never finished.
    """
    meta = json.loads((folder / "owners.json").read_text(encoding="utf-8"))
    shape = (meta["count"], meta["size_px"], meta["size_px"])
    return np.memmap(folder / "owners.u8", dtype=np.uint8, mode="r", shape=shape)


def _draw(scenes: list[Scene], size_px: int) -> np.ndarray:
    return np.stack([owners_of(scene, size_px) for scene in scenes])
