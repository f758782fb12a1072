"""What drawn pictures have and renders lack: the finder and the recogniser learn to see past it.

Pictures are uint8 (H, W, 3), sRGB; every function leaves its input alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image, ImageFilter

from maquette.training.evaluation.finder import overlap
from maquette.training.reward.damage import code_loss, compress, melt
from maquette.training.world.scene import Box, Placed, Scene

BENT = 0.6
"""Most that outlines are bent: a strength of ``melt``; beyond it, a square may be a circle."""
_GAP = (-0.02, 0.012)
"""Between the boxes of things that touch, as a share of the picture; below zero they share room."""
_TRIES = 8


def damaged(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bend, blur, coarsen, tint and speckle a picture, as drafts are; some of them badly."""
    if rng.random() < 0.6:
        picture = melt(picture, float(rng.uniform(0, BENT)), rng)
    if rng.random() < 0.3:
        weak = (code_loss, compress)[rng.integers(2)]
        picture = weak(picture, float(rng.uniform(0, 1)), rng)
    image = Image.fromarray(picture)
    if rng.random() < 0.6:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.5)))
    noise = rng.normal(0, rng.uniform(0, 7), picture.shape) + rng.normal(0, 4, 3)
    return np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)


def crowded(scene: Scene, rng: np.random.Generator) -> Scene | None:
    """Move one of two things alike beside the other, so that they touch or almost do.

    Returns: the scene; None where it has no two things alike, or no room.
    """
    things = list(scene.things)
    twins = [
        (k, n)
        for k, one in enumerate(things)
        for n, other in enumerate(things)
        if k != n and one.pair == other.pair
    ]
    if not twins:
        return None
    for _ in range(_TRIES):
        moving, still = twins[rng.integers(len(twins))]
        beside = _beside(things[moving], things[still].box, rng)
        others = [placed.box for k, placed in enumerate(things) if k not in (moving, still)]
        inside = min(beside) >= 0 and max(beside) <= 1
        if inside and not any(overlap(beside, box) for box in others):
            things[moving] = replace(things[moving], box=beside)
            return replace(scene, things=tuple(things))
    return None


def _beside(thing: Placed, box: Box, rng: np.random.Generator) -> Box:
    """Where a thing stands at one of the four sides of a box."""
    wide, high = thing.box[2] - thing.box[0], thing.box[3] - thing.box[1]
    gap, along = rng.uniform(*_GAP), rng.uniform(-0.4, 0.4)
    x, y = box[0] + along * wide, box[1] + along * high
    x, y = (
        (box[2] + gap, y),
        (box[0] - gap - wide, y),
        (x, box[3] + gap),
        (x, box[1] - gap - high),
    )[rng.integers(4)]
    return (float(x), float(y), float(x + wide), float(y + high))


def turned_about(
    picture: np.ndarray, boxes: list[Box], rng: np.random.Generator
) -> tuple[np.ndarray, list[Box]]:
    """Mirror a picture and its boxes along either axis or the diagonal, and swap its colours.

    Where a thing is depends on none of it, so the finder sees 48 pictures of each.
    """
    picture = picture[..., rng.permutation(3)]
    across, down, diagonal = rng.random(3) < 0.5
    if across:
        picture = picture[:, ::-1]
        boxes = [(1 - x1, y0, 1 - x0, y1) for x0, y0, x1, y1 in boxes]
    if down:
        picture = picture[::-1]
        boxes = [(x0, 1 - y1, x1, 1 - y0) for x0, y0, x1, y1 in boxes]
    if diagonal:
        picture = picture.transpose(1, 0, 2)
        boxes = [(y0, x0, y1, x1) for x0, y0, x1, y1 in boxes]
    return np.ascontiguousarray(picture), boxes
