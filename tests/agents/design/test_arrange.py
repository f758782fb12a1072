"""Layouts keep every stated relation, stay inside, and never overlap."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.agents.design.arrange import arrange, grid
from maquette.agents.design.types import Tie, Wanted
from maquette.records.geometry import Box

PLAIN = ("left of", "right of", "above", "below")


def _overlap(a: Box, b: Box) -> float:
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    return max(0.0, width) * max(0.0, height)


def _side(a: Box, relation: str, b: Box) -> bool:
    """Wholly on the side: a second, plain statement of the four relations."""
    return {
        "left of": a.x1 <= b.x0,
        "right of": a.x0 >= b.x1,
        "above": a.y1 <= b.y0,
        "below": a.y0 >= b.y1,
    }[relation]


def _consistent_ties(rng: random.Random, count: int, ties: int) -> list[Tie]:
    """Ties that hold of some random points, so that they cannot contradict one another."""
    points = [(rng.random(), rng.random()) for _ in range(count)]
    found = []
    for _ in range(ties):
        a, b = rng.sample(range(count), 2)
        (ax, ay), (bx, by) = points[a], points[b]
        if rng.random() < 0.5:
            found.append(Tie(a, "left of" if ax < bx else "right of", b))
        else:
            found.append(Tie(a, "above" if ay < by else "below", b))
    return found


@pytest.mark.slow
@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(0, 5))
def test_every_tie_holds_and_nothing_overlaps(seed: int, count: int, ties: int) -> None:
    """For any ties that can hold, all of them hold, boxes lie inside the area and apart."""
    rng = random.Random(seed)
    wanted = [
        Wanted(
            f"thing {k}",
            count=rng.choice([1, 1, 1, 2, 3]),
            aspect=rng.choice([0.6, 1.0, 1.6]),
            size=rng.choice([None, "small", "large"]),
        )
        for k in range(count)
    ]
    wanted = wanted if sum(w.count for w in wanted) <= 9 else [Wanted(w.phrase) for w in wanted]
    asked = _consistent_ties(rng, count, ties)
    area = rng.choice([(0.0, 0.0, 1.0, 1.0), (0.0, 0.15, 1.0, 0.85), (0.2, 0.0, 0.8, 1.0)])
    found = arrange(wanted, asked, area=area, seed=seed)
    assert found.dropped == ()
    assert [len(boxes) for boxes in found.boxes] == [w.count for w in wanted]
    every = [box for boxes in found.boxes for box in boxes]
    for box in every:
        assert area[0] <= box.x0 and box.x1 <= area[2] and area[1] <= box.y0 and box.y1 <= area[3]
    for i, a in enumerate(every):
        for b in every[:i]:
            assert _overlap(a, b) < 1e-6
    for tie in asked:
        for a in found.boxes[tie.subject]:
            for b in found.boxes[tie.object]:
                assert _side(a, tie.relation, b), tie


def test_the_same_seed_gives_the_same_boxes() -> None:
    """Layout is a function of its input; another seed gives another layout."""
    wanted, ties = [Wanted("a"), Wanted("b", count=3)], [Tie(0, "above", 1)]
    assert arrange(wanted, ties, seed=5) == arrange(wanted, ties, seed=5)
    assert arrange(wanted, ties, seed=5) != arrange(wanted, ties, seed=6)


@pytest.mark.parametrize(
    "ties",
    [
        [Tie(0, "above", 1), Tie(1, "above", 0)],
        [Tie(0, "left of", 1), Tie(1, "left of", 2), Tie(2, "left of", 0)],
        [Tie(0, "above", 1), Tie(0, "inside", 1)],
        [Tie(0, "above", 0)],
    ],
)
def test_contradictions_are_dropped_and_told(ties: list[Tie]) -> None:
    """The tie that contradicts the earlier ones is the one left out; the others hold."""
    found = arrange([Wanted("a"), Wanted("b"), Wanted("c")], ties, seed=0)
    assert found.dropped == (ties[-1],)
    for tie in ties[:-1]:
        assert _side(found.boxes[tie.subject][0], tie.relation, found.boxes[tie.object][0])


def test_inside_means_inside() -> None:
    """What is inside another thing has its box within, and at most half as large."""
    (inner,), (outer,) = arrange([Wanted("a"), Wanted("b")], [Tie(0, "inside", 1)], seed=1).boxes
    assert outer.x0 <= inner.x0 and inner.x1 <= outer.x1
    assert outer.y0 <= inner.y0 and inner.y1 <= outer.y1
    assert inner.width <= 0.51 * outer.width


def test_beside_means_level_and_apart() -> None:
    """Next to means side by side at about the same height."""
    (a,), (b,) = arrange([Wanted("a"), Wanted("b")], [Tie(0, "beside", 1)], seed=3).boxes
    assert abs(a.centre[1] - b.centre[1]) < 0.15 and (a.x1 <= b.x0 or b.x1 <= a.x0)


@pytest.mark.parametrize(
    ("place", "x", "y"),
    [("top left", 0, 0), ("bottom right", 1, 1), ("top", 0.5, 0), ("left", 0, 0.5)],
)
def test_places_pull_things_there(place: str, x: float, y: float) -> None:
    """A thing with a place on the sheet is nearer to it than to the opposite place."""
    ((box,), _) = arrange([Wanted("a", size="small", place=place), Wanted("b")], [], seed=2).boxes
    cx, cy = box.centre
    assert abs(cx - x) <= abs(cx - (1 - x)) + 1e-9 and abs(cy - y) <= abs(cy - (1 - y)) + 1e-9


@pytest.mark.parametrize(
    ("count", "shape"),
    [(1, (1, 1)), (3, (3, 1)), (4, (2, 2)), (5, (3, 2)), (9, (3, 3)), (16, (4, 4))],
)
def test_counts_become_rows_and_grids(count: int, shape: tuple[int, int]) -> None:
    """Up to three copies stand in a row; more stand in a grid as square as can be."""
    assert grid(count) == shape


def test_sixteen_copies_have_boxes_of_one_size() -> None:
    """All copies of a thing are equally large and none overlaps another."""
    (boxes,) = arrange([Wanted("star", count=16)], [], seed=0).boxes
    assert len({(round(b.width, 3), round(b.height, 3)) for b in boxes}) == 1
    assert all(_overlap(a, b) == 0 for i, a in enumerate(boxes) for b in boxes[:i])
