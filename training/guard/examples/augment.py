"""What happens to pictures on their way: softness, compression, scaling, faint noise.

Done to the world's pictures and to outsiders alike, so that none of it tells them apart; and
so that the guard takes a generator's soft pictures for what they are.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageFilter


def augment(picture: np.ndarray, rng: np.random.Generator) -> Image.Image:
    """Treat a picture as generators, browsers and people do.

    Args:
        picture: uint8 (s, s, 3).
    Returns: the picture, after each of blur, scaling down and up, noise, a change of light,
        JPEG and a cut of a few pixels with its own small chance.
    """
    image = Image.fromarray(picture)
    if rng.random() < 0.35:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.6))))
    if rng.random() < 0.2:
        side = int(image.width * rng.uniform(0.45, 0.95))
        filters = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)
        small = image.resize((side, side), filters[rng.integers(3)])
        image = small.resize(image.size, filters[rng.integers(3)])
    if rng.random() < 0.3:
        values: np.ndarray = np.asarray(image, np.float32)
        values = values * rng.uniform(0.94, 1.04) + rng.normal(0, 2, 3)
        values = values + rng.normal(0, rng.uniform(0.3, 4.5), values.shape)
        image = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    if rng.random() < 0.25:
        buffer = io.BytesIO()
        image.save(buffer, format="JPEG", quality=int(rng.integers(40, 96)))
        image = Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")
    if rng.random() < 0.2:
        edge = int(rng.integers(1, 9))
        image = image.crop((edge, edge, image.width - edge, image.height - edge))
    return image
