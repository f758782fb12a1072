"""The judge of words: reads the picture and compares, letter by letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from maquette.agents.judging.contract import Sight
from maquette.agents.judging.judges.lines import Share, extras, share_lines
from maquette.agents.judging.text import ALMOST, EXTRA, difference, likeness, normal
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import OcrClient
from maquette.model_servers.schemas.understanding import OcrLine
from maquette.records.criterion import Criterion, TextReads
from maquette.records.verdict import Evidence, Finding, Outcome

if TYPE_CHECKING:
    from maquette.infra.settings.schema import CriticSettings


class TextReadsJudge:
    """Passes a string only if the picture reads exactly so, and nothing else is written."""

    name = "ocr"
    kinds = frozenset({"text_reads"})
    roles: tuple[RoleName, ...] = (RoleName.UNDERSTANDING,)
    version = "1"

    @classmethod
    def of(cls, settings: CriticSettings) -> TextReadsJudge:
        """The judge of these settings; none is about it."""
        return cls()

    async def judge(self, criteria: Sequence[Criterion], sight: Sight) -> list[Finding]:
        """Read once, answer for every string."""
        reply = await OcrClient(sight.models).ocr(sight.image, owner=sight.owner)
        sight.spent(reply.forward_s)
        asked = [criterion for criterion in criteria if isinstance(criterion, TextReads)]
        shares, free = share_lines([c.text for c in asked], reply.lines, sight.placed)
        findings = [_finding(c, share) for c, share in zip(asked, shares, strict=True)]
        more = extras(free)
        if more and findings:
            _, k = min((-finding.score, k) for k, finding in enumerate(findings))  # type: ignore[operator]
            findings[k] = _with_extra(findings[k], more)
        return findings


def _finding(criterion: TextReads, share: Share) -> Finding:
    wanted, read = normal(criterion.text), share.text
    score = likeness(wanted, read)
    if score == 1.0:
        reason = f"read {read!r}, exactly as asked"
    elif not read:
        reason = f"read nothing where {wanted!r} should be"
    else:
        reason = f"read {read!r} instead of {wanted!r}: {difference(wanted, read)}"
    return Finding(
        criterion=criterion,
        outcome=Outcome.PASSED if score == 1.0 else Outcome.FAILED,
        score=score,
        reason=reason[:400],
        judge=TextReadsJudge.name,
        evidence=Evidence(boxes=share.boxes, string_read=read),
    )


def _with_extra(finding: Finding, more: Sequence[OcrLine]) -> Finding:
    """The finding, failed for words that nobody asked for."""
    words = normal(" ".join(line.text for line in more))
    wanted = normal(finding.criterion.text) if isinstance(finding.criterion, TextReads) else ""
    share = len(wanted) / max(1, len(wanted) + len(words))
    return finding.model_copy(
        update={
            "outcome": Outcome.FAILED,
            "score": round(min(ALMOST, (finding.score or 0.0) * share), 4),
            "reason": f"{finding.reason}; also read {words!r}, which was not asked for"[:400],
            "evidence": Evidence(
                boxes=(*finding.evidence.boxes, *(line.box for line in more)),
                string_read=finding.evidence.string_read,
                answer=f"{EXTRA}{words}"[:400],
            ),
        }
    )
