"""From runs to lines: pure geometry."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maquette.model_servers.understanding.piece import Piece
from maquette.model_servers.understanding.rows import combine, lines_of


def piece(text: str, x0: float, y0: float, x1: float, y1: float, score: float = 0.99) -> Piece:
    return Piece(text, score, (x0, y0, x1, y1))


def test_lines_come_top_to_bottom_and_left_to_right() -> None:
    """Reading order does not depend on the order of finding."""
    found = [
        piece("third", 0, 100, 90, 120),
        piece("second", 300, 2, 390, 22),
        piece("first", 0, 0, 90, 20),
    ]
    for order in (found, found[::-1]):
        assert [line.text for line in lines_of(order)] == ["first", "second", "third"]


def test_near_runs_of_a_row_are_one_line() -> None:
    """Words set apart by less than two line heights join with one space."""
    (line,) = lines_of([piece("7-12", 130, 5, 200, 45), piece("OPEN", 0, 4, 100, 44)])
    assert line.text == "OPEN 7-12"
    assert line.box == (0, 4, 200, 45)


def test_slanted_or_mixed_sizes_still_share_a_row() -> None:
    """A small word beside a large one is on its row when most of it lies alongside."""
    found = [piece("BIG", 0, 0, 100, 60), piece("small", 110, 30, 160, 50)]
    (line,) = lines_of(found)
    assert line.text == "BIG small"


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 900), st.integers(10, 200)),
        min_size=1,
        max_size=12,
    )
)
def test_no_run_is_lost_or_doubled(places: list[tuple[int, int, int]]) -> None:
    """Every run found is in exactly one line."""
    found = [
        piece(f"w{i}", x, 40 * row, x + width, 40 * row + 20)
        for i, (row, x, width) in enumerate(places)
    ]
    words = " ".join(line.text for line in lines_of(found)).split()
    assert sorted(words) == sorted(p.text for p in found)


def test_second_pass_adds_what_the_first_missed() -> None:
    """Small print found only at the finer scale is kept."""
    first, second = piece("TITLE", 0, 0, 200, 50), piece("small", 0, 100, 40, 110)
    assert combine([first], [piece("TITLE", 1, 1, 199, 49, 0.9), second]) == [first, second]


def test_surer_reading_of_a_place_wins() -> None:
    """Where both passes read, the more confident one stays, unless it reads less."""
    doubtful = piece("SA1E", 0, 0, 100, 50, 0.7)
    sure = piece("SALE", 2, 1, 99, 49, 0.99)
    part = piece("SA", 0, 0, 50, 50, 0.999)
    assert combine([doubtful], [sure]) == [sure]
    assert combine([sure], [doubtful]) == [sure]
    assert combine([sure], [part]) == [sure]
