"""Clarify: what leaves too much open to begin; the person is asked."""

from __future__ import annotations

from maquette.agents.intents.contract import Asked, Sign
from maquette.records.errors import NeedsAnswer
from maquette.records.plan import Plan


class Clarify:
    """Asks back."""

    name = "clarify"
    offer = ""
    signs: tuple[Sign, ...] = ()

    async def plan(self, asked: Asked) -> Plan:
        """Raises: NeedsAnswer: always."""
        if asked.reading.attached:
            raise NeedsAnswer(
                "What is to be done with the picture, and with what in it?",
                ("describe it", "read its words", "make something in it another colour"),
                hint='Say it in words, e.g. "make the red circle green".',
            )
        raise NeedsAnswer(
            "What is the picture to show?",
            ("a thing or a scene", "a sign with words"),
            hint='Name the things, e.g. "a red boat on the sea".',
        )
