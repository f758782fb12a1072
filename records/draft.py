"""Drafts: the candidates of each round, and what the critic would change about one."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from maquette.records.artifact import ArtifactRef
from maquette.records.base import Fraction, Name, Record
from maquette.records.verdict import Outcome


class Revision(Record):
    """One change to the arguments of a body call, and the reason in words."""

    id: str = Field(description="names the repair so that it is tried once, e.g. 'text:larger'")
    call: Name
    changes: dict[str, Any]
    reason: str = Field(min_length=1, max_length=400)


class Draft(Record):
    """One candidate of one round. ``verdict`` refers to the stored Verdict document."""

    id: str = Field(description="unique in its loop: r<round>c<candidate>")
    round: int = Field(ge=1)
    candidate: int = Field(ge=0)
    artifact: ArtifactRef
    seed: int = Field(ge=0)
    verdict: ArtifactRef
    score: Fraction
    outcome: Outcome
    passed: int = Field(default=0, ge=0, description="criteria that passed")
    failed: int = Field(default=0, ge=0)
    unjudged: int = Field(default=0, ge=0)
    reason: str = Field(default="", max_length=400, description="the verdict in one sentence")
    parent: str | None = None
    clean: Fraction | None = Field(
        default=None,
        description="how cleanly it is made; measured where a round has several sources",
    )
    change: str = Field(default="", max_length=400, description="what changed from the parent")
    source: Name | None = Field(default=None, description="what it came from, such as art")
    not_judged: tuple[str, ...] = Field(
        default=(),
        exclude_if=lambda sentences: not sentences,  # as drafts were told before
        description="what nobody could check of it, in words",
    )


def better(left: Draft, right: Draft) -> Draft:
    """The better draft: fewer failures, then higher score, then the earlier one.

    Where it was measured of both how clean they are, what was not judged of a draft and then its
    cleanness come before its score: what one source's judges cannot tell, another's can.
    """
    both = left.clean is not None and right.clean is not None

    def rank(draft: Draft) -> tuple[float, ...]:
        clean = (draft.unjudged, -(draft.clean or 0.0)) if both else ()
        return (draft.failed, *clean, -draft.score, draft.round, draft.candidate)

    return min(left, right, key=rank)
