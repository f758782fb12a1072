"""The colour words of the world, and how far apart two colours look.

Colours are sRGB bytes ``(r, g, b)`` in 0..255. Distances are Euclidean in OKLab,
where 0 is equal and about 1 is black against white.

Source: Bjoern Ottosson, "A perceptual color space for image processing" (OKLab).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

Rgb = tuple[int, int, int]

COLOURS: dict[str, Rgb] = {
    "red": (220, 38, 38),
    "orange": (249, 140, 22),
    "yellow": (250, 215, 40),
    "green": (42, 157, 70),
    "blue": (37, 99, 220),
    "purple": (130, 60, 180),
    "pink": (244, 120, 180),
    "brown": (125, 78, 45),
    "black": (28, 28, 32),
    "white": (252, 252, 250),
    "gray": (130, 134, 140),
}
"""Colour word to its exact body colour; every thing is filled with one of these."""

BACKGROUNDS: dict[str, Rgb] = {
    "cream": (253, 244, 220),
    "pale blue": (205, 228, 248),
    "mint": (208, 240, 222),
    "lavender": (226, 216, 246),
    "peach": (253, 220, 196),
    "light gray": (226, 228, 232),
    "navy": (30, 42, 84),
    "teal": (60, 130, 140),
}
"""Background word to its colour; soft tones, and two deep ones that carry white things."""

MIN_CONTRAST = 0.2
"""Least OKLab distance between a thing and every colour of its background."""


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Convert sRGB bytes to OKLab.

    Args:
        rgb: array (..., 3) in [0, 255].
    Returns: float64 array (..., 3): lightness [0, 1], then two signed colour axes.
    """
    c = np.asarray(rgb, dtype=np.float64) / 255.0
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    lms = np.cbrt(linear @ _RGB_TO_LMS.T)
    return lms @ _LMS_TO_LAB.T


@lru_cache(maxsize=4096)
def distance(a: Rgb, b: Rgb) -> float:
    """Measure how different two sRGB colours look (OKLab, 0 is equal)."""
    return float(np.linalg.norm(oklab(np.array(a)) - oklab(np.array(b))))


def contrasts(thing: Rgb, background: tuple[Rgb, ...]) -> bool:
    """Tell whether a thing stands out from every colour of its background."""
    return all(distance(thing, other) >= MIN_CONTRAST for other in background)


def nearest(rgb: Rgb) -> str:
    """Name the colour word nearest to an sRGB colour."""
    return min(COLOURS, key=lambda name: distance(COLOURS[name], rgb))


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """Blend two sRGB colours in byte space; ``share`` in [0, 1] is the part of ``b``."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def hex_code(rgb: Rgb) -> str:
    """Write an sRGB colour as ``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


_RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
