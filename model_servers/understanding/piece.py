"""A piece of text found in a picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """What is read in one place: ``score`` in [0, 1], ``box`` in pixels ``(x0, y0, x1, y1)``."""

    text: str
    score: float
    box: tuple[float, float, float, float]
