"""Sound: sound and video, which cannot be made here."""

from __future__ import annotations

from maquette.agents.intents.contract import Asked, Sign
from maquette.records.plan import Plan


class Sound:
    """Refused: says so rather than draw something else."""

    name = "sound"
    offer = ""
    signs: tuple[Sign, ...] = ()

    async def plan(self, asked: Asked) -> Plan:
        """Raises: FixInput: always."""
        raise asked.refused("sound and video cannot be made here")
