"""How a picture is coloured, in numbers that tell flat drawings from photographs.

Pure numpy. Notation: ``S`` side in pixels, pixel values [0, 1].
"""

from __future__ import annotations

import numpy as np

NAMES = (
    "flat_1",
    "flat_4",
    "flat_12",
    "step_mean",
    "step_median",
    "step_p90",
    "step_p99",
    "curvature_median",
    "colours_1",
    "colours_4",
    "colours_8",
    "colours_16",
    "colours_used",
    "saturation_mean",
    "saturation_deviation",
    "light_mean",
    "light_deviation",
    "colour_noise",
)
"""What each number is, in order."""


def picture_statistics(pixels: np.ndarray) -> np.ndarray:
    """Measure one picture.

    Args:
        pixels: float32 (S, S, 3) in [0, 1].
    Returns: float32 (len(NAMES),): shares of pixels that hardly differ from their neighbours;
        size of the steps between neighbours; share of the commonest colours (of 4096) and of
        colours used; saturation and lightness; how far colour varies where lightness does not.
    """
    right = np.abs(np.diff(pixels, axis=1))[:-1].max(axis=2)
    down = np.abs(np.diff(pixels, axis=0))[:, :-1].max(axis=2)
    step = np.maximum(right, down)
    light = pixels.mean(axis=2)
    curvature = np.abs(
        4 * light[1:-1, 1:-1] - light[:-2, 1:-1] - light[2:, 1:-1] - light[1:-1, :-2]
        - light[1:-1, 2:]
    )  # fmt: skip
    levels = np.minimum((pixels * 16).astype(np.int64), 15)
    bins = np.bincount((levels @ np.array([256, 16, 1])).ravel(), minlength=4096)
    shares = np.sort(bins)[::-1].cumsum() / bins.sum()
    high, low = pixels.max(axis=2), pixels.min(axis=2)
    saturation = (high - low) / np.maximum(high, 1e-3)
    hue = pixels - light[..., None]
    colour_step = np.abs(np.diff(hue, axis=1)).max(axis=2)
    return np.array(
        [
            (step < 1.5 / 255).mean(),
            (step < 4.5 / 255).mean(),
            (step < 12.5 / 255).mean(),
            step.mean(),
            np.median(step),
            np.quantile(step, 0.9),
            np.quantile(step, 0.99),
            np.median(curvature),
            *shares[[0, 3, 7, 15]],
            (bins > 0).mean() * 16,
            saturation.mean(),
            saturation.std(),
            light.mean(),
            light.std(),
            np.median(colour_step),
        ],
        np.float32,
    )
