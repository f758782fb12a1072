"""What stands on another touches it, whatever both are shaped like, one or several."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.tools.art.layout.contact.standing import SUNK, Stander, bears, stood
from maquette.tools.art.layout.nature import Seat
from maquette.tools.art.layout.ties import Rect
from maquette.tools.art.layout.touching import Inked, Moved

FULL = np.ones((32, 32), dtype=bool)
LEGS = FULL.copy()
LEGS[20:, 8:24] = False
"""Two legs, with nothing between them."""
HOST = (10.0, 20.0, 30.0, 40.0)


def _one(width: float, height: float, mask: np.ndarray = FULL) -> Stander:
    rect = (0.0, 0.0, width, height)
    return Stander(rect, (rect, mask))


def _at(one: Stander, move: Moved) -> Inked:
    by, x, y = move
    (x0, y0, x1, y1), mask = one.base
    return (x0 * by + x, y0 * by + y, x1 * by + x, y1 * by + y), mask


def test_a_square_stands_on_the_middle_of_a_square() -> None:
    """Unshrunk, its lower edge a hundredth of the host below the upper edge of that."""
    (move,) = stood([_one(8, 6)], (HOST, FULL))
    rect, _ = _at(_one(8, 6), move)
    assert rect == pytest.approx((16, 14 + 20 * SUNK, 24, 20 + 20 * SUNK))


def test_a_seat_bears_what_is_on_it() -> None:
    """Its height and its ends come from the table, and what is too wide for it is made smaller."""
    seat = Seat(0.5, 0.25, 0.75)
    (move,) = stood([_one(20, 10)], (HOST, FULL), seat)
    (x0, y0, x1, y1), _ = _at(_one(20, 10), move)
    assert 15 <= x0 < x1 <= 25 and y1 == pytest.approx(30 + 20 * SUNK)
    assert (x1 - x0) / (y1 - y0) == pytest.approx(2)


def test_legs_stand_on_the_level_and_not_across_a_step() -> None:
    """On a host with a tower at its left third, two legs find the wide level part."""
    steps = FULL.copy()
    steps[:16, 10:] = False
    (move,) = stood([_one(9, 9, LEGS)], (HOST, steps))
    (x0, _, _, y1), _ = _at(_one(9, 9), move)
    assert y1 == pytest.approx(30 + 20 * SUNK) and x0 >= 10 + 20 * 10 / 32 - 0.7


def _share(a: Rect, b: Rect) -> float:
    """How much two overlap across, in the width of the narrower."""
    return (min(a[2], b[2]) - max(a[0], b[0])) / min(a[2] - a[0], b[2] - b[0])


@given(
    tops=st.lists(st.integers(0, 24), min_size=6, max_size=6),
    count=st.integers(1, 6),
    size=st.floats(2, 60),
    mask=st.sampled_from([FULL, LEGS]),
)
@settings(max_examples=25, deadline=None)
def test_all_touch_side_by_side_on_any_skyline(
    tops: list[int], count: int, size: float, mask: np.ndarray
) -> None:
    """The pixel below one of each one's feet, looked up in the host's mask, is ink; neighbours
    overlap by a seventh at most; no row is wider than the host by more than a fifth."""
    host = np.repeat(np.arange(32)[:, None] >= np.repeat(tops, 6)[None, :], 1, axis=1)
    standers = [_one(size, size, mask) for _ in range(count)]
    rects = [_at(one, move)[0] for one, move in
             zip(standers, stood(standers, (HOST, host)), strict=True)]  # fmt: skip
    for x0, _, x1, y1 in rects:
        feet = np.flatnonzero(mask[-1])
        xs = x0 + (feet + 0.5) / 32 * (x1 - x0)
        columns = np.floor((xs - 10) / 20 * 36).astype(int)
        columns = columns[(columns >= 0) & (columns < 36)]
        row = min(31, int((y1 - 20) / 20 * 32 + 0.5))
        assert host[row, columns].any()
    assert all(_share(a, b) < 1 / 7 for a, b in itertools.pairwise(rects))
    assert rects[-1][2] - rects[0][0] <= 1.2 * 20 + 1e-6


@pytest.mark.parametrize(
    ("shift", "touching"),
    [((0, 0), True), ((0, -2), False), ((0, 4), True), ((11, 0), False), ((-11, 0), False)],
)
def test_bearing_is_contact_below_the_feet(shift: tuple[float, float], touching: bool) -> None:
    """Two units above a host of twenty is no contact; nor is beside it, half over its edge."""
    x, y = shift
    guest = ((16.0 + x, 12.0 + y, 24.0 + x, 20.0 + y), FULL)
    assert bears((HOST, FULL), guest) is touching
