"""Measure the guard through the class that serves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from maquette.model_servers.guard.guard import Guard
from maquette.training.embedding.score import Row, row
from maquette.training.guard.augment import augment
from maquette.training.guard.outsiders import outsiders
from maquette.training.guard.photographs import folder_photographs, wheel_photographs
from maquette.training.world.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.split import UNSEEN

FIRST_SEED = 940_000
BAR = 0.95


def world_pictures(count: int, seed: int = FIRST_SEED) -> Iterable[tuple[str, Image.Image]]:
    """Held-out scenes in four treatments: as rendered, of unseen pairs, as generators and
    browsers leave them, and scaled up to 768 pixels."""
    for i in range(count):
        rng = np.random.default_rng((seed, i))
        kind = ("rendered", "unseen_pairs", "treated", "enlarged")[i % 4]
        scene = sample_scene(rng, pairs=UNSEEN) if kind == "unseen_pairs" else sample_scene(rng)
        picture = render(scene, 256)
        if kind == "treated":
            yield kind, augment(picture, rng)
        elif kind == "enlarged":
            yield kind, Image.fromarray(picture).resize((768, 768), Image.Resampling.LANCZOS)
        else:
            yield kind, Image.fromarray(picture)


def measure_guard(
    guard: Guard, photographs: Path | None = None, outside: int = 500, world: int = 500
) -> tuple[list[Row], dict[str, str]]:
    """The rows of the guard, and the share told right of each kind of picture.

    Returns: ``guard_photo`` (photographs and synthetic outsiders flagged), its two parts,
        ``guard_world`` (scenes not flagged), and an ablation: the same scenes with their
        pixels shuffled, which keep every colour and must not pass.
    """
    told: dict[str, Counter[bool]] = {}
    photo = list(wheel_photographs())
    if photographs is not None:
        photo += list(folder_photographs(photographs))
    flagged_photo = 0
    for name, image in photo:
        found = guard.judge(image).in_world is False
        flagged_photo += found
        told.setdefault(f"photograph: {name.split('/')[0]}", Counter())[found] += 1
    flagged_synthetic = 0
    for kind, picture in outsiders(FIRST_SEED, outside, "test"):
        found = guard.judge(Image.fromarray(picture)).in_world is False
        flagged_synthetic += found
        told.setdefault(f"outsider: {kind}", Counter())[found] += 1
    kept, shuffled = 0, 0
    rng = np.random.default_rng(FIRST_SEED)
    for kind, image in world_pictures(world):
        found = guard.judge(image).in_world is True
        kept += found
        told.setdefault(f"world: {kind}", Counter())[found] += 1
        pixels = np.asarray(image).reshape(-1, 3)
        mixed = rng.permutation(pixels).reshape(image.height, image.width, 3)
        shuffled += guard.judge(Image.fromarray(mixed)).in_world is True
    rows = [
        row("guard_photo", flagged_photo + flagged_synthetic, len(photo) + outside, BAR),
        row("guard_photo_photographs", flagged_photo, len(photo), BAR),
        row("guard_photo_outsiders", flagged_synthetic, outside, BAR),
        row("guard_world", kept, world, BAR),
        row("guard_world_shuffled_pixels", shuffled, world, None),
    ]
    return rows, {
        kind: f"{counts[True]} of {sum(counts.values())}" for kind, counts in told.items()
    }
