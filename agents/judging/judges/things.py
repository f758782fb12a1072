"""The judge of things: asks the understanding model plain questions with few answers.

It judges only where a model that can score answers is there, knows such pictures, and is sure;
everything else stays unjudged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from maquette.agents.judging.contract import Pictures, Sight, unjudged
from maquette.model_servers.client.contract import ModelClient, RoleName
from maquette.model_servers.client.roles import UnderstandingClient
from maquette.model_servers.schemas.understanding import LabelScoresReply, LabelScoresRequest
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import (
    Colour,
    Count,
    Criterion,
    Exists,
    Relation,
    without_contact,
)
from maquette.records.errors import CapabilityMissing, ConfigError, MaquetteError, NotFound
from maquette.records.verdict import Evidence, Finding, Outcome
from maquette.words.lexicon import plural

if TYPE_CHECKING:
    from maquette.infra.settings.schema import CriticSettings

SURE = 0.6
"""Least probability of an answer, among the answers, to be believed (``critic.sure``)."""
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six")
YES, NO = "yes", "no"
NEEDED = "label_scores"
NO_MODEL = "the understanding role has no model that looks at pictures"


async def can_judge(models: ModelClient) -> bool:
    """Whether a model is there that can tell what a picture shows. An absent role cannot."""
    try:
        return NEEDED in (await UnderstandingClient(models).capabilities()).capabilities
    except MaquetteError:
        return False


class ThingsJudge:
    """Judges what is there, how often, in which colour and where, by label scores."""

    name = "understanding"
    kinds = frozenset({"exists", "count", "colour", "relation"})
    pictures: Pictures = "drawn"
    roles: tuple[RoleName, ...] = (RoleName.UNDERSTANDING,)

    def __init__(self, sure: float = SURE) -> None:
        """
        Args:
            sure: answers that the model holds less probable than this are no judgement.
        """
        self._sure = sure
        self.version = f"2 sure={sure:g}"

    @classmethod
    def of(cls, settings: CriticSettings) -> ThingsJudge:
        """The judge of these settings (``critic.sure``)."""
        return cls(settings.sure)

    async def judge(self, criteria: Sequence[Criterion], sight: Sight) -> list[Finding]:
        """One question a criterion. Raises: as the role does, but for a missing model."""
        client = UnderstandingClient(sight.models)
        try:
            able = NEEDED in (await client.capabilities()).capabilities
        except (CapabilityMissing, ConfigError, NotFound):
            able = False
        if not able:
            return [unjudged(criterion, NO_MODEL) for criterion in criteria]
        seen = await sight.drawn()
        return [await self._ask(criterion, sight, seen, client) for criterion in criteria]

    async def _ask(
        self, criterion: Criterion, sight: Sight, seen: ArtifactRef, client: UnderstandingClient
    ) -> Finding:
        asked = question(criterion)
        if asked is None:
            return unjudged(criterion, "no question asks for it")
        prompt, labels, wanted = asked
        request = LabelScoresRequest(owner=sight.owner, image=seen, prompt=prompt, labels=labels)
        reply = await client.label_scores(request)
        sight.spent(reply.forward_s)
        return _finding(criterion, prompt, wanted, reply, self._sure)


def question(criterion: Criterion) -> tuple[str, tuple[str, ...], str] | None:
    """What to ask, the answers there are, and the one that is hoped for; None: not to be asked."""
    match criterion:
        case Exists(thing=thing):
            return f"is there {_a(thing)}?", (YES, NO), YES
        case Colour(thing=thing, colour=colour):
            # Of two circles each has its colour: asked for by name, either may be there.
            return f"is there {_a(f'{colour} {thing}')}?", (YES, NO), YES
        case Count(thing=thing, count=count) if count < len(NUMBERS):
            return f"how many {plural(thing)} are there?", NUMBERS, NUMBERS[count]
        case Relation(subject=subject, relation=relation, object=other):
            if "text" in (subject, other):
                return None
            return f"is the {subject} {without_contact(relation)} the {other}?", (YES, NO), YES
    return None


def _finding(
    criterion: Criterion, prompt: str, wanted: str, reply: LabelScoresReply, sure: float
) -> Finding:
    if reply.verdict.in_world is False:
        return unjudged(criterion, reply.verdict.reason or "the model does not know such pictures")
    shares = {one.label: one.probability for one in reply.scores}
    answer = max(shares, key=lambda label: shares[label])
    told = f"asked {prompt!r}, answered {answer!r} with {shares[answer]:.0%}"
    if shares[answer] < sure:
        return unjudged(criterion, f"{told}: not sure enough to say")
    return Finding(
        criterion=criterion,
        outcome=Outcome.PASSED if answer == wanted else Outcome.FAILED,
        score=min(1.0, shares[wanted]),
        reason=told[:400],
        judge=ThingsJudge.name,
        evidence=Evidence(answer=answer),
    )


def _a(words: str) -> str:
    return f"{'an' if words[:1] in 'aeiou' else 'a'} {words}"
