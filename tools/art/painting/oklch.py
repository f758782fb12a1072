"""Many colours at once between sRGB and OKLCh, and the most chroma that sRGB can show.

Notation: ``n`` any number of colours; OKLCh is lightness 0 to 1, chroma 0 to about 0.32, hue in
degrees. Source: Ottosson, "A perceptual color space for image processing" (2020).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_HALVINGS = 14


def to_oklch(rgb: Floats) -> Floats:
    """sRGB bytes (n, 3) as OKLCh (n, 3)."""
    c = np.asarray(rgb, dtype=np.float64) / 255
    light = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    lab = np.cbrt(light @ _TO_LMS.T) @ _TO_LAB.T
    return from_oklab(lab)


def to_oklab(lch: Floats) -> Floats:
    """OKLCh (n, 3) as OKLab (n, 3)."""
    angle = np.radians(lch[..., 2])
    return np.stack(
        [lch[..., 0], lch[..., 1] * np.cos(angle), lch[..., 1] * np.sin(angle)], axis=-1
    )


def from_oklab(lab: Floats) -> Floats:
    """OKLab (n, 3) as OKLCh (n, 3)."""
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    return np.stack([lab[..., 0], np.hypot(lab[..., 1], lab[..., 2]), hue], axis=-1)


def to_rgb(lch: Floats) -> NDArray[np.uint8]:
    """OKLCh (n, 3) as sRGB bytes; chroma beyond sRGB is lowered, lightness and hue stay."""
    lch = np.array(lch, dtype=np.float64)
    lch[..., 0] = np.clip(lch[..., 0], 0.0, 1.0)
    low, high = np.zeros_like(lch[..., 1]), lch[..., 1].copy()
    inside = _shown(_linear(lch))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        tried = lch.copy()
        tried[..., 1] = middle
        fits = _shown(_linear(tried))
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    lch[..., 1] = np.where(inside, lch[..., 1], low)
    light = np.clip(_linear(lch), 0.0, 1.0)
    c = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(c * 255).astype(np.uint8)


def turned(hue: Floats | float, around: Floats | float) -> Floats:
    """How far a hue lies from another, -180 to 180 degrees."""
    return (np.asarray(hue, dtype=np.float64) - around + 180) % 360 - 180


def _linear(lch: Floats) -> Floats:
    lms = (to_oklab(lch) @ np.linalg.inv(_TO_LAB).T) ** 3
    return lms @ np.linalg.inv(_TO_LMS).T


def _shown(light: Floats) -> NDArray[np.bool_]:
    return np.all((light >= -1e-4) & (light <= 1 + 1e-4), axis=-1)
