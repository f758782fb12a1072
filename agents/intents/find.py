"""Find: where something is in an attached picture, its mask, or the thing cut out."""

from __future__ import annotations

from dataclasses import replace

from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.plans.parts import attached
from maquette.agents.plans.translated import english
from maquette.agents.reading.finding import Sought
from maquette.records.errors import InvalidInput
from maquette.records.plan import REFERENCE_KEY, Call, Plan


class Find:
    """Find things in the first attached picture: say where they are, mask them or cut them out."""

    name = "find"
    offer = ""  # Told with ``edit``.
    signs: tuple[Sign, ...] = ()

    async def plan(self, asked: Asked) -> Plan:
        """Raises: InvalidInput: nothing is attached, or the request names nothing to find."""
        asked.need_picture("look at")
        sought = asked.reading.sought
        if sought is None:
            raise InvalidInput(
                "the request does not say what to find", hint='Say e.g. "cut out the red circle".'
            )
        language, gallery = asked.reading.language, asked.gallery
        phrases = [await english(phrase, language, gallery) for phrase in sought.phrases]
        return _found(replace(sought, phrases=tuple(dict.fromkeys(phrases))))


def _found(sought: Sought) -> Plan:
    named = ", ".join(sought.phrases)
    shows = sought.wanted == "place"
    found = Call(
        id="found",
        tool="segment",
        arguments={"image": attached(0), "phrases": list(sought.phrases), "overlay": shows},
    )
    if sought.wanted == "cut_out":
        mask = {REFERENCE_KEY: "found.mask"}
        cut = Call(id="cut", tool="cut_out", arguments={"image": attached(0), "mask": mask})
        return Plan(
            nodes=(found, cut), outputs=("cut.image",), summary=f"cut out of the picture: {named}"
        )
    return Plan(
        nodes=(found,),
        outputs=("found.text", "found.overlay") if shows else ("found.mask", "found.text"),
        summary=f"find in the picture: {named}",
    )
