"""A verdict in the few words that a draft carries of it."""

from __future__ import annotations

from maquette.records.criterion import describe
from maquette.records.verdict import Outcome, Verdict
from maquette.workflows.loops.state import NOT_ASKED, checks

MOST_TOLD, MAX_TOLD = 8, 120
"""Criteria of a draft that are told as not judged, and the characters of each."""


def not_judged(verdict: Verdict) -> tuple[str, ...]:
    """What nobody could check, in words, as many as a message may hold."""
    told = (describe(one.criterion) for one in verdict.findings if one.outcome is Outcome.UNJUDGED)
    return tuple(one[:MAX_TOLD] for one in told)[:MOST_TOLD]


def reason_of(verdict: Verdict) -> str:
    """The verdict in one sentence: what failed, else what was not judged."""
    failed = [one.reason for one in verdict.findings if one.outcome is Outcome.FAILED]
    if failed:
        return "; ".join(failed)[:400]
    tally = verdict.tally()
    if not verdict.findings:
        return NOT_ASKED
    parts = []
    if tally[Outcome.PASSED]:
        parts.append(f"{checks(tally[Outcome.PASSED])} passed")
    if tally[Outcome.UNJUDGED]:
        parts.append(f"{tally[Outcome.UNJUDGED]} not judged")
    return ", ".join(parts)
