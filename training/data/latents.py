"""A cache of what the frozen encoder makes of rendered scenes.

Layout of a folder: ``latents.f16`` holds raw float16 latents (count, C, h, w) in the order
of the shards, ``stats.json`` their shape and the mean and deviation of each channel.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from maquette.model_servers.generation.layout_flow.autoencoder import LayoutAutoencoder
from maquette.training.data.shards import Shard

_BATCH = 64


@dataclass(frozen=True)
class LatentCache:
    """Latents of scenes, memory-mapped, with the numbers that normalise them."""

    raw: np.ndarray
    """float16 (count, C, h, w), as the encoder gave them."""
    mean: tuple[float, ...]
    """C means over scenes and cells."""
    std: tuple[float, ...]
    """C standard deviations."""

    def normalised(self, indices: np.ndarray) -> Tensor:
        """Read rows as float32 with zero mean and unit deviation a channel: (n, C, h, w)."""
        rows = torch.from_numpy(self.raw[np.sort(indices)].astype(np.float32))
        mean, std = (torch.tensor(x).view(1, -1, 1, 1) for x in (self.mean, self.std))
        return ((rows - mean) / std)[torch.from_numpy(np.argsort(np.argsort(indices)))]


@torch.no_grad()
def write_latents(
    folder: Path, shards: list[Shard], model: LayoutAutoencoder, device: torch.device
) -> None:
    """Encode every picture of the shards; a finished cache is left alone.

    Args:
        folder: where the cache lies.
        shards: pictures, in order.
        model: an autoencoder whose latents are not normalised yet.
        device: where to encode; convolutions run in bfloat16.
    """
    if (folder / "stats.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    model = model.eval().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    count = sum(len(shard.scenes) for shard in shards)
    channels, side = model.config.latent_channels, shards[0].pixels.shape[1] // 16
    shape = (count, channels, side, side)
    out = np.memmap(folder / "latents.f16", dtype=np.float16, mode="w+", shape=shape)
    total, squares, at = np.zeros(channels), np.zeros(channels), 0
    for shard in shards:
        for start in tqdm(range(0, len(shard.scenes), _BATCH), desc="latents", mininterval=5):
            block = torch.from_numpy(np.array(shard.pixels[start : start + _BATCH]))
            pixels = block.permute(0, 3, 1, 2).to(device).float() / 255
            with torch.autocast(device.type, torch.bfloat16):
                latents = model.encode(pixels)
            values = latents.float().cpu().numpy()
            out[at : at + len(values)] = values
            at += len(values)
            total += values.sum((0, 2, 3), dtype=np.float64)
            squares += np.square(values, dtype=np.float64).sum((0, 2, 3))
    out.flush()
    cells = count * side * side
    mean = total / cells
    std = np.sqrt(np.maximum(squares / cells - mean**2, 1e-8))
    stats = {"shape": shape, "mean": mean.tolist(), "std": std.tolist()}
    (folder / "stats.json").write_text(json.dumps(stats), encoding="utf-8")


def read_latents(folder: Path) -> LatentCache:
    """Open a finished cache.

    Raises: FileNotFoundError: if it was never finished.
    """
    stats = json.loads((folder / "stats.json").read_text(encoding="utf-8"))
    raw = np.memmap(folder / "latents.f16", dtype=np.float16, mode="r", shape=tuple(stats["shape"]))
    return LatentCache(raw, tuple(stats["mean"]), tuple(stats["std"]))
