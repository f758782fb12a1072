"""Show: draw the thing of an attached picture again, in a new scene."""

from __future__ import annotations

from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.intents.draw import drawn
from maquette.agents.reading.showing import Showing
from maquette.records.errors import FixInput
from maquette.records.plan import Plan
from maquette.tools.drawing.abilities import lacking


class Show:
    """Draw the things of attached pictures again, one picture a thing."""

    name = "show"
    offer = ""  # Told with ``edit``.
    signs: tuple[Sign, ...] = ()

    async def plan(self, asked: Asked) -> Plan:
        """Raises: FixInput: not one picture a thing. CapabilityMissing: no model can do it."""
        showing = asked.reading.showing
        if not asked.reading.attached or showing is None:
            raise asked.refused("there is no attached picture with a thing to draw again")
        understood = _understood(showing)
        _one_picture_a_thing(showing, asked.reading.attached, understood)
        model = await asked.served.generator()
        missing = lacking(("concepts",), model.model, can=model.capabilities, understood=understood)
        if missing is not None:
            raise missing
        return await drawn(asked, model, showing)


def _understood(showing: Showing) -> str:
    named = " and ".join(f"the {noun} of picture {k + 1}" for k, noun in enumerate(showing.nouns))
    return f"draw {named} in a new scene"


def _one_picture_a_thing(showing: Showing, attached: int, understood: str) -> None:
    """Raises: FixInput: with more or fewer pictures it is open which thing is meant."""
    if showing.things != attached:
        raise FixInput(
            f"understood: {understood}; but {attached} picture{'s are' * (attached > 1)}"
            f"{' is' * (attached == 1)} attached",
            hint="Attach one picture for each thing, each showing that thing alone.",
        )
