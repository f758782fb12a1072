"""What the flow is trained on: pictures as latents, each with one thing more to learn from.

Item ``i`` is a scene and its latents. By ``i % 4`` it also has an edit of the scene (0, 1), the
scene with a hole (2), or nothing more (3). Every item shows one of its things in a picture of
its own (a concept), and items with printed words hold the raster of their ink.

Layout of a folder: ``first.f16`` and ``second.f16`` (count, C, h, w), the second of edited or
holed scenes; ``concepts.u8`` (count, 64, 64, 3); ``ink.bits`` (count, size * size / 8);
``chunks/N.jsonl`` the truth of each finished chunk; ``items.json`` the numbers of all. A killed
run goes on after its last finished chunk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from maquette.model_servers.generation.layout_flow.autoencoder import LayoutAutoencoder
from maquette.model_servers.generation.layout_flow.ports import CONCEPT_PX
from maquette.training.data.edits import sample_edit
from maquette.training.world.colours import COLOURS, contrasts
from maquette.training.world.drawing.render import render, word_masks
from maquette.training.world.sample import sample_background, sample_scene
from maquette.training.world.scene import Box, Placed, Scene, scene_from_json
from maquette.training.world.things import THINGS

CHUNK = 64
SIZE_PX = 256
GRAY = 128


@dataclass(frozen=True)
class Item:
    """The truth about one item."""

    scene: Scene
    concept: int
    """Which thing is shown by itself."""
    instruction: str = ""
    after: Scene | None = None
    """The edited scene."""
    hole: Box | None = None

    @property
    def scenes(self) -> tuple[Scene, ...]:
        """The scene, and the edited one if there is one."""
        return (self.scene,) if self.after is None else (self.scene, self.after)

    @staticmethod
    def from_json(record: dict[str, Any]) -> Item:
        """Rebuild from ``dataclasses.asdict`` output."""
        after, hole = record["after"], record["hole"]
        return Item(
            scene_from_json(record["scene"]),
            record["concept"],
            record["instruction"],
            None if after is None else scene_from_json(after),
            None if hole is None else tuple(hole),
        )


@dataclass(frozen=True)
class ItemCache:
    """Finished items, memory-mapped."""

    items: list[Item]
    first: np.ndarray
    second: np.ndarray
    """float16 (count, C, h, w), as the encoder gave them."""
    concepts: np.ndarray
    """uint8 (count, CONCEPT_PX, CONCEPT_PX, 3)."""
    ink: np.ndarray
    """uint8 (count, SIZE_PX * SIZE_PX / 8), packed bits."""
    mean: tuple[float, ...]
    std: tuple[float, ...]
    """C numbers each, that normalise latents."""

    def latent(self, index: int, second: bool = False) -> torch.Tensor:
        """One latent, normalised: float32 (C, h, w)."""
        raw = (self.second if second else self.first)[index].astype(np.float32)
        mean, std = (torch.tensor(x).view(-1, 1, 1) for x in (self.mean, self.std))
        return (torch.from_numpy(raw) - mean) / std

    def raster(self, index: int) -> np.ndarray:
        """The ink of an item's printed words: float32 (SIZE_PX, SIZE_PX), 0 or 1."""
        bits = np.unpackbits(self.ink[index]).reshape(SIZE_PX, SIZE_PX)
        return bits.astype(np.float32)


def concept_picture(placed: Placed, rng: np.random.Generator) -> np.ndarray:
    """Show a thing by itself, at another size and on another plain background."""
    while True:
        ground = sample_background(rng, "plain")
        if contrasts(COLOURS[placed.colour], ground.colours):
            break
    aspect = THINGS[placed.thing].aspect
    side = rng.uniform(0.55, 0.8) / max(aspect**0.5, aspect**-0.5)
    w, h = side * aspect**0.5, side / aspect**0.5
    x, y = rng.uniform(0.04, 0.96 - w), rng.uniform(0.04, 0.96 - h)
    box = (float(x), float(y), float(x + w), float(y + h))
    shown = Placed(placed.thing, placed.colour, box, placed.pattern)
    return render(Scene((shown,), ground), CONCEPT_PX)


def hole_for(scene: Scene, rng: np.random.Generator) -> Box:
    """Draw a hole: in three of five around a thing, else anywhere."""
    if scene.things and rng.random() < 0.6:
        x0, y0, x1, y1 = scene.things[rng.integers(len(scene.things))].box
        grow = rng.uniform(0.01, 0.08)
        box = (max(0.0, x0 - grow), max(0.0, y0 - grow), min(1.0, x1 + grow), min(1.0, y1 + grow))
    else:
        w, h = rng.uniform(0.2, 0.6, 2)
        x, y = rng.uniform(0, 1 - w), rng.uniform(0, 1 - h)
        box = (x, y, x + w, y + h)
    return tuple(float(v) for v in box)  # type: ignore[return-value]


def hole_mask(hole: Box, size_px: int = SIZE_PX) -> np.ndarray:
    """Which pixels a hole holds: bool (size_px, size_px)."""
    x0, y0, x1, y1 = (round(v * size_px) for v in hole)
    mask = np.zeros((size_px, size_px), dtype=bool)
    mask[y0:y1, x0:x1] = True
    return mask


def make_item(index: int, rng: np.random.Generator) -> Item:
    """Draw the truth of item ``index``."""
    while True:
        scene = sample_scene(rng)
        if scene.things:
            break
    concept = int(rng.integers(len(scene.things)))
    if index % 4 == 2:
        return Item(scene, concept, hole=hole_for(scene, rng))
    edit = sample_edit(scene, rng) if index % 4 < 2 else None
    if edit is None:
        return Item(scene, concept)
    concept = min(concept, len(edit.before.things) - 1)
    return Item(edit.before, concept, edit.instruction, edit.after)


def write_items(
    folder: Path,
    count: int,
    seed: int,
    model: LayoutAutoencoder,
    device: torch.device,
    workers: int = 2,
    known: tuple[tuple[float, ...], tuple[float, ...]] | None = None,
) -> None:
    """Make items; finished chunks and a finished cache are left alone.

    Chunk ``k`` draws from ``default_rng((seed, k))``, so neither the number of workers nor a
    kill changes anything.

    Args:
        folder: where the cache lies.
        count, seed: how many items, of which chance.
        model: an autoencoder whose latents are not normalised.
        device: where to encode.
        workers: processes that render.
        known: mean and deviation of the first channels, where an earlier model fixed them.
    """
    if (folder / "items.json").exists():
        return
    chunks = folder / "chunks"
    chunks.mkdir(parents=True, exist_ok=True)
    arrays = _arrays(folder, count, model.config.latent_channels, "r+")
    model = model.eval().to(device, memory_format=torch.channels_last)
    starts = list(enumerate(range(0, count, CHUNK)))
    jobs = [
        (seed, k, at, min(CHUNK, count - at))
        for k, at in starts
        if not (chunks / f"{k}.jsonl").exists()
    ]
    with ProcessPoolExecutor(workers) as pool:
        made = pool.map(_make_chunk, jobs)
        for job, (items, first, second, concepts, ink) in zip(
            jobs, tqdm(made, total=len(jobs), desc="items", mininterval=5), strict=True
        ):
            _, k, at, n = job
            arrays["first"][at : at + n] = encode_pictures(model, first, device)
            arrays["second"][at : at + n] = encode_pictures(model, second, device)
            arrays["concepts"][at : at + n] = concepts
            arrays["ink"][at : at + n] = ink
            for array in arrays.values():
                array.flush()
            lines = "".join(json.dumps(asdict(item)) + "\n" for item in items)
            fresh = chunks / f"{k}.new"
            fresh.write_text(lines, encoding="utf-8")
            fresh.rename(chunks / f"{k}.jsonl")
    mean, std = _statistics(arrays["first"][:4096])
    if known is not None:
        mean, std = (list(k) + own[len(k) :] for k, own in zip(known, (mean, std), strict=True))
    channels = model.config.latent_channels
    meta = {"count": count, "seed": seed, "channels": channels, "mean": mean, "std": std}
    (folder / "items.json").write_text(json.dumps(meta), encoding="utf-8")


def read_items(folder: Path) -> ItemCache:
    """Open a finished cache. Raises: FileNotFoundError: it was never finished."""
    meta = json.loads((folder / "items.json").read_text(encoding="utf-8"))
    arrays = _arrays(folder, meta["count"], meta["channels"], "r")
    items = []
    for k in range(-(-meta["count"] // CHUNK)):
        text = (folder / "chunks" / f"{k}.jsonl").read_text(encoding="utf-8")
        items += [Item.from_json(json.loads(line)) for line in text.splitlines()]
    return ItemCache(
        items,
        arrays["first"],
        arrays["second"],
        arrays["concepts"],
        arrays["ink"],
        tuple(meta["mean"]),
        tuple(meta["std"]),
    )


@torch.no_grad()
def encode_pictures(
    model: LayoutAutoencoder, pictures: np.ndarray, device: torch.device
) -> np.ndarray:
    """Encode uint8 pictures (n, H, W, 3) as float16 latents (n, C, h, w)."""
    pixels = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).to(device).float() / 255
    with torch.autocast(device.type, torch.bfloat16):
        latents = model.encode(pixels.contiguous(memory_format=torch.channels_last))
    return latents.float().cpu().numpy().astype(np.float16)


def _statistics(raw: np.ndarray) -> tuple[list[float], list[float]]:
    """Mean and deviation of each channel."""
    values = raw.astype(np.float64)
    return values.mean((0, 2, 3)).tolist(), np.maximum(values.std((0, 2, 3)), 1e-4).tolist()


def _arrays(folder: Path, count: int, channels: int, mode: str) -> dict[str, np.memmap]:
    side = SIZE_PX // 16
    shapes: dict[str, tuple[type, tuple[int, ...]]] = {
        "first": (np.float16, (count, channels, side, side)),
        "second": (np.float16, (count, channels, side, side)),
        "concepts": (np.uint8, (count, CONCEPT_PX, CONCEPT_PX, 3)),
        "ink": (np.uint8, (count, SIZE_PX * SIZE_PX // 8)),
    }
    names = {"first": "first.f16", "second": "second.f16", "concepts": "concepts.u8"}
    found = {}
    for key, (dtype, shape) in shapes.items():
        path = folder / names.get(key, "ink.bits")
        how: Any = "w+" if mode == "r+" and not path.exists() else mode
        found[key] = np.memmap(path, dtype=dtype, mode=how, shape=shape)
    return found


def _make_chunk(
    job: tuple[int, int, int, int],
) -> tuple[list[Item], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    seed, chunk, at, count = job
    rng = np.random.default_rng((seed, chunk))
    made = [_make_one(at + i, rng) for i in range(count)]
    items, *blocks = (list(column) for column in zip(*made, strict=True))
    return (items, *(np.stack(block) for block in blocks))  # type: ignore[return-value]


def _make_one(index: int, rng: np.random.Generator) -> Iterator[Any]:
    item = make_item(index, rng)
    picture = render(item.scene, SIZE_PX)
    second = picture
    if item.after is not None:
        second = render(item.after, SIZE_PX)
    elif item.hole is not None:
        second = np.where(hole_mask(item.hole)[..., None], np.uint8(GRAY), picture)
    ink: np.ndarray = np.zeros((SIZE_PX, SIZE_PX), dtype=bool)
    if item.scene.words:
        ink |= word_masks(item.scene, SIZE_PX).any(0)
    yield item
    yield picture
    yield second
    yield concept_picture(item.scene.things[item.concept], rng)
    yield np.packbits(ink)
