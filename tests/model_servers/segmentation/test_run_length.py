"""Masks as text and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco

from maquette.model_servers.segmentation.run_length import (
    coarse,
    decode_grid,
    encode_grid,
    encode_mask,
    to_coco,
)
from maquette.records.errors import InvalidInput

LABELS = st.text(min_size=1, max_size=8) | st.sampled_from(
    ["others", "a boat", " *3", "x *2| y *1", "</seg>", "<seg>", "\\", "\n ", " a", "a ", "|"]
)


@st.composite
def grids(draw: st.DrawFn) -> list[list[str]]:
    height, width = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    some = draw(st.lists(LABELS, min_size=1, max_size=3))
    cell = st.sampled_from(some)
    row = st.lists(cell, min_size=width, max_size=width)
    return draw(st.lists(row, min_size=height, max_size=height))


masks = st.integers(1, 9).flatmap(
    lambda h: st.integers(1, 9).flatmap(
        lambda w: st.lists(st.booleans(), min_size=h * w, max_size=h * w).map(
            lambda bits: np.array(bits).reshape(h, w)
        )
    )
)


@given(grids())
def test_a_grid_of_any_labels_survives_writing_and_reading(labels: list[list[str]]) -> None:
    """Nothing is lost, whatever characters the labels hold."""
    reading = decode_grid(encode_grid(labels), len(labels), len(labels[0]))
    assert [list(row) for row in reading.labels] == labels
    assert reading.parse_ok


@given(masks)
def test_a_mask_survives_as_text_and_as_coco(mask: np.ndarray) -> None:
    """Both text forms give back every pixel."""
    reading = decode_grid(encode_mask(mask, "a boat"), *mask.shape)
    found = [[label == "a boat" for label in row] for row in reading.labels]
    assert reading.parse_ok and np.array_equal(np.array(found), mask)
    size, counts = to_coco(mask)
    decoded = coco.decode({"size": list(size), "counts": counts.encode("ascii")})
    assert np.array_equal(decoded.astype(bool), mask)


def test_the_form_is_text4segs() -> None:
    """Rows of runs, as the method writes them."""
    mask = np.array([[False, True, True], [False, False, False]])
    assert encode_mask(mask, "red boat") == "<seg>others *1| red boat *2\n others *3</seg>"


def test_writing_what_was_read_gives_the_same_text() -> None:
    """The other direction: a well-formed text with merged runs is a fixed point."""
    text = "<seg>sky *2| red boat *2\n sea *4\n sea *1| fish *1| sea *2</seg>"
    assert encode_grid(decode_grid(text, 3, 4).labels) == text


@given(
    st.text(max_size=60)
    | st.sampled_from(
        [
            "<seg>a *2| b *1\n a *3",
            "<seg>a *0| b *3</seg>",
            "<seg>a *-1\n b *3</seg>",
            "<seg>a *999999999999\n b *3</seg>",
            "<seg>a\n b *3</seg>",
            "<seg>a *3</seg>",
            "<seg>a *3\n a *3\n a *3</seg>",
            "<seg>a *3\n a *4</seg>",
            "<seg>a\\q *3\n a *3</seg>",
            "<seg>a *3\n a *3</seg> and more",
        ]
    )
)
def test_broken_text_is_read_as_far_as_it_goes_and_told(text: str) -> None:
    """Reading never raises, always has the size asked for, and says that something was wrong."""
    reading = decode_grid(text, 2, 3)
    assert [len(row) for row in reading.labels] == [3, 3]
    assert not reading.parse_ok


def test_short_and_long_rows() -> None:
    """A short row repeats its last label, a long one is cut, a missing one is background."""
    reading = decode_grid("<seg>a *1| b *1\n a *9</seg>", 3, 3)
    assert reading.labels == (("a", "b", "b"), ("a", "a", "a"), ("others",) * 3)
    assert len(reading.problems) == 3


def test_labels_that_cannot_be_told_from_the_background_are_refused() -> None:
    """So is an empty one, and a grid without cells."""
    for bad in ("", "others"):
        with pytest.raises(InvalidInput):
            encode_mask(np.ones((1, 1), bool), bad)
    with pytest.raises(InvalidInput):
        encode_grid([[]])


@given(masks.filter(lambda m: m.any()))
def test_a_mask_that_is_there_stays_there_coarsely(mask: np.ndarray) -> None:
    """However thin, something of it is left on a coarse grid."""
    assert coarse(mask, 3).any()


def test_a_coarse_cell_is_true_where_half_of_it_is() -> None:
    """Quarters of 4 x 4 pixels with 2, 1, 0 and 4 of 4 covered."""
    mask = np.array([[1, 1, 1, 0], [0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]], bool)
    assert coarse(mask, 2).tolist() == [[True, False], [False, True]]


def test_text_is_short_where_rows_are_long_runs() -> None:
    """A disc on a grid of 24 takes at most 0.4 of the words of the cell-by-cell grid."""
    y, x = np.mgrid[:24, :24]
    mask = (x - 12) ** 2 + (y - 12) ** 2 < 60
    raw = sum(len(("circle" if cell else "others").split()) for cell in mask.ravel())
    assert len(encode_mask(mask, "circle").split()) <= 0.4 * raw
