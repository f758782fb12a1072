"""The plan of a plain sign: words alone, set, read back, and set again until they read exactly.

No generator is needed, nor asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from maquette.agents.design.palette import sheet_palette
from maquette.agents.design.poster import Sheet, design_sign
from maquette.agents.plans.parts import quoted
from maquette.agents.plans.wants import criteria
from maquette.agents.reading.request import Reading
from maquette.records.plan import REFERENCE_KEY, Call, Loop, Plan
from maquette.words.colours import canonical

ROUNDS = 3
FONT = "sans-bold"

_LETTER_COLOUR = re.compile(
    r"\b(?:in|with)\s+(?:big |bold |large |bright |huge )*([a-z]+(?: blue)?)\s+"
    r"(?:letters|lettering|text|type|font|writing|words|capitals)\b|"
    r"(?:text|words|letters|lettering|title)\s+(?:is |are |should be )?in\s+([a-z]+)\b",
    re.IGNORECASE,
)
_TOPIC = re.compile(r"\bfor\b", re.IGNORECASE)


def sign_plan(reading: Reading, seed: int, *, notes: Sequence[str] = ()) -> Plan:
    """Set the strings on a plain sheet."""
    asked = reading.bare.sheet if reading.bare else None
    palette = sheet_palette(None, letter_colour(reading), seed, sheet=asked)
    sheet = design_sign(reading.shown, palette, font=FONT)
    loop = Loop(
        id="sign",
        body=(typeset_call(sheet, art=False),),
        result="sheet.image",
        criteria=criteria(reading.shown, (), ()),
        candidates=1,
        rounds=ROUNDS,
        reason="the words are set, read back, and set again more clearly until they read exactly",
    )
    return Plan(
        nodes=(loop,),
        outputs=("sign.image",),
        summary=f"a sign: {quoted(reading.shown)}",
        notes=tuple(notes),
    )


def is_sign(reading: Reading, *, surely: bool = False) -> bool:
    """Whether a request wants words and names nothing to draw, whatever a generator knows.

    Args:
        surely: also refuse what a sheet is for ("for the boat club"): a generator that knows
            the word would draw it.
    """
    topic = reading.scene is None and _TOPIC.search(reading.masked)
    if reading.bare is None or (surely and topic):
        return False
    return not reading.bare.things and not reading.bare.background and not reading.bare.grounds


def typeset_call(sheet: Sheet, *, art: bool) -> Call:
    """The call that sets the words of a sheet, over the drawing where there is one."""
    arguments = {
        "width_px": sheet.width_px,
        "height_px": sheet.height_px,
        "background": sheet.background,
        "blocks": [block.model_dump(mode="json", exclude_defaults=True) for block in sheet.blocks],
    }
    if art and sheet.art_box:
        arguments["art"] = {REFERENCE_KEY: "art.image"}
        arguments["art_box"] = sheet.art_box.model_dump(mode="json")
    return Call(id="sheet", tool="typeset", arguments=arguments)


def letter_colour(reading: Reading) -> str | None:
    """The colour that the request wants the letters in."""
    if reading.scene is not None:
        return reading.scene.wish.letters
    match = _LETTER_COLOUR.search(reading.masked)
    if match is None:
        return None
    words = (match.group(1) or match.group(2)).lower()
    return canonical(words) or canonical(words.split()[-1])
