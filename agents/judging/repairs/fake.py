"""A repair that follows a script: for tests, and for trying out what acts on proposals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from maquette.records.draft import Revision
from maquette.records.plan import Call
from maquette.records.verdict import Finding


class ScriptedRepair:
    """Proposes the same changes of the first call, in their order, whatever failed."""

    name = "script"

    def __init__(
        self, changes: Mapping[str, dict[str, Any]], *, kinds: frozenset[str], tool: str
    ) -> None:
        """
        Args:
            changes: new arguments, by what the change is called.
            kinds: criteria that it says it may mend.
            tool: whose calls it changes.
        """
        self.kinds = kinds
        self.tool = tool
        self._changes = dict(changes)

    def propose(
        self, finding: Finding, calls: Sequence[Call], tried: frozenset[str]
    ) -> Iterator[Revision]:
        """See ``Repair.propose``."""
        for name, arguments in self._changes.items():
            identity = f"{finding.criterion.id}:{name}"
            if identity not in tried:
                yield Revision(
                    id=identity,
                    call=calls[0].id,
                    changes=arguments,
                    reason=f"{finding.reason}; {name}"[:400],
                )
