"""Sound: sound and video, which cannot be made here."""

from __future__ import annotations

import re

from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.reading.request import Reading
from maquette.records.plan import Plan

_SOUND = re.compile(
    r"\b(?:aloud|out loud|audio|song|music|sing|voice|podcast|mp3|video|"
    r"movie clip|animat\w+|gif)\b",
    re.IGNORECASE,
)
_PICTURE_OF_IT = re.compile(r"\b(?:poster|sign|picture)\b")


def _sounds(reading: Reading) -> bool:
    text = reading.plain
    return bool(_SOUND.search(text)) and not reading.shown and not _PICTURE_OF_IT.search(text)


class Sound:
    """Refused: says so rather than draw something else."""

    name = "sound"
    offer = ""
    examples = (
        "say it aloud",
        "make a song about spring",
        "record a voice reading this",
        "create a video of a running horse",
        "generate the sound of rain",
        "animate this picture",
    )
    unlikely_alone = 0.0
    signs = (Sign(60, _sounds),)

    async def plan(self, asked: Asked) -> Plan:
        """Raises: FixInput: always."""
        raise asked.refused("sound and video cannot be made here")
