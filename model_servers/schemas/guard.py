"""What the domain guard says of a picture or a text. Light: no model library."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from maquette.records.base import Fraction, Record

OUTSIDE = "outside the bundled models' world"
"""Every warning of the guard holds these words."""


class GuardVerdict(Record):
    """``score`` is 0 for surely known, 1 for surely unknown, and above 0.5 when outside."""

    in_world: bool | None = Field(default=None, description="None: there was nothing to judge by")
    score: Fraction | None = None
    reason: str = ""


def joined(verdicts: Iterable[GuardVerdict]) -> GuardVerdict:
    """Several verdicts as one: outside as soon as one is, known only if one says so, with each
    reason once. Of none: nothing judged it."""
    given = tuple(verdicts)
    known = [verdict.in_world for verdict in given if verdict.in_world is not None]
    scores = [verdict.score for verdict in given if verdict.score is not None]
    return GuardVerdict(
        in_world=all(known) if known else None,
        score=max(scores) if scores else None,
        reason="; ".join(dict.fromkeys(verdict.reason for verdict in given if verdict.reason)),
    )


UNJUDGED = GuardVerdict()
"""Where nothing was there to judge."""
UNKNOWN = GuardVerdict(reason="the domain guard is not in the bundled pack yet")
"""What is said where no guard is there."""
OPEN = GuardVerdict(reason="the model is not a bundled one, so the guard does not speak for it")
"""What is said of models that do not come with Maquette."""
