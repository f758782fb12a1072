"""Read: the words that an attached picture shows."""

from __future__ import annotations

import re

from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.plans.parts import attached
from maquette.agents.reading.request import Reading
from maquette.records.plan import Call, Plan

_READS = re.compile(
    r"\b(?:what (?:does|do|is|are) .*\b(?:say|read|written|text|words?)\b|"
    r"(?:read|transcribe|extract|ocr|recogni[sz]e|copy out|type out)\b.*"
    r"\b(?:text|words?|writing|sign|label|letters|picture|image|photo|it|this|poster|card)\b|"
    r"what(?:'s| is) written|which words|\bocr\b)",
    re.IGNORECASE,
)
_MAKES = re.compile(
    r"^\W*(?:please\s+|now\s+|can you\s+|could you\s+|i (?:want|need|would like)\s+(?:you to\s+)?)*"
    r"(?:draw|paint|make|create|generate|design|sketch|illustrate|show|give|render|produce|an?|the|two|"
    r"three|four|five|some|several)\b",
    re.IGNORECASE,
)


def _reads(reading: Reading) -> bool:
    return (
        bool(_READS.search(reading.plain))
        and not reading.shown
        and bool(reading.attached or not _MAKES.match(reading.plain))
    )


class Read:
    """Read the words of every attached picture."""

    name = "read"
    offer = "read the words in an attached picture"
    examples = (
        "what does this sign say",
        "read the text in the picture",
        "transcribe the words in this image",
        "what is written here",
        "extract the text from the photo",
        "which words are on the poster in the attached picture",
        "OCR this image",
        "tell me the words on this label",
    )
    unlikely_alone = 0.2
    signs = (Sign(70, _reads),)

    async def plan(self, asked: Asked) -> Plan:
        """One call a picture. Raises: InvalidInput: nothing is attached."""
        asked.need_picture("read")
        count = asked.reading.attached
        calls = tuple(
            Call(
                id="words" if count == 1 else f"words{k}",
                tool="read_text",
                arguments={"image": attached(k)},
            )
            for k in range(count)
        )
        return Plan(
            nodes=calls,
            outputs=tuple(f"{call.id}.text" for call in calls),
            summary="read the words in the attached picture" + ("s" if count > 1 else ""),
        )
