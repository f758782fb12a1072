"""Sheets with real fonts: everything fits, and signs are filled."""

from __future__ import annotations

import json

import pytest

from maquette.model_servers.text_rendering.block import set_block
from maquette.model_servers.text_rendering.catalogue import FONTS
from maquette.model_servers.text_rendering.faces import hb_font
from maquette.model_servers.text_rendering.shaping import shape
from maquette.tools.art.brief import Panel, SceneBrief, WantedThing, Words
from maquette.tools.art.sheets.design import WITH_THINGS, design
from maquette.tools.art.sheets.measure import TABLE, advance, width

CAT = WantedThing(phrase="cat", thing="noto:1f408")
SHEETS = (
    ("OPEN",),
    ("Incomprehensibilities",),
    ("Lost cat", "call 555-0199"),
    ("Winter Fair", "12 July, 3 pm", "Town Hall"),
    (
        "Guitar lessons for beginners",
        "Tuesdays and Thursdays from 5 pm",
        "First lesson free",
        "call 0171 555 0102",
    ),
    ("Come to our annual neighbourhood summer picnic with games and live music", "Sunday"),
    ("生日快乐", "祝你天天开心"),
    ("नमस्ते दुनिया", "शनिवार शाम 5 बजे"),
    ("สวัสดีครับ", "ยินดีต้อนรับ"),
    ("Free 🍋 lemonade", "👩‍🚀"),
    ("x" * 40, "word " * 79),
)


@pytest.mark.slow
@pytest.mark.parametrize("kind", WITH_THINGS)
def test_words_fit_their_boxes(kind: str) -> None:
    """The text rendering role sets every sheet in every variant, with things and without, and no
    string smaller than a fiftieth of the sheet unless it is very long."""
    for texts in SHEETS:
        for things in ((), (CAT,)):
            brief = SceneBrief(
                design=kind,  # type: ignore[arg-type]
                panels=(Panel(things=things),),
                words=tuple(Words(text=text) for text in texts),
            )
            for variant in range(6):
                sheet = design(brief, variant=variant)
                least = min(sheet.width_px, sheet.height_px) / 50
                for block in sheet.words:
                    done = set_block(block, sheet.width_px, sheet.height_px)
                    large = done.size_px >= least or len(block.text) > 60
                    assert large, (sheet.name, block.text, done.size_px)


SIGNS = ["OPEN", "No Parking", "Wet Paint", "Bakery", "Keep Off the Grass"]


@pytest.mark.parametrize("text", SIGNS)
@pytest.mark.parametrize("variant", range(3))
def test_letters_fill_a_sign(text: str, variant: int) -> None:
    """Their ink is at least 70 % as wide or as high as the sheet."""
    sheet = design(SceneBrief(design="sign", words=(Words(text=text),)), variant=variant)
    size = sheet.width_px, sheet.height_px
    box = set_block(sheet.words[0], *size).placed(*size).box
    assert max(box.width, box.height) >= 0.7, (sheet.name, box)


@pytest.mark.parametrize("font", FONTS)
def test_widths_are_those_of_the_fonts(font: str) -> None:
    """The table has HarfBuzz's advance of every character, and lines come out within 8 %."""
    opened, scale = hb_font(font)
    for letter in json.loads(TABLE.read_text(encoding="utf-8"))["characters"]:
        glyph = opened.get_nominal_glyph(ord(letter))
        if glyph is not None:
            expected = opened.get_glyph_h_advance(glyph) * scale
            assert advance(letter, font) == pytest.approx(expected, abs=0.001), letter
    for text in ("Winter Fair", "GRAND OPENING", "call 555-0199"):
        words = shape(text, font, 0.0).words
        assert width(text, font) == pytest.approx(words[-1].ink[2] - words[0].ink[0], rel=0.08)
