"""What a finder answers: which things of the packs a phrase may mean, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["found", "unclear", "none"]
By = Literal["name", "alias", "keyword", "meaning"]

SURE = 0.99
"""Things found below this probability are placed, but what shows them is unjudged."""


@dataclass(frozen=True)
class Match:
    """One thing that a phrase may mean."""

    thing: str
    """Its id, such as ``noto:1f408``."""
    name: str
    """What it is called, in the language of the phrase where known."""
    probability: float
    """That it is what the phrase means, 0 to 1, calibrated."""
    by: By


@dataclass(frozen=True)
class Found:
    """What a phrase may mean."""

    phrase: str
    state: State
    """``unclear``: two are close, so whoever asked must say which."""
    matches: tuple[Match, ...] = ()
    """The likeliest first; of ``none`` empty."""
    nearest: tuple[str, ...] = ()
    """Of ``none`` and ``unclear``: up to three names of things that are there, to offer."""

    @property
    def best(self) -> Match | None:
        """The likeliest thing; None: there is none."""
        return self.matches[0] if self.matches else None
