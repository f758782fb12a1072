"""An intent: a kind of request, told by its words, and its plan."""

from __future__ import annotations

import re

from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.plans.parts import attached
from maquette.agents.reading.request import Reading
from maquette.records.plan import Call, Plan

_MIRRORS = re.compile(r"\b(?:mirror|flip)\b.*\b(?:it|this|picture|photo|image)\b", re.IGNORECASE)


def _mirrors(reading: Reading) -> bool:
    return bool(reading.attached and _MIRRORS.search(reading.plain))


class Mirror:
    """Mirror the attached picture."""

    name = "mirror"
    offer = "mirror it"
    signs = (Sign(7, _mirrors),)

    async def plan(self, asked: Asked) -> Plan:
        """One call of the tool beside this file. Raises: InvalidInput: nothing is attached."""
        asked.need_picture("mirror")
        turned = Call(id="turned", tool="reflect", arguments={"image": attached(0)})
        return Plan(
            nodes=(turned,), outputs=("turned.image",), summary="mirror the attached picture"
        )


MIRROR = Mirror()
