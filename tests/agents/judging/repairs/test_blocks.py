"""Each change of a block sets it more clearly, and ends when there is nothing left to change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.judging.repairs import blocks
from maquette.agents.judging.repairs.blocks import EDGE, GROWTH, Block, Setting
from maquette.agents.judging.repairs.typeset import CHANGES
from maquette.model_servers.schemas.text_rendering import TextBlock

BOX = {"x0": 0.3, "y0": 0.4, "x1": 0.7, "y1": 0.5}
BLOCK: Block = {"text": "GRAND OPENING", "box": BOX, "colour": "#cc2222"}


def _setting(block: Block = BLOCK, *others: Block, height_px: int = 768) -> Setting:
    return Setting(block, others, height_px)


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_every_change_ends_and_keeps_the_letters(name: str) -> None:
    """Again and again, each comes to an end, stays a valid block, and says the same words."""
    change, words = CHANGES[name]
    block, times = BLOCK, 0
    while (changed := change(_setting(block))) is not None:
        assert changed != block
        block, times = changed, times + 1
        TextBlock.model_validate(block)
        assert block["text"].split() == ["GRAND", "OPENING"]
        assert times < 30
    assert times >= 1 and words


@pytest.mark.parametrize("ink", ["#000000", "#ffffff", "#cc2222", "#ffd75e", "#777777"])
def test_a_plate_is_as_far_from_the_ink_as_can_be(ink: str) -> None:
    """Of the dark and the light plate the one that the letters stand out more from."""
    block = blocks.plate(_setting({**BLOCK, "colour": ink}))
    assert block is not None and block["colour"] == ink
    other = blocks.DARK if block["panel"] == blocks.LIGHT else blocks.LIGHT
    assert _contrast(ink, block["panel"]) >= _contrast(ink, other)


def test_the_strongest_contrast_is_near_that_of_black_on_white() -> None:
    """Black on white has 21 : 1; no other setting here comes near."""
    block = blocks.contrasting(_setting())
    assert block is not None and _contrast(block["colour"], block["panel"]) > 18


def _contrast(one: str, two: str) -> float:
    """The contrast ratio, by the definition in WCAG 2."""
    lights = []
    for code in (one, two):
        channels = [int(code[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        lights.append(0.2126 * r + 0.7152 * g + 0.0722 * b)
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_a_lone_box_grows_to_each_side() -> None:
    """By the same part of the sheet, where neither neighbour nor edge is near."""
    grown = blocks.larger(_setting())
    assert grown is not None
    assert grown["box"] == pytest.approx(
        {"x0": 0.3 - GROWTH, "y0": 0.4 - GROWTH, "x1": 0.7 + GROWTH, "y1": 0.5 + GROWTH}
    )


fractions = st.floats(0.02, 0.98)


@given(st.lists(st.tuples(fractions, fractions, fractions, fractions), max_size=4))
def test_a_grown_box_covers_the_old_and_no_neighbour(
    corners: list[tuple[float, float, float, float]],
) -> None:
    """It stays within the edges, and meets no box that the old one did not meet."""
    others: list[dict[str, Any]] = []
    for a, b, c, d in corners:
        box = {"x0": min(a, c), "y0": min(b, d), "x1": max(a, c), "y1": max(b, d)}
        if box["x1"] - box["x0"] > 0.01 and box["y1"] - box["y0"] > 0.01 and not _meet(box, BOX):
            others.append({**BLOCK, "box": box})
    grown = blocks.larger(_setting(BLOCK, *others))
    if grown is None:
        return
    box = grown["box"]
    assert EDGE <= box["x0"] <= BOX["x0"] and BOX["x1"] <= box["x1"] <= 1 - EDGE
    assert EDGE <= box["y0"] <= BOX["y0"] and BOX["y1"] <= box["y1"] <= 1 - EDGE
    assert not any(_meet(other["box"], box, slack=1e-4) for other in others)


def _meet(one: dict[str, float], two: dict[str, float], slack: float = 0.0) -> bool:
    """Whether two boxes share more than an edge."""
    return (
        one["x0"] < two["x1"] - slack
        and two["x0"] < one["x1"] - slack
        and one["y0"] < two["y1"] - slack
        and two["y0"] < one["y1"] - slack
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("GRAND OPENING", "GRAND\nOPENING"),
        ("SALE", None),
        ("GRAND\nOPENING", None),
        ("one two three four five six seven", None),
    ],
)
def test_one_word_a_line_for_two_to_six_words(text: str, lines: str | None) -> None:
    """A single word has no space to lose; seven lines would be too small to read."""
    block = blocks.more_lines(_setting({**BLOCK, "text": text}))
    assert (None if block is None else block["text"]) == lines


@pytest.mark.parametrize(("height_px", "limit"), [(768, 108), (100, 24), (2048, 287)])
def test_calmer_letters_are_a_seventh_of_the_sheet(height_px: int, limit: int) -> None:
    """14 % of its height, rounded, and no less than 24 px."""
    block = blocks.calmer(_setting(height_px=height_px))
    assert block is not None and block["max_size_px"] == limit
