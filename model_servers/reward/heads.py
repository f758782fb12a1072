"""The kinds of heads that read a reward. Light: no model library."""

from __future__ import annotations

from enum import StrEnum

TAU = 0.1
"""Temperature of preferences."""


class HeadKind(StrEnum):
    """How a perspective's reward is to be read."""

    BRADLEY_TERRY = "bradley_terry"
    """One number: better is higher."""
    YES_NO = "yes_no"
    """One number: the logit of yes."""
    GENERAL_PREFERENCE = "general_preference"
    """Two numbers, compared by a skew-symmetric product: can express cycles."""

    @property
    def numbers(self) -> int:
        """How many numbers the head gives."""
        return 2 if self is HeadKind.GENERAL_PREFERENCE else 1
