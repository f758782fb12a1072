"""Chat: what is no request for a picture; also what is like nothing known."""

from __future__ import annotations

from maquette.agents.intents.contract import Asked, Sign
from maquette.records.plan import Plan


class Chat:
    """Refused: there is nobody to talk with."""

    name = "chat"
    offer = ""
    examples = (
        "what is the capital of France",
        "write a poem about the sea",
        "translate this sentence into German",
        "explain how a motor works",
        "who won the world cup",
        "fix the bug in my python code",
        "how are you today",
        "what is two plus two",
    )
    unlikely_alone = 0.0
    signs: tuple[Sign, ...] = ()

    async def plan(self, asked: Asked) -> Plan:
        """Raises: FixInput: always."""
        raise asked.refused("this is not a request for a picture, and there is no chat here")
