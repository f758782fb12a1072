"""Enlarge: an attached picture, as it is, with more pixels."""

from __future__ import annotations

import re

from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.plans.finishing.adjustments import check_factor
from maquette.agents.plans.parts import attached
from maquette.agents.reading.request import Reading
from maquette.records.plan import Call, Plan

_ENLARGES = re.compile(
    r"\b(?:upscale|enlarge|(?:make|scale) (?:it|this|the|my)\b.*\b(?:bigger|larger|up)|"
    r"(?:increase|double|triple)\b.*\b(?:size|resolution))\b",
    re.IGNORECASE,
)
_ADVERBS = {"twice": 2, "double": 2, "triple": 3, "thrice": 3, "quadruple": 4}
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5}
_TIMES = re.compile(
    r"\b(\d{1,2}|two|three|four|five)\s*(?:×|(?:x|times|fold|-fold)\b)|"
    r"\bfactor(?:\s+of)?\s*=?\s*(\d{1,2})\b",
    re.IGNORECASE,
)


def _enlarges(reading: Reading) -> bool:
    return bool(reading.attached and _ENLARGES.search(reading.plain))


class Enlarge:
    """Enlarge the first attached picture."""

    name = "enlarge"
    offer = "enlarge it"
    examples = (
        "make this picture larger",
        "upscale the attached image",
        "enlarge this photo twice",
        "increase the resolution of my image",
    )
    unlikely_alone = 0.2
    signs = (Sign(130, _enlarges),)

    async def plan(self, asked: Asked) -> Plan:
        """One call, so many times larger as is said. Raises: InvalidInput: nothing is attached,
        or it would be larger than a picture may be."""
        asked.need_picture("enlarge")
        times, ref = factor(asked.request.text), asked.request.inputs[0]
        if ref.width_px and ref.height_px:
            check_factor(times, (ref.width_px, ref.height_px))
        large = Call(id="large", tool="enlarge", arguments={"image": attached(0), "factor": times})
        return Plan(
            nodes=(large,),
            outputs=("large.image",),
            summary=f"enlarge the attached picture {times} times",
        )


def factor(text: str) -> int:
    """How many times larger a request wants it, 1 to 99; 2 where it does not say."""
    for word, times in _ADVERBS.items():
        if re.search(rf"\b{word}\b", text, re.IGNORECASE):
            return times
    match = _TIMES.search(text)
    if not match:
        return 2
    found = (match[1] or match[2]).lower()
    return max(1, _NUMBERS.get(found) or int(found))
