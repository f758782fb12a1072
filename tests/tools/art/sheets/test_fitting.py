"""What sheets owe their contents: prices seen from afar, pale things seen at all, long words large,
asked colours on what was asked."""

from __future__ import annotations

import numpy as np

from maquette.infra.vector.raster import rasterise
from maquette.tools.art.brief import Panel, SceneBrief, WantedThing, Words
from maquette.tools.art.layout.compose import composed
from maquette.tools.art.painting.svg import svg_of
from maquette.tools.art.sheets.design import design
from maquette.tools.art.sheets.palettes import palette_of
from maquette.tools.art.sheets.roles import is_price
from maquette.words.colours import WORDS, contrast, distance, from_hex


def _sheet(kind: str, *words: tuple[str, str], things: tuple[WantedThing, ...] = (),
           colour: str | None = None) -> SceneBrief:  # fmt: skip
    said = tuple(Words.model_validate({"text": text, "role": role}) for text, role in words)
    return SceneBrief.model_validate(
        {"design": kind, "panels": (Panel(things=things),), "words": said, "sheet": colour}
    )


def _thing(code: str, colour: str | None = None) -> WantedThing:
    return WantedThing(phrase=code, thing=f"noto:{code}", colour=colour)


def test_a_price_is_set_larger_than_another_line() -> None:
    """By half and more, on the same sheet."""
    size = {}
    for line in ("-50 %", "now"):
        brief = _sheet("poster", ("SUMMER SALE", "headline"), (line, "line"),
                       things=(_thing("1f576"),))  # fmt: skip
        size[line] = design(brief, variant=0).words[1].max_size_px
    assert size["-50 %"] > 1.5 * size["now"]
    assert [is_price(t) for t in ("7.90", "-50 %", "15€/h", "2026", "12 July", "Room 5")] == [
        True, True, True, True, False, False]  # fmt: skip


def test_signs_are_of_the_colour_that_was_asked() -> None:
    """All plates have it, the page has not, and the letters can be read on it."""
    brief = _sheet("sign", ("Bread", "sign"), ("Rolls", "sign"), ("Cakes", "sign"), colour="brown")
    made = design(brief, variant=0)
    brown = WORDS["brown"]
    assert [distance(from_hex(shape.fill or ""), brown) < 0.01 for shape in made.shapes] == [
        True
    ] * 3
    assert distance(from_hex(made.frames[0].background.colour or ""), brown) > 0.2
    assert all(contrast(from_hex(block.colour), brown) >= 4.5 for block in made.words)


def test_a_sticker_is_round_and_of_its_colour_with_words_and_without() -> None:
    """In the pixels: a red disc on another ground; without words a ring between disc and corner."""
    brief = _sheet("sticker", ("FRAGILE", "headline"), things=(_thing("1f377"),), colour="red")
    scene = composed(brief, variant=0).scene
    seen = np.asarray(rasterise(svg_of(scene), 200, 200).convert("RGB"))
    corner, disc = tuple(seen[2, 2]), tuple(seen[100, 14])
    assert distance(disc, WORDS["red"]) < 0.05 < distance(corner, WORDS["red"])
    bare = composed(_sheet("sticker", things=(_thing("1f34b"),)), variant=0).scene
    seen = np.asarray(rasterise(svg_of(bare), 200, 200).convert("RGB"))
    assert len({tuple(seen[100, x]) for x in (0, 7, 20)}) == 3


def test_pale_things_stand_on_a_sheet_that_shows_them() -> None:
    """White flowers: the sheet's colour is far from white."""
    brief = _sheet("card", ("Anna", "headline"), things=(_thing("1f33c", "white"),))
    found = palette_of(brief, 0)
    assert distance(from_hex(found.sheet), (255, 255, 255)) >= 0.18


def test_a_long_word_goes_below_the_things() -> None:
    """It is larger there than in half of the width; a short one stays beside them."""
    long, short = (
        design(_sheet("label", (text, "headline"), things=(_thing("1f353"),)), variant=0)
        for text in ("Erdbeermarmelade", "Jam")
    )
    assert long.words[0].box.y0 > long.room[0].y1 - 0.02 and long.words[0].box.width > 0.7
    assert short.words[0].box.x0 > short.room[0].x1
