"""Verdicts: what was checked, what was seen, and why it passed, failed or was not judged."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, model_validator

from maquette.records.base import Document, Fraction, Name, Record
from maquette.records.criterion import Criterion
from maquette.records.geometry import Box


class Outcome(StrEnum):
    """Of one criterion, or of a whole verdict. Unjudged is never counted as passed."""

    PASSED = "passed"
    FAILED = "failed"
    UNJUDGED = "unjudged"


class Evidence(Record):
    """What a judge saw: where it looked, the string it read, the answer it got."""

    boxes: tuple[Box, ...] = ()
    string_read: str | None = None
    answer: str | None = None


class Finding(Record):
    """The judgement of one criterion, always with a reason in words."""

    criterion: Criterion
    outcome: Outcome
    score: Fraction | None = None
    reason: str = Field(min_length=1)
    judge: str | None = None
    evidence: Evidence = Evidence()

    @model_validator(mode="after")
    def _score_goes_with_judgement(self) -> Finding:
        if (self.outcome is Outcome.UNJUDGED) != (self.score is None):
            raise ValueError("a finding has a score exactly when it was judged")
        return self


class Verdict(Document):
    """All findings on one draft. Stored as a JSON artifact; histories carry its reference."""

    findings: tuple[Finding, ...]

    @property
    def outcome(self) -> Outcome:
        """Failed if anything failed; else unjudged if anything was; else passed."""
        outcomes = {finding.outcome for finding in self.findings}
        if Outcome.FAILED in outcomes:
            return Outcome.FAILED
        if Outcome.UNJUDGED in outcomes or not outcomes:
            return Outcome.UNJUDGED
        return Outcome.PASSED

    @property
    def score(self) -> float:
        """Mean score of the judged findings, 0 when nothing was judged."""
        scores = [finding.score for finding in self.findings if finding.score is not None]
        return sum(scores) / len(scores) if scores else 0.0

    def failed(self) -> tuple[Name, ...]:
        """Ids of the criteria that failed."""
        return tuple(f.criterion.id for f in self.findings if f.outcome is Outcome.FAILED)

    def tally(self) -> dict[Outcome, int]:
        """How many findings passed, failed and were not judged."""
        return {
            outcome: sum(finding.outcome is outcome for finding in self.findings)
            for outcome in Outcome
        }
