"""Ties are kept as long as they can all hold, and put things in an order that keeps them."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.design.ranks import contradicts, ranks
from maquette.agents.design.types import Tie

SIZE = 5
pairs = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=8)


def _orderable(edges: list[tuple[int, int]]) -> bool:
    """Whether there is an order with the first of each pair first: by the standard library."""
    sorter: TopologicalSorter[int] = TopologicalSorter()
    for first, second in edges:
        sorter.add(second, first)
    try:
        sorter.prepare()
    except CycleError:
        return False
    return True


@given(pairs)
def test_ties_along_one_axis_contradict_when_no_order_keeps_them(
    wanted: list[tuple[int, int]],
) -> None:
    """Taken one by one, a tie is refused exactly where those kept and it leave no order."""
    kept: list[Tie] = []
    for first, second in wanted:
        tie = Tie(first, "left of", second)
        edges = [(one.subject, one.object) for one in [*kept, tie]]
        assert contradicts(kept, tie) is not _orderable(edges)
        if not contradicts(kept, tie):
            kept.append(tie)


@given(pairs)
def test_ranks_keep_every_pair_in_order(wanted: list[tuple[int, int]]) -> None:
    """Of pairs that can be ordered, the first always ranks before the second."""
    if not _orderable(wanted):
        return
    order = ranks(SIZE, wanted)
    assert all(order[first] < order[second] for first, second in wanted)


@pytest.mark.parametrize(
    ("kept", "tie", "refused"),
    [
        (Tie(0, "left of", 1), Tie(1, "right of", 0), False),
        (Tie(0, "left of", 1), Tie(0, "right of", 1), True),
        (Tie(0, "left of", 1), Tie(0, "above", 1), False),
        (Tie(0, "inside", 1), Tie(0, "above", 1), True),
        (Tie(0, "inside", 1), Tie(1, "inside", 0), True),
        (Tie(0, "inside", 1), Tie(2, "inside", 1), False),
        (Tie(0, "above", 1), Tie(2, "in front of", 2), True),
    ],
)
def test_what_is_inside_stands_on_no_side(kept: Tie, tie: Tie, refused: bool) -> None:
    """The axes are apart; inside and beside exclude each other, and nothing holds itself."""
    assert contradicts([kept], tie) is refused
