"""Palettes that read, whatever is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.tools.art.brief import Panel, SceneBrief, WantedThing, Words, colour_code
from maquette.tools.art.sheets.palettes import (
    CURATED,
    READABLE,
    VISIBLE,
    Palette,
    ink_for,
    palette_of,
)
from maquette.words.colours import WORDS, contrast, distance, from_hex

RGB = st.tuples(*[st.integers(0, 255)] * 3)


def ratio(ink: str, ground: str) -> float:
    return contrast(from_hex(ink), from_hex(ground))


@pytest.mark.parametrize("name", CURATED)
def test_curated_palettes_read(name: str) -> None:
    """Their letters reach 4.5 to 1 on sheet, tint and band; bands are seen on the sheet."""
    p = CURATED[name]
    assert min(ratio(p.ink, p.sheet), ratio(p.ink, p.soft), ratio(p.band_ink, p.band)) >= READABLE
    assert distance(from_hex(p.band), from_hex(p.sheet)) >= VISIBLE


@given(RGB)
def test_some_letters_read_on_any_colour(ground: tuple[int, int, int]) -> None:
    """Black or white does: the better of both is at least the root of 21, 4.58."""
    assert contrast(ink_for(ground), ground) >= READABLE


@given(
    sheet=st.sampled_from(sorted(WORDS)),
    letters=st.sampled_from(sorted(WORDS)) | st.none(),
    variant=st.integers(0, 9),
)
def test_asked_colours_are_kept(sheet: str, letters: str | None, variant: int) -> None:
    """The sheet is the one asked for; asked letters keep their colour on a band they read on."""
    palette = palette_of(SceneBrief(sheet=sheet, letters=letters), variant)
    assert palette.sheet == colour_code(sheet)
    assert ratio(palette.band_ink, palette.band) >= READABLE
    if letters:
        assert palette.ink == palette.band_ink == colour_code(letters)
    else:
        assert ratio(palette.ink, palette.sheet) >= READABLE
        assert ratio(palette.ink, palette.soft) >= READABLE


@given(letters=st.sampled_from(sorted(WORDS)), variant=st.integers(0, 9))
def test_letters_alone_choose_a_sheet_they_read_on(letters: str, variant: int) -> None:
    """Nobody has to ask for a ground as well."""
    palette = palette_of(SceneBrief(letters=letters), variant)
    assert palette.ink == colour_code(letters)
    assert ratio(palette.ink, palette.sheet) >= READABLE


@pytest.mark.parametrize("colour", ["red", "blue", "green", "yellow", "black", "pink", "purple"])
def test_the_main_thing_is_seen(colour: str) -> None:
    """Its colour differs from what it stands on."""
    thing = WantedThing(phrase="ball", thing="noto:26bd", colour=colour)
    for variant in range(4):
        palette = palette_of(SceneBrief(panels=(Panel(things=(thing,)),)), variant)
        shown = from_hex(colour_code(colour))
        assert distance(shown, from_hex(palette.soft)) >= VISIBLE


def test_themes_choose() -> None:
    """What is lost is told in signal red, a garden in green."""

    def first(text: str) -> Palette:
        return palette_of(SceneBrief(words=(Words(text=text),)), 0)

    assert first("Lost cat") == CURATED["signal"]
    assert first("Our garden") == CURATED["garden"]


def test_a_word_that_is_no_colour_is_named() -> None:
    """Rather than passed over."""
    with pytest.raises(ValueError, match="plaid"):
        palette_of(SceneBrief(sheet="plaid"), 0)
