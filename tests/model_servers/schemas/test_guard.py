"""Several verdicts of the domain guard as one."""

from __future__ import annotations

from maquette.model_servers.schemas.guard import UNJUDGED, UNKNOWN, GuardVerdict, joined

INSIDE = GuardVerdict(in_world=True, score=0.1)
STRANGE = GuardVerdict(in_world=False, score=0.9, reason="strange")


def test_one_outside_is_outside() -> None:
    """The highest score and each reason once."""
    both = joined((INSIDE, STRANGE, STRANGE))
    assert both == STRANGE
    odd = GuardVerdict(in_world=False, score=0.6, reason="odd")
    assert joined((odd, STRANGE)).reason == "odd; strange"


def test_what_was_not_judged_says_nothing_against() -> None:
    """Beside a verdict only its reason is kept; alone, or of none, nothing is known."""
    assert joined((UNKNOWN, INSIDE)) == GuardVerdict(
        in_world=True, score=0.1, reason=UNKNOWN.reason
    )
    assert joined((UNKNOWN, UNKNOWN)) == UNKNOWN
    assert joined(()) == UNJUDGED
