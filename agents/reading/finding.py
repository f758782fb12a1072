"""What is to be found in an attached picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MAX_PHRASES = 16


@dataclass(frozen=True)
class Sought:
    """What to look for, and what is wanted of it."""

    phrases: tuple[str, ...]
    wanted: Literal["cut_out", "mask", "place"]
    left: tuple[int, ...] = ()
    """Pieces of the labelled item that no phrase holds."""
