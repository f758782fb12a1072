"""Ways in which a drawn picture goes wrong, each with a strength in (0, 1].

Pictures are uint8 (s, s, 3), sRGB; every function leaves its input alone.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter, map_coordinates

Picture = np.ndarray
Damage = Callable[[Picture, float, np.random.Generator], Picture]


def blur(picture: Picture, strength: float, rng: np.random.Generator) -> Picture:
    """Soften everything: a Gaussian of up to 2.5 % of the side."""
    sigma = len(picture) * (0.006 + 0.02 * strength)
    return _bytes(gaussian_filter(picture.astype(np.float32), (sigma, sigma, 0)))


def code_loss(picture: Picture, strength: float, rng: np.random.Generator) -> Picture:
    """Lose fine detail as a weak autoencoder does: shrink, add grain, enlarge."""
    side = len(picture)
    small = max(8, round(side * (0.30 - 0.18 * strength)))
    image = Image.fromarray(picture).resize((small, small), Image.Resampling.BOX)
    grain = rng.normal(0, 4 + 10 * strength, (small, small, 3))
    noisy = _bytes(np.asarray(image, np.float32) + grain)
    return np.asarray(Image.fromarray(noisy).resize((side, side), Image.Resampling.BICUBIC))


def noise(picture: Picture, strength: float, rng: np.random.Generator) -> Picture:
    """Add grain of 10 to 50 grey levels."""
    return _bytes(picture + rng.normal(0, 10 + 40 * strength, picture.shape))


def melt(picture: Picture, strength: float, rng: np.random.Generator) -> Picture:
    """Bend outlines by a smooth random field, as if shapes were wax."""
    side = len(picture)
    reach = side * (0.012 + 0.04 * strength)
    return _warped(picture, _field(side, side * 0.03, rng) * reach)


def warp(picture: Picture, strength: float, rng: np.random.Generator) -> Picture:
    """Lean and stretch the picture in slow waves."""
    side = len(picture)
    reach = side * (0.03 + 0.06 * strength)
    return _warped(picture, _field(side, side * 0.10, rng) * reach)


def bleed(picture: Picture, strength: float, rng: np.random.Generator) -> Picture:
    """Let colours run over the outlines, while light and dark stay where they are."""
    space = np.asarray(Image.fromarray(picture).convert("YCbCr"), np.float32).copy()
    sigma = len(picture) * (0.02 + 0.06 * strength)
    shift = rng.integers(-1, 2, size=2) * round(len(picture) * 0.02 * (1 + strength))
    chroma = np.roll(space[..., 1:], tuple(int(v) for v in shift), axis=(0, 1))
    space[..., 1:] = gaussian_filter(chroma, (sigma, sigma, 0))
    return np.asarray(Image.fromarray(_bytes(space), "YCbCr").convert("RGB"))


def compress(picture: Picture, strength: float, rng: np.random.Generator) -> Picture:
    """Save as a JPEG of quality 18 down to 3."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=round(18 - 15 * strength))
    with Image.open(buffer) as image:
        return np.asarray(image.convert("RGB"))


def ghost(picture: Picture, strength: float, rng: np.random.Generator) -> Picture:
    """Lay a shifted copy over the picture."""
    reach = len(picture) * (0.03 + 0.05 * strength)
    angle = rng.uniform(0, 2 * np.pi)
    shift = (round(reach * np.sin(angle)), round(reach * np.cos(angle)))
    share = 0.3 + 0.2 * strength
    moved = np.roll(picture, shift, axis=(0, 1)).astype(np.float32)
    return _bytes((1 - share) * picture + share * moved)


DAMAGES: dict[str, Damage] = {
    "blur": blur,
    "code_loss": code_loss,
    "noise": noise,
    "melt": melt,
    "warp": warp,
    "bleed": bleed,
    "compress": compress,
    "ghost": ghost,
}
"""Every damage of a whole picture."""


def inside(
    picture: Picture,
    box: tuple[float, float, float, float],
    damage: Damage,
    strength: float,
    rng: np.random.Generator,
) -> Picture:
    """Damage what lies within a box (xyxy fractions), and a little round it."""
    side = len(picture)
    x0, y0 = (max(0, int(v * side) - 3) for v in box[:2])
    x1, y1 = (min(side, int(np.ceil(v * side)) + 3) for v in box[2:])
    changed = picture.copy()
    changed[y0:y1, x0:x1] = damage(picture, strength, rng)[y0:y1, x0:x1]
    return changed


def _field(side: int, smooth: float, rng: np.random.Generator) -> np.ndarray:
    """A smooth random field (2, side, side) whose largest value is 1."""
    field = gaussian_filter(rng.normal(size=(2, side, side)), (0, smooth, smooth), mode="wrap")
    return field / np.abs(field).max()


def _warped(picture: Picture, field: np.ndarray) -> Picture:
    rows, columns = np.meshgrid(*(np.arange(len(picture)),) * 2, indexing="ij")
    places = [rows + field[0], columns + field[1]]
    channels = [
        map_coordinates(picture[..., k].astype(np.float32), places, order=1, mode="nearest")
        for k in range(3)
    ]
    return _bytes(np.stack(channels, axis=-1))


def _bytes(values: np.ndarray) -> Picture:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
