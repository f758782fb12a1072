"""A fact of a plan, and how surely the plan keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from maquette.training.evaluation.requests.gold import Fact


class How(IntEnum):
    """How surely a plan keeps a fact."""

    MISSING = 0
    """Nowhere, or the opposite."""
    NOTED = 1
    """A note says that it will not be."""
    HOPED = 2
    """Told to a model that may do it, and nothing checks it."""
    DONE = 3
    """A tool does exactly this."""
    CHECKED = 4
    """A criterion, which fails or stays open where it is not so."""


@dataclass(frozen=True)
class Carried:
    """A fact of a plan, how surely, and the id of its thing where that is known."""

    fact: Fact
    how: How
    thing: str = ""
