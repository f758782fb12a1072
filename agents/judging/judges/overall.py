"""The judge of the whole: how well the picture fits the words, by the reward model.

A reward is an opinion: it breaks ties between drafts that the other judges find equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from maquette.agents.judging.contract import Pictures, Sight, unjudged
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import RewardClient
from maquette.records.criterion import Criterion, Overall
from maquette.records.errors import CapabilityMissing, ConfigError
from maquette.records.verdict import Finding, Outcome

if TYPE_CHECKING:
    from maquette.infra.settings.schema import CriticSettings

PERSPECTIVE = "alignment"
ENOUGH = 0.5
"""Score from which a picture counts as fitting (``critic.enough``): the calibration's middle."""


class OverallJudge:
    """Judges ``overall`` criteria. Give it to the critic only where the reward role is served."""

    name = "reward"
    kinds = frozenset({"overall"})
    pictures: Pictures = "drawn"
    roles: tuple[RoleName, ...] = (RoleName.REWARD,)

    def __init__(self, enough: float = ENOUGH) -> None:
        self._enough = enough
        self.version = f"1 enough={enough:g}"

    @classmethod
    def of(cls, settings: CriticSettings) -> OverallJudge:
        """The judge of these settings (``critic.enough``)."""
        return cls(settings.enough)

    async def judge(self, criteria: Sequence[Criterion], sight: Sight) -> list[Finding]:
        """One score a request. Raises: as the role does, but for a missing model."""
        return [await self._score(criterion, sight) for criterion in criteria]

    async def _score(self, criterion: Criterion, sight: Sight) -> Finding:
        if not isinstance(criterion, Overall):
            return unjudged(criterion)
        try:
            reply = await RewardClient(sight.models).score(
                (sight.image,), (criterion.request,), (PERSPECTIVE,), owner=sight.owner
            )
        except (CapabilityMissing, ConfigError) as missing:
            return unjudged(criterion, missing.message)
        sight.spent(reply.forward_s)
        outside = [verdict.reason for verdict in reply.verdicts if verdict.in_world is False]
        if outside:
            return unjudged(criterion, outside[0])
        score = reply.scores[0][PERSPECTIVE].score
        return Finding(
            criterion=criterion,
            outcome=Outcome.PASSED if score >= self._enough else Outcome.FAILED,
            score=score,
            reason=f"the reward model finds that picture and words agree with {score:.2f} of 1",
            judge=self.name,
        )
