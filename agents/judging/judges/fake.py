"""A judge that follows a script: for tests, and for trying out what acts on verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from maquette.agents.judging.contract import Sight, unjudged
from maquette.model_servers.client.contract import RoleName
from maquette.records.criterion import Criterion
from maquette.records.verdict import Finding, Outcome


class ScriptedJudge:
    """Gives each criterion the score that the script has for its id, and asks no model.

    The same criterion always gets the same finding, whatever the picture.
    """

    name = "script"
    roles: tuple[RoleName, ...] = ()

    def __init__(
        self, scores: Mapping[str, float], *, kinds: frozenset[str], enough: float = 1.0
    ) -> None:
        """
        Args:
            scores: 0 to 1, by the id of the criterion; one that is not there is unjudged.
            kinds: what it answers for.
            enough: the score from which a criterion passes.
        """
        self.kinds = kinds
        self._scores = dict(scores)
        self._enough = enough
        self.version = f"1 enough={enough:g} {sorted(self._scores.items())}"

    async def judge(self, criteria: Sequence[Criterion], sight: Sight) -> list[Finding]:
        """See ``Judge.judge``."""
        return [self._finding(criterion) for criterion in criteria]

    def _finding(self, criterion: Criterion) -> Finding:
        score = self._scores.get(criterion.id)
        if score is None:
            return unjudged(criterion, "the script does not name it")
        return Finding(
            criterion=criterion,
            outcome=Outcome.PASSED if score >= self._enough else Outcome.FAILED,
            score=score,
            reason=f"the script says {score:g}",
            judge=self.name,
        )
