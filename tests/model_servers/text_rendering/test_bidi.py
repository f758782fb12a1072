"""Text from right to left: levels, lines in visual order, and their places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.model_servers.text_rendering.bidi import has_right_to_left, levels, visual_order
from maquette.model_servers.text_rendering.block import set_block
from maquette.model_servers.text_rendering.shaping import arranged, shape
from maquette.records.geometry import Box

pytest.importorskip("bidi", reason="python-bidi orders text from right to left")
WHOLE = Box(x0=0, y0=0, x1=1, y1=1)


def test_levels_are_those_of_the_standard() -> None:
    """Hebrew is odd, a Latin word or a number inside it even and higher (UAX 9, rules I1, I2)."""
    assert levels("אב 12 ab") == (1, 1, 1, 2, 2, 1, 2, 2)
    assert levels("ab אב") == (0, 0, 0, 1, 1)


@given(st.text("אבגab12 .,-", min_size=1, max_size=24).filter(lambda t: t.strip() == t != ""))
def test_order_is_that_of_the_other_implementation(text: str) -> None:
    """Characters come in the order in which Rust's unicode-bidi shows them."""
    from bidi import get_display  # type: ignore[import-not-found,import-untyped,unused-ignore]

    mirrored = "".join(text[i] for i in visual_order(levels(text)))
    assert mirrored == get_display(text)


@given(st.lists(st.integers(0, 3), max_size=12))
def test_an_order_loses_nothing(line: list[int]) -> None:
    """Every part has one place."""
    assert sorted(visual_order(line)) == list(range(len(line)))


def test_latin_knows_nothing_of_it() -> None:
    """No library is asked for where all runs from left to right."""
    assert not has_right_to_left("Grüße, 中文, Ω 123")
    assert has_right_to_left("a א") and has_right_to_left("١")


def test_words_of_a_line_stand_from_the_right() -> None:
    """The first Hebrew word ends the line, the second begins it; a Latin one keeps its order."""
    first, second, third = arranged(shape("שלום ab עולם", "sans", 0.0).words)
    assert third.ink[2] < second.ink[0] < second.ink[2] < first.ink[0]
    letters = [glyph.x for glyph in second.glyphs]
    assert letters == sorted(letters)


def test_a_line_keeps_its_width_in_any_order() -> None:
    """What is measured before lines are broken holds what is seen after."""
    words = shape("חנות ספרים (Books) פתוחה 9:00", "sans-bold", 0.0).words
    seen = arranged(words)
    measured = words[-1].ink[2] - words[0].ink[0]
    shown = max(w.ink[2] for w in seen) - min(w.ink[0] for w in seen)
    assert shown <= measured + 1e-9
    assert shown == pytest.approx(measured, abs=0.25)


def test_brackets_turn_with_the_line() -> None:
    """An opening bracket in Hebrew is drawn as the glyph that closes in Latin."""
    (hebrew,) = shape("(א", "sans", 0.0).words
    (latin,) = shape(")", "sans", 0.0).words
    assert hebrew.glyphs[0].outline == latin.glyphs[0].outline


@given(
    text=st.sampled_from(["عيد مبارك كل عام", "שלום עולם 2027", "Tea שלום tea", "א\nab"]),
    align=st.sampled_from(["left", "center", "right"]),
)
def test_lines_are_told_as_they_are_read(text: str, align: str) -> None:
    """The text of the lines is the logical one; all ink stays in the box."""
    box = Box(x0=0.1, y0=0.1, x1=0.9, y1=0.9)
    block = TextBlock(text=text, box=box, align=align)  # type: ignore[arg-type]
    placed = set_block(block, 300, 200).placed(300, 200)
    assert " ".join(line.text for line in placed.lines) == text.replace("\n", " ")
    assert placed.box.x0 >= 0.1 - 1e-6 and placed.box.x1 <= 0.9 + 1e-6
