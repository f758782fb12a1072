"""A placement is tidied without losing what it keeps."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.design.energy import energy, keeps
from maquette.agents.design.tidy import CENTRED, tidied
from maquette.agents.design.types import Rect, Tie, Wanted

WHOLE: Rect = (0.0, 0.0, 1.0, 1.0)


def _placement(seed: int) -> tuple[list[Rect], list[Tie]]:
    """Three things that lie apart, and the ties that hold of them by where they lie."""
    rng = random.Random(seed)
    rects: list[Rect] = []
    for column in rng.sample(range(4), 3):
        x, y = column / 4 + rng.uniform(0.02, 0.06), rng.uniform(0.02, 0.78)
        rects.append((x, y, x + 0.15, y + 0.2))
    ties = [
        Tie(a, "left of" if rects[a][0] < rects[b][0] else "right of", b)
        for a, b in ((0, 1), (1, 2))
    ]
    return rects, ties


@given(st.integers(0, 500))
def test_what_held_still_holds_and_looks_no_worse(seed: int) -> None:
    """Every tie, inside the area, sizes unchanged, and no less balanced."""
    rects, ties = _placement(seed)
    wanted = [Wanted("a"), Wanted("b"), Wanted("c")]
    if not keeps(rects, ties):
        return
    found = tidied(rects, ties, wanted, WHOLE)
    assert keeps(found, ties)
    assert energy(found, ties, wanted, WHOLE) <= energy(rects, ties, wanted, WHOLE) + 1e-9
    for old, new in zip(rects, found, strict=True):
        assert (new[2] - new[0], new[3] - new[1]) == pytest.approx((0.15, 0.2))
        assert min(new) >= -1e-9 and max(new) <= 1 + 1e-9
        assert old[3] - old[1] == pytest.approx(0.2)


def test_the_whole_moves_towards_the_middle() -> None:
    """By three quarters of the way; the rest is left to chance."""
    (found,) = tidied([(0.0, 0.0, 0.2, 0.2)], [], [Wanted("a")], WHOLE)
    assert found == pytest.approx((0.4 * CENTRED, 0.4 * CENTRED, 0.2 + 0.3, 0.2 + 0.3))


def test_what_has_its_place_stays_there() -> None:
    """A thing that was put somewhere is not moved into line, nor with the whole."""
    rects: list[Rect] = [(0.0, 0.0, 0.2, 0.2), (0.5, 0.5, 0.7, 0.7)]
    wanted = [Wanted("a", place="top left"), Wanted("b")]
    assert tidied(rects, [Tie(0, "above", 1)], wanted, WHOLE) == rects


def test_lining_up_stops_where_things_would_meet() -> None:
    """Of two things on the same side of a third only one can be level with it."""
    rects: list[Rect] = [(0.1, 0.1, 0.2, 0.2), (0.1, 0.6, 0.2, 0.7), (0.5, 0.3, 0.7, 0.5)]
    ties = [Tie(0, "left of", 2), Tie(1, "left of", 2)]
    found = tidied(rects, ties, [Wanted("a"), Wanted("b"), Wanted("c")], WHOLE)
    assert keeps(found, ties)
    middles = [(rect[1] + rect[3]) / 2 for rect in found]
    assert middles[0] == pytest.approx(middles[2]) and middles[1] != pytest.approx(middles[2])
