"""An intent that follows a script: for tests, and for trying out a new kind of request."""

from __future__ import annotations

from collections.abc import Callable

from maquette.agents.intents.contract import Asked, Sign
from maquette.records.plan import Plan


class ScriptedIntent:
    """Told by one phrase, and planned by a function."""

    def __init__(
        self,
        phrase: str,
        script: Callable[[Asked], Plan],
        *,
        name: str = "scripted",
        offer: str = "",
        rank: int = 5,
    ) -> None:
        """
        Args:
            phrase: its sign, outside of what is quoted; small letters.
            script: gives the plan, the same for the same reading, or raises why there is none.
            rank: when the sign is tried; by default before all that are built in.
        """
        self.name = name
        self.offer = offer
        self.signs = (Sign(rank, lambda reading: phrase in reading.plain.lower()),)
        self._script = script

    async def plan(self, asked: Asked) -> Plan:
        """See ``Intent.plan``. Raises: as the script does."""
        return self._script(asked)
