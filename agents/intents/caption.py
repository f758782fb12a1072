"""Caption: set words over an attached picture."""

from __future__ import annotations

import re

from maquette.agents.design.palette import sheet_palette
from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.plans.parts import attached
from maquette.agents.reading.request import Reading
from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import TextReads
from maquette.records.errors import FixInput
from maquette.records.geometry import Box
from maquette.records.plan import Call, Loop, Plan

MAX_SIDE_PX = 2048
_AT_TOP = re.compile(r"\b(?:top|above|over the top|headline|title)\b")


class Caption:
    """Set the strings over the first attached picture, on a plate that keeps them readable."""

    name = "caption"
    offer = "set words over one"
    signs: tuple[Sign, ...] = ()

    async def plan(self, asked: Asked) -> Plan:
        """Raises: InvalidInput: nothing is attached. FixInput: the words to set are not clear."""
        asked.need_picture("set words over")
        shown = asked.reading.shown
        if not shown:
            raise FixInput(
                "understood: set words over the attached picture; but not which words",
                hint='Put them in quotation marks, e.g. put "OPEN" on this picture.',
            )
        loop = Loop(
            id="poster",
            body=(_sheet(asked),),
            result="sheet.image",
            criteria=tuple(TextReads(id=f"text{k}", text=text) for k, text in enumerate(shown)),
            rounds=3,
        )
        return Plan(
            nodes=(loop,),
            outputs=("poster.image",),
            summary="set the words over the attached picture",
            notes=("words that the picture already shows are read too, and count as extra words",),
        )


def _sheet(asked: Asked) -> Call:
    """The call that sets the strings over the picture."""
    width, height = _size(asked.request.inputs[0])
    arguments = {
        "art": attached(0),
        "width_px": width,
        "height_px": height,
        "blocks": _blocks(asked.reading, asked.request.options.seed),
    }
    return Call(id="sheet", tool="typeset", arguments=arguments)


def _blocks(reading: Reading, seed: int) -> list[dict[str, object]]:
    """The strings one below the other, at the bottom or, where it is said so, at the top."""
    wish = reading.scene.wish
    palette = sheet_palette(None, wish.letters, seed)
    shown = reading.shown
    share = min(0.8, 0.16 * len(shown) + 0.06)
    top = "top" in wish.text_places.values() or _AT_TOP.search(reading.masked)
    start = 0.03 if top else 0.97 - share
    step = share / len(shown)
    return [
        TextBlock(
            text=text,
            box=Box(x0=0.06, y0=start + step * k, x1=0.94, y1=start + step * (k + 0.9)),
            colour=palette.letters,
            panel=palette.sheet,
        ).model_dump(mode="json", exclude_defaults=True)
        for k, text in enumerate(shown)
    ]


def _size(ref: ArtifactRef) -> tuple[int, int]:
    """A sheet of the picture's own shape, its longer side at most 2048 px."""
    width, height = ref.width_px or 768, ref.height_px or 768
    scale = min(1.0, MAX_SIDE_PX / max(width, height)) * max(1.0, 384 / max(width, height))
    return max(64, round(width * scale)), max(64, round(height * scale))
