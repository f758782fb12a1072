"""A repair: what may be changed when a picture that should be monochrome is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from maquette.records.draft import Revision
from maquette.records.plan import Call
from maquette.records.verdict import Finding

WORDS = ", in black and white"


class Monochrome:
    """Says so in the prompt of the drawing."""

    name = "monochrome"
    kinds = frozenset({"style"})
    tool = "draw"

    def propose(
        self, finding: Finding, calls: Sequence[Call], tried: frozenset[str]
    ) -> Iterator[Revision]:
        """One change, of the first drawing that does not say it yet."""
        identity = f"{finding.criterion.id}:gray"
        prompt = str(calls[0].arguments.get("prompt", ""))
        if identity not in tried and not prompt.endswith(WORDS):
            yield Revision(
                id=identity,
                call=calls[0].id,
                changes={"prompt": prompt + WORDS},
                reason=f"{finding.reason}; the prompt asks for black and white"[:400],
            )


MONOCHROME = Monochrome()
