"""Posters and signs: letters that can be read, in zones that never meet the art."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.design.palette import background, sheet_palette, thing_colour
from maquette.agents.design.poster import ZONES, design_poster, design_sign
from maquette.records.geometry import Box
from maquette.words.colours import WORDS, contrast, distance, nearest, oklab

STRINGS = st.lists(st.text("ABCDEFGHIJ abc", min_size=1, max_size=60), min_size=1, max_size=5)
PALETTE = sheet_palette("red", None, 0)


def _overlap(a: Box, b: Box) -> bool:
    return a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 and b.y0 < a.y1


def test_contrast_follows_wcag() -> None:
    """Black on white is 21 to 1, equal colours 1 to 1, #767676 on white 4.54 (WCAG's example)."""
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((9, 9, 9), (9, 9, 9)) == 1
    assert contrast((0x76, 0x76, 0x76), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


def test_oklab_of_known_colours() -> None:
    """White is (1, 0, 0) and red (0.628, 0.2249, 0.1258), the published values."""
    assert oklab((255, 255, 255)) == pytest.approx((1, 0, 0), abs=1e-3)
    assert oklab((255, 0, 0)) == pytest.approx((0.628, 0.2249, 0.1258), abs=1e-3)


@pytest.mark.parametrize("colour", [None, *sorted(WORDS)])
def test_every_sheet_is_readable(colour: str | None) -> None:
    """Whatever is shown, the letters stand out from the sheet at 7 to 1 or better."""
    for seed in range(12):
        assert sheet_palette(colour, None, seed).ratio >= 7


@pytest.mark.parametrize("colour", sorted(WORDS))
def test_letters_of_any_colour_are_readable(colour: str) -> None:
    """Letters in a colour that was asked for get a sheet with a contrast of at least 4.5 (AA)."""
    assert sheet_palette("red", colour, 0).ratio >= 4.5


@given(STRINGS, st.dictionaries(st.integers(0, 4), st.sampled_from(ZONES)))
def test_zones_do_not_meet(strings: list[str], zones: dict[int, str]) -> None:
    """No block overlaps another, and none but a centred one overlaps the art."""
    sheet = design_poster(strings, zones, PALETTE, font="sans-bold")
    assert [block.text for block in sheet.blocks] == strings
    for i, a in enumerate(sheet.blocks):
        for b in sheet.blocks[:i]:
            assert not _overlap(a.box, b.box)
        centred = zones.get(i) == "centre"
        assert centred or not _overlap(a.box, sheet.art_box)
        assert (a.panel is not None) == centred


@pytest.mark.parametrize(
    ("zone", "part"), [("top", "above"), ("bottom", "below"), ("left", "left"), ("right", "right")]
)
def test_the_zone_is_on_its_side_of_the_art(zone: str, part: str) -> None:
    """Text above a thing stands above the art, and so on for each side."""
    sheet = design_poster(["HELLO"], {0: zone}, PALETTE, font="sans-bold")
    box, art = sheet.blocks[0].box, sheet.art_box
    assert {
        "above": box.y1 <= art.y0,
        "below": box.y0 >= art.y1,
        "left": box.x1 <= art.x0,
        "right": box.x0 >= art.x1,
    }[part]


def test_the_window_is_what_covering_leaves() -> None:
    """A square picture that covers a zone 1.0 wide and 0.76 high shows its middle 76 %."""
    sheet = design_poster(["HELLO"], {}, PALETTE, font="sans-bold")
    height = sheet.art_box.height
    assert sheet.window == pytest.approx((0, (1 - height) / 2, 1, (1 + height) / 2))


@given(STRINGS)
def test_a_sign_holds_its_strings_in_order(strings: list[str]) -> None:
    """On a plain sign the strings stand one below the other, in the order given."""
    blocks = design_sign(strings, PALETTE, font="sans-bold").blocks
    for upper, lower in pairwise(blocks):
        assert upper.box.y1 <= lower.box.y0


BACKGROUNDS = ("cream", "pale blue", "mint", "lavender", "peach", "light gray", "navy", "teal")


@pytest.mark.parametrize("colour", ["white", "black", "yellow", "blue", "gray", "red"])
def test_things_stand_out_from_the_background(colour: str) -> None:
    """The background that is chosen differs visibly from the thing that stands on it."""
    for seed in range(8):
        ground = background([colour], None, BACKGROUNDS, seed)
        assert ground is not None and distance(WORDS[ground], WORDS[colour]) >= 0.2


def test_a_background_that_was_asked_for_is_met_as_nearly_as_can_be() -> None:
    """A known background is taken as it is, another by its nearest; an open model gets the word."""
    assert background([], "mint", BACKGROUNDS, 0) == "mint"
    assert background([], "indigo", BACKGROUNDS, 0) == "navy"
    assert background([], "indigo", (), 0) == "indigo"


def test_shades_go_to_the_nearest_colour() -> None:
    """Crimson is a red, emerald a green, and no word is lost."""
    basic = ("red", "green", "blue", "yellow", "purple", "orange")
    assert nearest("crimson", basic) == "red" and nearest("emerald", basic) == "green"
    assert thing_colour("sun", basic, 3) == "yellow"
