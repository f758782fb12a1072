"""The judge of composed pictures: what their document says must be seen in the pixels; then the
person's criteria are answered from what is seen.

It paints the document again and compares, so it asks no model, and may pass. What it cannot tell is
unjudged: art found without being surely what was asked for, a colour between two words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from maquette.agents.judging.composed.answers import Answer, Answers
from maquette.agents.judging.composed.places import relation
from maquette.agents.judging.composed.reading import see
from maquette.agents.judging.composed.sources import ArtSources, Sources
from maquette.agents.judging.contract import Pictures, Sight, unjudged
from maquette.model_servers.client.contract import RoleName
from maquette.records.criterion import Colour, Count, Criterion, Exists, Relation
from maquette.records.errors import InvalidInput, MediaRejected, MissingExtra, NotFound
from maquette.records.verdict import Evidence, Finding, Outcome

if TYPE_CHECKING:
    from maquette.infra.settings.schema import CriticSettings


class PlacedJudge:
    """Judges what is there, how often, in which colour and where, of composed pictures."""

    name = "placed"
    kinds = frozenset({"exists", "count", "colour", "relation"})
    pictures: Pictures = "composed"
    roles: tuple[RoleName, ...] = ()
    version = "1"
    """Raise it when a threshold of ``agents/judging/composed`` changes."""

    def __init__(self, sources: Sources | None = None) -> None:
        """
        Args:
            sources: what paints documents and knows names; by default the installed packs.
        """
        self._sources = ArtSources() if sources is None else sources

    @classmethod
    def of(cls, settings: CriticSettings) -> PlacedJudge:
        """The judge of these settings; none is about it."""
        return cls()

    async def judge(self, criteria: Sequence[Criterion], sight: Sight) -> list[Finding]:
        """Look once, answer all. A document that cannot be painted again leaves all unjudged."""
        try:
            view = await see(sight, self._sources)
        except (InvalidInput, MediaRejected, MissingExtra, NotFound) as error:
            return [unjudged(criterion, error.message) for criterion in criteria]
        answers = Answers(view, self._sources, criteria)
        return await asyncio.to_thread(
            lambda: [_finding(criterion, _answer(answers, criterion)) for criterion in criteria]
        )


def _answer(answers: Answers, criterion: Criterion) -> Answer:
    match criterion:
        case Exists():
            return answers.exists(criterion)
        case Count():
            return answers.count(criterion)
        case Colour():
            return answers.colour(criterion)
        case Relation():
            return relation(answers, criterion)
    return Answer(None, "no measurement is about it")


def _finding(criterion: Criterion, answer: Answer) -> Finding:
    evidence = Evidence(boxes=answer.boxes[:8], answer=answer.seen)
    if answer.holds is None:
        return unjudged(criterion, answer.reason).model_copy(
            update={"judge": PlacedJudge.name, "evidence": evidence}
        )
    return Finding(
        criterion=criterion,
        outcome=Outcome.PASSED if answer.holds else Outcome.FAILED,
        score=1.0 if answer.holds else min(0.9, answer.partly),
        reason=answer.reason[:400],
        judge=PlacedJudge.name,
        evidence=evidence,
    )
