"""Sound: what is no picture and no answer about one: sound, video, print, the web."""

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
        raise asked.refused(
            "this is not a request for a picture, or for an answer about one; sound, video, prints "
            "and the web are not served here"
        )
