"""Whether ties hold, and which placement looks better balanced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.design.energy import MARGIN, apart, energy, holds, keeps
from maquette.agents.design.types import Rect, Tie, Wanted

WHOLE: Rect = (0.0, 0.0, 1.0, 1.0)
cells = st.integers(0, 9)


def _rect(x: int, y: int) -> Rect:
    """A square in one cell of a ten by ten grid, with a margin's gap to its neighbours."""
    return x / 10, y / 10, x / 10 + 0.1 - MARGIN, y / 10 + 0.1 - MARGIN


@given(cells, cells, cells, cells)
def test_sides_of_squares_on_a_grid_go_by_their_cells(ax: int, ay: int, bx: int, by: int) -> None:
    """On a grid every relation can be told by counting cells."""
    a, b = (_rect(ax, ay), _rect(bx, by))
    slack = 1e-9  # a shared edge is within rounding
    shrunk = (a[0] + slack, a[1] + slack, a[2] - slack, a[3] - slack)
    assert holds(shrunk, "left of", b) is (ax < bx)
    assert holds(shrunk, "right of", b) is (ax > bx)
    assert holds(shrunk, "above", b) is (ay < by)
    assert holds(shrunk, "below", b) is (ay > by)
    assert holds(shrunk, "inside", b) is ((ax, ay) == (bx, by))
    assert apart(shrunk, b) is ((ax, ay) != (bx, by))


def test_only_what_may_touch_may_overlap() -> None:
    """Things overlap where one is inside or in front of the other, and nowhere else."""
    outer, inner = (0.2, 0.2, 0.8, 0.8), (0.4, 0.4, 0.6, 0.6)
    assert keeps([inner, outer], [Tie(0, "inside", 1)])
    assert not keeps([inner, outer], [])
    front = (0.3, 0.5, 0.5, 0.9)
    assert keeps([front, outer], [Tie(0, "in front of", 1)])
    assert not keeps([outer, front], [Tie(0, "in front of", 1)])


@pytest.mark.parametrize("relation", ["above", "below", "left of", "right of", "beside", "inside"])
def test_in_line_in_the_middle_is_perfect(relation: str) -> None:
    """Nothing is off by anything; the same two out of line are worse."""
    across = relation in ("left of", "right of", "beside")
    one: Rect = (0.2, 0.45, 0.4, 0.55) if across else (0.45, 0.2, 0.55, 0.4)
    two: Rect = (0.6, 0.45, 0.8, 0.55) if across else (0.45, 0.6, 0.55, 0.8)
    if relation == "inside":
        one, two = (0.45, 0.45, 0.55, 0.55), (0.3, 0.3, 0.7, 0.7)
    wanted, ties = [Wanted("a"), Wanted("b")], [Tie(0, relation, 1)]  # type: ignore[arg-type]
    assert energy([one, two], ties, wanted, WHOLE) == pytest.approx(0, abs=1e-12)
    off = (one[0] + 0.05, one[1] + 0.05, one[2] + 0.05, one[3] + 0.05)
    assert energy([off, two], ties, wanted, WHOLE) > 0.04


@pytest.mark.parametrize(
    ("place", "corner"),
    [("top left", (0.0, 0.0)), ("bottom right", (0.8, 0.8)), ("centre", (0.4, 0.4))],
)
def test_a_place_is_where_a_thing_lies_against_the_edges(
    place: str, corner: tuple[float, float]
) -> None:
    """A thing of a fifth of the sheet is at its place when it touches those edges."""
    x, y = corner
    wanted = [Wanted("a", place=place)]
    assert energy([(x, y, x + 0.2, y + 0.2)], [], wanted, WHOLE) == pytest.approx(0, abs=1e-12)
    assert energy([(0.6, 0.1, 0.8, 0.3)], [], wanted, WHOLE) > 0.5
