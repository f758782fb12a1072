"""The colours of a thing, measured in its pixels and put together in families.

``N`` is the number of pixels. Colours are OKLab: lightness 0 to 1, then two axes of colour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maquette.agents.judging.composed.comparing import Mask
from maquette.agents.judging.composed.sources import Pixels
from maquette.tools.art.painting.oklch import to_oklab, to_oklch

Lab = NDArray[np.float64]

COLOURED = 0.04
"""Chroma below which a pixel is black, gray or white."""
FAMILY = np.deg2rad(32.0)
"""Hues this near to the commonest one belong to one family."""
ENOUGH = 0.5
"""A family of hues is the main part where it counts this much of what the commonest gray does."""
FULL = 0.1
"""Chroma from which a hue counts in full; a tint counts less."""


@dataclass(frozen=True)
class Hue:
    """A family of colours of a thing."""

    lab: tuple[float, float, float]
    """Its middle, in OKLab."""
    share: float
    """Of the thing's pixels, 0 to 1."""

    @property
    def chroma(self) -> float:
        """0 is gray."""
        return float(np.hypot(self.lab[1], self.lab[2]))

    @property
    def weight(self) -> float:
        """How much it counts beside grays."""
        return self.share * min(1.0, self.chroma / FULL)


def families(picture: Pixels, mask: Mask) -> tuple[Hue, ...]:
    """The families of colours inside a mask, the main one first; empty: there is nothing.

    Hues of one family differ by shading; grays are split into dark, middle and light. Where hues
    cover enough, a family of hues is the main one: outlines, eyes and whites belong to no colour.

    Args:
        picture: (H, W, 3) sRGB.
        mask: (H, W).
    """
    colours = to_oklab(to_oklch(picture[_inner(mask)].astype(np.float64)))
    if not len(colours):
        return ()
    chroma = np.hypot(colours[:, 1], colours[:, 2])
    hued = chroma >= COLOURED
    grays = [
        _middle(colours, ~hued & part)
        for part in (
            colours[:, 0] < 0.42,
            (colours[:, 0] >= 0.42) & (colours[:, 0] < 0.86),
            colours[:, 0] >= 0.86,
        )
    ]
    hues, left = list[Hue](), hued
    while left.mean() >= 0.02 and len(hues) < 4:
        own = left & _around(_peak(colours[left]), colours)
        if not own.any():
            break
        hues.append(_middle(colours, own))
        left = left & ~own
    hues.sort(key=lambda one: -one.share)
    grays = sorted((one for one in grays if one.share > 0), key=lambda one: -one.share)
    first = bool(hues) and (not grays or hues[0].weight >= ENOUGH * grays[0].share)
    found = [*hues, *grays] if first else [*grays, *hues]
    return (found[0], *sorted(found[1:], key=lambda one: -one.share))


def _inner(mask: Mask) -> Mask:
    """The mask without its soft edge, unless nothing is left then."""
    import cv2

    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    return inner if inner.sum() >= 0.3 * mask.sum() else mask


def _middle(colours: Lab, own: NDArray[np.bool_]) -> Hue:
    if not own.any():
        return Hue((0.0, 0.0, 0.0), 0.0)
    a, b, c = (float(value) for value in np.median(colours[own], axis=0))
    return Hue((a, b, c), float(own.mean()))


def _peak(colours: Lab) -> float:
    """The commonest hue, in radians: the bin of 10 degrees with most pixels round it."""
    hue = np.arctan2(colours[:, 2], colours[:, 1])
    bins = np.bincount((np.floor(np.rad2deg(hue) / 10).astype(int)) % 36, minlength=36)
    smooth = sum(np.roll(bins, shift) * weight for shift, weight in _WEIGHTS)
    return float(np.deg2rad(10 * int(np.argmax(smooth)) + 5))


_WEIGHTS = ((-2, 1), (-1, 2), (0, 3), (1, 2), (2, 1))


def _around(peak: float, colours: Lab) -> NDArray[np.bool_]:
    apart = np.arctan2(colours[:, 2], colours[:, 1]) - peak
    return np.asarray(np.abs((apart + np.pi) % (2 * np.pi) - np.pi) <= FAMILY)
