"""The plan of a plain sign: words alone, set, read back, and set again until they read exactly.

No generator is needed, nor asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from maquette.agents.design.palette import sheet_palette
from maquette.agents.design.poster import Sheet, design_sign
from maquette.agents.plans.parts import quoted
from maquette.agents.plans.wants import criteria
from maquette.agents.reading.request import Reading
from maquette.records.plan import REFERENCE_KEY, Call, Loop, Plan

ROUNDS = 3
FONT = "sans-bold"


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


def is_sign(reading: Reading) -> bool:
    """Whether a request wants words and names nothing to draw, whatever a generator knows."""
    if reading.bare is None:
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
    return reading.scene.wish.letters
