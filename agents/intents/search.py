"""Search: pictures that were made before."""

from __future__ import annotations

from maquette.agents.intents.contract import Asked, Sign
from maquette.records.errors import InvalidInput
from maquette.records.plan import Call, Plan


class Search:
    """Look through the owner's own pictures."""

    name = "search"
    offer = "find pictures made before"
    signs: tuple[Sign, ...] = ()

    async def plan(self, asked: Asked) -> Plan:
        """Raises: InvalidInput: the words do not say what the pictures show."""
        what = asked.reading.search
        if not what:
            raise InvalidInput(
                "understood: find pictures; but the words do not say what they show",
                hint='Say it in words, e.g. "find pictures of a red boat".',
            )
        return Plan(
            nodes=(Call(id="found", tool="find_pictures", arguments={"text": what}),),
            outputs=("found.images", "found.text"),
            summary=f"find pictures of {what}"[:400],
        )
