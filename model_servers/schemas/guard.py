"""What the domain guard says of a picture or a text. Light: no model library."""

from __future__ import annotations

from pydantic import Field

from maquette.records.base import Fraction, Record

OUTSIDE = "outside the bundled models' world"
"""Every warning of the guard holds these words."""


class GuardVerdict(Record):
    """``score`` is 0 for surely known, 1 for surely unknown, and above 0.5 when outside."""

    in_world: bool | None = Field(default=None, description="None: there was nothing to judge by")
    score: Fraction | None = None
    reason: str = ""


UNKNOWN = GuardVerdict(reason="the domain guard is not in the bundled pack yet")
"""What is said where no guard is there."""
OPEN = GuardVerdict(reason="the model is not a bundled one, so the guard does not speak for it")
"""What is said of models that do not come with Maquette."""
