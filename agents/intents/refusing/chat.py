"""Chat: what is no request for a picture; also what is like nothing known."""

from __future__ import annotations

from maquette.agents.intents.contract import Asked, Sign
from maquette.records.plan import Plan


class Chat:
    """Refused: there is nobody to talk with."""

    name = "chat"
    offer = ""
    signs: tuple[Sign, ...] = ()

    async def plan(self, asked: Asked) -> Plan:
        """Raises: FixInput: always."""
        raise asked.refused("this is not a request for a picture, and there is no chat here")
