"""Three words for how much room a thing takes."""

from __future__ import annotations

SIZES = ("small", "medium", "large")
SMALL, LARGE = 0.245, 0.38
"""Square root of box area, as a fraction, up to which a thing is small, or from which large."""
RANGES: dict[str, tuple[float, float]] = {
    "small": (0.15, 0.225),
    "medium": (0.265, 0.35),
    "large": (0.41, 0.64),
}
"""Sizes that are drawn; the gaps between them keep the words plain."""


def size_of(box: tuple[float, float, float, float]) -> str:
    """Name the size of a box given as xyxy fractions."""
    x0, y0, x1, y1 = box
    side = ((x1 - x0) * (y1 - y0)) ** 0.5
    return "small" if side <= SMALL else "large" if side >= LARGE else "medium"
