"""A cache of rendered scenes: pixels in one flat file, scenes as JSON lines beside it.

Layout of a folder: ``pixels.u8`` holds ``count * size * size * 3`` bytes, ``scenes.jsonl``
one scene a line in the same order, ``shard.json`` the size, the count and the seed.
"""

from __future__ import annotations

import fcntl
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene, scene_from_json
from maquette.training.world.split import ALL_PAIRS, TRAINED

__all__ = ["Shard", "as_pixels", "read_shard", "scene_from_json", "shared_shard", "write_shard"]

_CHUNK = 64


@dataclass(frozen=True)
class Shard:
    """Rendered scenes, memory-mapped."""

    pixels: np.ndarray
    """uint8 (count, size, size, 3), sRGB, read only."""
    scenes: list[Scene]
    """The truth about each picture."""


def write_shard(
    folder: Path,
    count: int,
    seed: int,
    size_px: int = 256,
    workers: int = 2,
    everything: bool = False,
) -> None:
    """Render ``count`` training scenes into ``folder``; a finished one is left alone.

    Chunk ``k`` draws from ``default_rng((seed, k))``, so the result does not depend on
    the number of workers. With ``everything`` held-out pairs and counts are among them: for
    judges only, never for what is judged. Of two processes that write one folder, the second
    waits for the first.
    """
    if (folder / "shard.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "shard.json").exists():
            _write(folder, count, seed, size_px, workers, everything)


def shared_shard(
    own: Path, shared: Path | None, count: int, seed: int, size_px: int = 256
) -> Shard:
    """Open training scenes, rendered unless they are there already.

    Args:
        own: folder of a recipe that shares with none.
        shared: folder of several recipes' shards, or None; those that ask for the same scenes
            at the same size find them rendered. To be emptied when the world changes.
    """
    folder = own if shared is None else shared / f"scenes-{seed}-{count}-{size_px}"
    write_shard(folder, count, seed, size_px)
    return read_shard(folder)


def read_shard(folder: Path) -> Shard:
    """Open a finished shard.

    Raises: FileNotFoundError: if the shard was never finished.
    """
    meta = json.loads((folder / "shard.json").read_text(encoding="utf-8"))
    size = meta["size_px"]
    pixels = np.memmap(
        folder / "pixels.u8", dtype=np.uint8, mode="r", shape=(meta["count"], size, size, 3)
    )
    with (folder / "scenes.jsonl").open(encoding="utf-8") as lines:
        scenes = [scene_from_json(json.loads(line)) for line in lines]
    return Shard(pixels, scenes)


def _write(
    folder: Path, count: int, seed: int, size_px: int, workers: int, everything: bool
) -> None:
    pixels = np.memmap(
        folder / "pixels.u8", dtype=np.uint8, mode="w+", shape=(count, size_px, size_px, 3)
    )
    starts = range(0, count, _CHUNK)
    jobs = [(seed, k, min(_CHUNK, count - at), size_px, everything) for k, at in enumerate(starts)]
    with (
        ProcessPoolExecutor(workers) as pool,
        (folder / "scenes.jsonl").open("w", encoding="utf-8") as lines,
    ):
        rendered = pool.map(_render_chunk, jobs)
        for at, (scenes, block) in zip(starts, tqdm(rendered, total=len(jobs)), strict=True):
            pixels[at : at + len(block)] = block
            lines.writelines(json.dumps(asdict(s)) + "\n" for s in scenes)
    pixels.flush()
    meta = {"count": count, "size_px": size_px, "seed": seed}
    (folder / "shard.json").write_text(json.dumps(meta), encoding="utf-8")


def _render_chunk(job: tuple[int, int, int, int, bool]) -> tuple[list[Scene], np.ndarray]:
    seed, chunk, count, size_px, everything = job
    rng = np.random.default_rng((seed, chunk))
    pairs = ALL_PAIRS if everything else TRAINED
    scenes = [sample_scene(rng, pairs, unseen_counts=everything) for _ in range(count)]
    return scenes, np.stack([render(s, size_px) for s in scenes])


def as_pixels(pictures: np.ndarray) -> torch.Tensor:
    """Pictures as the towers take them: uint8 (B, S, S, 3) to float (B, 3, S, S), -1 to 1."""
    return torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
