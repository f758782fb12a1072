"""Several frames or several pictures: steps, comics, sets, seasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LEAST, MOST = 2, 6
"""Frames of one sheet, and pictures of one set."""


@dataclass(frozen=True)
class Sequence:
    """Several frames of one sheet, or several pictures, each in the person's own words."""

    kind: Literal["panels", "set"]
    opening: str
    """What was said before the first of them."""
    parts: tuple[str, ...]
    """Their words, masked as the request is."""
