"""A judge for a kind of criterion that nobody judges: the style "monochrome", by the pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from maquette.agents.judging.contract import Judge, Sight, unjudged
from maquette.infra.media.admit import decode_stored
from maquette.infra.settings.schema import CriticSettings
from maquette.model_servers.client.contract import RoleName
from maquette.records.criterion import Criterion, Style
from maquette.records.verdict import Finding, Outcome

MOST_COLOUR = 6
"""Spread of a pixel's channels, 0 to 255, that still counts as gray."""


class MonochromeJudge:
    """Looks at every pixel."""

    name = "monochrome"
    kinds = frozenset({"style"})
    roles: tuple[RoleName, ...] = ()
    version = f"1 most={MOST_COLOUR}"

    async def judge(self, criteria: Sequence[Criterion], sight: Sight) -> list[Finding]:
        """Passed where no pixel has a colour; another style than this is unjudged."""
        if sight.store is None:
            return [unjudged(criterion, "the picture cannot be read") for criterion in criteria]
        data = await sight.store.get(sight.image.sha256, owner=sight.owner)
        pixels = np.asarray(decode_stored(data).convert("RGB"), np.int16)
        coloured = float((np.ptp(pixels, axis=2) > MOST_COLOUR).mean())
        return [self._finding(criterion, coloured) for criterion in criteria]

    def _finding(self, criterion: Criterion, coloured: float) -> Finding:
        if not isinstance(criterion, Style) or criterion.style != "monochrome":
            return unjudged(criterion, "only the style monochrome is known here")
        return Finding(
            criterion=criterion,
            outcome=Outcome.FAILED if coloured else Outcome.PASSED,
            score=1.0 - coloured,
            reason=f"{coloured:.0%} of the pixels have a colour",
            judge=self.name,
        )


def make(settings: CriticSettings) -> Judge:
    """The judge; no setting changes it."""
    return MonochromeJudge()
