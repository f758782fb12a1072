"""Relations: those that can hold together are kept, and contradictions are found."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from maquette.tools.art.brief import WantedRelation
from maquette.tools.art.layout.ties import ACROSS, DOWN, consistent, cyclic, edges, holds

RELATIONS = ("left of", "right of", "above", "below")
TIES = st.lists(
    st.builds(
        WantedRelation,
        subject=st.integers(0, 3),
        relation=st.sampled_from(RELATIONS),
        object=st.integers(0, 3),
    ),
    max_size=6,
)


@given(TIES)
def test_what_is_kept_can_be_drawn(ties: list[WantedRelation]) -> None:
    """By brute force: an order on each axis keeps all that was kept, and none keeps one more of
    what was dropped."""
    kept, dropped = consistent(ties)
    assert len(kept) + len(dropped) <= len(ties)
    assert all(_orderable(edges(kept, axis)) for axis in (ACROSS, DOWN))
    for tie in dropped:
        trial = [*kept, tie]
        assert not all(_orderable(edges(trial, axis)) for axis in (ACROSS, DOWN))


def _orderable(pairs: list[tuple[int, int]]) -> bool:
    return any(
        all(order.index(a) < order.index(b) for a, b in pairs if a != b)
        and all(a != b for a, b in pairs)
        for order in permutations(range(4))
    )


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=7))
def test_cycles_are_found(pairs: list[tuple[int, int]]) -> None:
    """A set of edges is cyclic exactly if no order keeps it."""
    assert cyclic(pairs) == (not _orderable(pairs))


def test_nothing_stands_in_two_others_or_in_itself() -> None:
    """A second host, and a host that stands in its guest, are contradictions."""
    inside = WantedRelation(subject=0, relation="inside", object=1)
    kept, dropped = consistent(
        [
            inside,
            WantedRelation(subject=0, relation="in front of", object=2),
            WantedRelation(subject=1, relation="inside", object=0),
        ]
    )
    assert kept == [inside] and len(dropped) == 2


def test_relations_of_rectangles() -> None:
    """Plain cases, and each against its mirror image."""
    a, b = (0.0, 40.0, 20.0, 60.0), (50.0, 40.0, 90.0, 60.0)
    assert holds(a, "left of", b, 100) and not holds(b, "left of", a, 100)
    assert holds(b, "right of", a, 100) and holds(a, "beside", b, 100)
    above = (50.0, 0.0, 90.0, 39.0)
    assert holds(above, "above", b, 100) and holds(b, "below", above, 100)
    assert not holds(above, "above", a, 100) or above[3] <= a[1]
    assert holds((60, 45, 70, 55), "inside", b, 100) and not holds(a, "inside", b, 100)
    assert holds((80, 45, 99, 65), "in front of", b, 100)
