"""How sure a finding is, by the way it was found.

The numbers of ``meaning`` and ``headed`` are those that ``maquette eval art --fit`` prints:
logistic fits on development words, none of them in the test.
"""

from __future__ import annotations

import math

from maquette.tools.art.finding.senses import How

NAME = 0.997
"""By its own name, or the plural of it."""
BY: dict[How | None, float] = {None: NAME, "same": 0.994, "near": 0.9}
FOREIGN = 0.97
"""A word of another language than the one that was told."""
OTHER = 0.97
"""Times this for a name in another language than English that is not the usual one: Unicode's
other names are those of a country or an older edition, and looser."""
SLIGHT = 0.95
"""Times this where a modifier changes a little of the picture: ``old``, ``wooden``."""
PLACED = 0.5
"""The head of a compound below this is not placed, but offered."""
OFFERABLE = 0.08
"""What is less likely than this by its meaning is not even offered."""
SAFE_MEANING = 0.95
"""Words alike in meaning mislead more often than heads of compounds (the nearest name is right for
a fifth of single words): only above this are they taken, which hardly one is without a keyword."""


def meaning(cosine: float, keyword: float) -> float:
    """That the thing whose name is nearest is meant.

    Args:
        cosine: of the phrase and its name, -1 to 1.
        keyword: 1 over the number of things with the phrase as a keyword; 0: not one of its own.
    """
    return _logistic(7.43 * cosine + 2.63 * keyword - 5.51)


def headed(cosine: float) -> float:
    """That ``wedding cake`` is shown by a cake. Args: cosine: of the phrase and its head."""
    return _logistic(6.02 * cosine - 4.14)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))
