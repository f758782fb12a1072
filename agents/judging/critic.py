"""The critic: asks each judge for what it can check, and says plainly what nobody can.

``propose`` (pure) answers a verdict with the changes that may mend it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from maquette.agents.judging.cleanness import clean_of
from maquette.agents.judging.contract import (
    Absent,
    Cleanness,
    Judge,
    Judgement,
    Pictures,
    Repair,
    Sight,
    claims,
    looks_at,
    unjudged,
)
from maquette.agents.judging.judges.placed import PlacedJudge
from maquette.agents.judging.judges.table import make_judges
from maquette.agents.judging.judges.text_reads import TextReadsJudge
from maquette.agents.judging.judges.things import ThingsJudge
from maquette.agents.judging.repairs.table import all_repairs
from maquette.model_servers.client.contract import ModelClient, RoleName
from maquette.model_servers.schemas.text_rendering import PlacedBlock
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Asked, Criterion
from maquette.records.draft import Revision
from maquette.records.errors import ConfigError
from maquette.records.geometry import Box
from maquette.records.plan import Call
from maquette.records.verdict import Finding, Outcome, Verdict

if TYPE_CHECKING:
    from maquette.infra.settings.schema import Settings
    from maquette.infra.store.contract import ArtifactStore

VERSION = "3"
"""Raise it when the same findings would be put together otherwise."""


def make_critic(settings: Settings, store: ArtifactStore, models: ModelClient) -> Critic:
    """The critic of these settings: what a role judges that they do not name stays unjudged."""
    chosen = make_judges(settings.critic)
    judges = [
        Absent(judge, f"the settings name no model for the role {', '.join(absent)}")
        if (absent := [str(role) for role in judge.roles if role not in settings.models])
        else judge
        for judge in chosen
    ]
    return Critic(store, models, judges=judges)


def propose(
    verdict: Verdict,
    body: tuple[Call, ...],
    tried: frozenset[str],
    repairs: Mapping[str, Repair] | None = None,
) -> tuple[Revision, ...]:
    """Revisions of the body that may mend what failed, best first; the same for the same input.

    Args:
        body: the calls as they were made for the judged draft.
        tried: ids of revisions that were tried before; they are not proposed again.
    Returns: one change each; those of different findings take turns.
    """
    ladders = [
        list(_ladder(finding, body, tried, all_repairs() if repairs is None else repairs))
        for finding in verdict.findings
        if finding.outcome is Outcome.FAILED
    ]
    rounds = zip_longest(*ladders)
    return tuple(revision for rung in rounds for revision in rung if revision is not None)


def _ladder(
    finding: Finding,
    body: tuple[Call, ...],
    tried: frozenset[str],
    repairs: Mapping[str, Repair],
) -> Iterator[Revision]:
    """What each repair of the finding's kind proposes, where the body has calls of its tool."""
    for repair in repairs.values():
        calls = tuple(call for call in body if call.tool == repair.tool)
        if calls and finding.criterion.kind in repair.kinds:
            yield from repair.propose(finding, calls, tried)


class Critic:
    """Judges pictures against criteria. A kind without a judge is unjudged, never passed."""

    def __init__(
        self,
        store: ArtifactStore,
        models: ModelClient,
        *,
        judges: Sequence[Judge] | None = None,
    ) -> None:
        """Raises: ConfigError: two judges answer for the same kind of the same pictures."""
        self._store = store
        self._models = models
        self._judges: dict[tuple[str, bool], Judge] = {}
        chosen: Sequence[Judge] = (
            (TextReadsJudge(), ThingsJudge(), PlacedJudge()) if judges is None else tuple(judges)
        )
        self.roles: tuple[RoleName, ...] = tuple(
            sorted({role for judge in chosen for role in judge.roles})
        )
        """Model roles that judge: their digests are part of that key too."""
        for judge in chosen:
            for claim in sorted(claims(judge)):
                if (other := self._judges.setdefault(claim, judge)) is not judge:
                    raise ConfigError(
                        f"two judges answer for {claim[0]!r} of {_pictures(claim[1])} pictures: "
                        f"{other.name} and {judge.name}"
                    )
        self.version = _version(chosen, "drawn")
        """Part of the key of every stored verdict on a drawn picture, with the thresholds of each
        judge of such pictures."""
        self.composed_version = _version(chosen, "composed")
        """The same for composed pictures."""

    async def judge(
        self,
        criteria: Sequence[Criterion],
        image: ArtifactRef,
        *,
        owner: str,
        placed: Sequence[PlacedBlock] | None = None,
        art: Box | None = None,
        scene: ArtifactRef | None = None,
    ) -> Judgement:
        """Judge one picture.

        Args:
            placed: where the text was set (the ``blocks`` of the typeset call), when known.
            art: where the drawing is on the sheet (its ``art_box``); None: everywhere.
            scene: the document it was composed from; None: it was drawn.
        Raises: as the models do.
        """
        sight = Sight(
            image=image,
            owner=owner,
            models=self._models,
            placed=placed,
            art=art,
            store=self._store,
            scene=scene,
        )
        composed, findings = scene is not None, dict[str, Finding]()
        for judge in dict.fromkeys(self._judges.values()):
            own = [
                one
                for one in criteria
                if self._judges.get((one.kind, composed)) is judge and not isinstance(one, Asked)
            ]
            if own:
                for finding in await judge.judge(own, sight):
                    findings[finding.criterion.id] = finding
        verdict = Verdict(
            findings=tuple(findings.get(c.id) or self._abstained(c, composed) for c in criteria)
        )
        return Judgement(verdict, sight.forward_s, sight.model_calls)

    async def clean(
        self,
        image: ArtifactRef,
        *,
        owner: str,
        art: Box | None = None,
        scene: ArtifactRef | None = None,
    ) -> Cleanness:
        """How cleanly a picture is made: what chooses between drafts of several sources.

        Args: as ``judge``.
        """
        sight = Sight(
            image=image, owner=owner, models=self._models, art=art, store=self._store, scene=scene
        )
        value = await clean_of(sight)
        return Cleanness(value, sight.forward_s, sight.model_calls)

    def _abstained(self, criterion: Criterion, composed: bool) -> Finding:
        """Unjudged: by its kind, for want of a judge, or since the one there is knows other
        pictures."""
        if isinstance(criterion, Asked):  # whatever judge there is: nobody can check it
            return Finding(criterion=criterion, outcome=Outcome.UNJUDGED, reason=criterion.why)
        other = self._judges.get((criterion.kind, not composed))
        if other is None:
            return unjudged(criterion)
        return unjudged(
            criterion, f"the judge {other.name} looks at {_pictures(not composed)} pictures only"
        )


def _pictures(composed: bool) -> str:
    return "composed" if composed else "drawn"


def _version(judges: Sequence[Judge], pictures: Pictures) -> str:
    """The judges of such pictures, each with its version, and how findings are put together."""
    there = (judge for judge in judges if looks_at(judge) in (pictures, "any"))
    return "; ".join([VERSION, *sorted(f"{judge.name} {judge.version}" for judge in there)])
