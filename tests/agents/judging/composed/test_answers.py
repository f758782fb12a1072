"""Criteria of several mentions, frames and relations, answered from what is seen."""

from __future__ import annotations

import pytest
from composed_pictures import PlainSources, scene, thing

from maquette.agents.judging.composed.answers import Answers
from maquette.agents.judging.composed.looking import look
from maquette.agents.judging.composed.places import relation
from maquette.records.criterion import Colour, Count, Criterion, Exists, Relation, RelationName
from maquette.records.geometry import Box
from maquette.tools.art.scene import Frame, PlacedThing, Scene

SOURCES = PlainSources()


def answers(document: Scene, *criteria: Criterion) -> Answers:
    pixels = SOURCES.whole(document, document.width_px, document.height_px)
    return Answers(look(document, pixels, None, SOURCES), SOURCES, criteria)


def stands(one: PlacedThing, name: RelationName, other: PlacedThing) -> bool | None:
    asked = Relation(id="r", subject="circle", relation=name, object="square")
    return relation(answers(scene(one, other)), asked).holds


def circle(*box: float, **more: object) -> PlacedThing:
    return thing("circle", box, **more)  # type: ignore[arg-type]


def square(*box: float, **more: object) -> PlacedThing:
    return thing("square", box, **more)  # type: ignore[arg-type]


RED, BLUE = circle(0.1, 0.1, 0.3, 0.3, colour="red"), circle(0.6, 0.1, 0.8, 0.3, colour="blue")


def test_one_mention_colours_all_of_its_things() -> None:
    """ "red circles" are red, every one of them."""
    asked = (
        Count(id="n", thing="circle", count=2),
        Colour(id="c", thing="circle", colour="red"),
    )
    assert answers(scene(RED, BLUE), *asked).colour(asked[1]).holds is False  # type: ignore[arg-type]
    second = circle(0.6, 0.1, 0.8, 0.3, colour="red")
    assert answers(scene(RED, second), *asked).colour(asked[1]).holds is True  # type: ignore[arg-type]


def test_two_mentions_share_their_things() -> None:
    """ "a red circle and a blue circle": one of each colour is enough, and needed."""
    asked = (
        Exists(id="a", thing="circle"),
        Exists(id="b", thing="circle"),
        Colour(id="ca", thing="circle", colour="red"),
        Colour(id="cb", thing="circle", colour="blue"),
    )
    both = answers(scene(RED, BLUE), *asked)
    assert both.colour(asked[2]).holds and both.colour(asked[3]).holds  # type: ignore[arg-type]
    twice = answers(scene(RED, circle(0.6, 0.1, 0.8, 0.3, colour="red")), *asked)
    assert twice.colour(asked[3]).holds is False  # type: ignore[arg-type]


def test_a_colour_before_a_noun_tells_things_apart() -> None:
    """Counted and found by their colour where two mentions differ by it."""
    both = answers(scene(RED, BLUE))
    assert both.count(Count(id="n", thing="red circle", count=1)).holds is True
    assert both.exists(Exists(id="g", thing="green circle")).holds is False
    asked = Relation(id="r", subject="red circle", relation="left of", object="blue circle")
    assert relation(both, asked).holds is True


def test_in_panels_a_count_holds_in_each() -> None:
    """One circle in each of two frames is "one circle"; two in one of them are not."""
    halves = (Box(x0=0, y0=0, x1=0.5, y1=1), Box(x0=0.5, y0=0, x1=1, y1=1))
    frames = tuple(Frame(box=half) for half in halves)
    there = circle(0.6, 0.1, 0.8, 0.3, frame=1)
    one = Count(id="n", thing="circle", count=1)
    assert answers(scene(RED, there, frames=frames)).count(one).holds is True
    third = circle(0.6, 0.6, 0.8, 0.8, frame=1)
    assert answers(scene(RED, there, third, frames=frames)).count(one).holds is False
    assert answers(scene(RED, BLUE)).count(one).holds is False


@pytest.mark.parametrize(
    ("name", "box", "holds"),
    [
        ("left of", (0.1, 0.4, 0.3, 0.6), True),
        ("left of", (0.7, 0.4, 0.9, 0.6), False),
        ("right of", (0.7, 0.4, 0.9, 0.6), True),
        ("above", (0.4, 0.05, 0.6, 0.25), True),
        ("above", (0.4, 0.7, 0.6, 0.9), False),
        ("below", (0.4, 0.7, 0.6, 0.9), True),
        ("left of", (0.395, 0.1, 0.595, 0.3), None),
        ("inside", (0.4, 0.4, 0.6, 0.6), True),
        ("inside", (0.7, 0.4, 0.9, 0.6), False),
        ("in front of", (0.55, 0.4, 0.75, 0.6), True),
        ("in front of", (0.05, 0.05, 0.2, 0.2), False),
        ("on", (0.4, 0.2, 0.6, 0.4), True),
        ("on", (0.4, 0.12, 0.6, 0.32), False),
        ("on", (0.15, 0.2, 0.35, 0.4), False),
    ],
)
def test_places_are_told_from_pixels(
    name: RelationName, box: tuple[float, ...], holds: bool | None
) -> None:
    """By the centres of what is seen, what holds what, and what covers what; a hair's breadth is
    not told. The square is always in the middle."""
    size = 0.35 if name == "inside" else 0.2
    middle = square(0.5 - size / 2, 0.5 - size / 2, 0.5 + size / 2, 0.5 + size / 2)
    if name == "inside":
        middle = square(0.2, 0.2, 0.65, 0.65)
    assert stands(circle(*box, layer=1), name, middle) is holds


def test_what_lies_behind_is_not_in_front() -> None:
    """The same overlap, with the layers the other way round."""
    assert (
        stands(circle(0.55, 0.4, 0.75, 0.6), "in front of", square(0.4, 0.4, 0.6, 0.6, layer=1))
        is False
    )


def test_of_several_in_front_some_stand_beside() -> None:
    """Two before a square: one covers its corner, one stands beside it on the same ground; one
    that hangs higher is not before it, and without any that covers it none is."""
    asked = Relation(id="r", subject="circle", relation="in front of", object="square")
    base = square(0.4, 0.4, 0.6, 0.6)
    covers = circle(0.5, 0.45, 0.7, 0.65, layer=1)
    level, high = circle(0.1, 0.45, 0.3, 0.65, layer=1), circle(0.1, 0.1, 0.3, 0.3, layer=1)
    assert relation(answers(scene(base, covers, level)), asked).holds is True
    assert relation(answers(scene(base, covers, high)), asked).holds is False
    assert relation(answers(scene(base, level)), asked).holds is False


def test_a_relation_of_several_holds_for_all_of_them() -> None:
    """Circles above a square: each of them."""
    above = Relation(id="r", subject="circle", relation="above", object="square")
    base = square(0.4, 0.6, 0.6, 0.8)
    assert relation(answers(scene(RED, BLUE, base)), above).holds is True
    low = circle(0.7, 0.85, 0.8, 0.95)
    assert relation(answers(scene(RED, low, base)), above).holds is False


def test_each_of_several_stands_on_one_of_several() -> None:
    """Two circles on two squares: one each; with one that hovers it does not hold."""
    on = Relation(id="r", subject="circle", relation="on", object="square")
    squares = square(0.1, 0.6, 0.4, 0.9), square(0.6, 0.6, 0.9, 0.9)
    left, right = circle(0.2, 0.5, 0.3, 0.6, layer=1), circle(0.7, 0.5, 0.8, 0.6, layer=1)
    assert relation(answers(scene(*squares, left, right)), on).holds is True
    high = circle(0.7, 0.4, 0.8, 0.5, layer=1)
    assert relation(answers(scene(*squares, left, high)), on).holds is False


def test_a_relation_to_what_is_not_there_fails() -> None:
    """And to words whose place nobody knows it is unsure."""
    lone = answers(scene(RED))
    beside = Relation(id="r", subject="circle", relation="above", object="square")
    assert relation(lone, beside).holds is False
    words = Relation(id="r", subject="text", relation="above", object="circle")
    assert relation(lone, words).holds is None


def test_none_of_something_is_told_in_plain_words() -> None:
    """Where no square was wanted and none is there, the reason says so."""
    asked = Count(id="n", thing="square", count=0)
    found = answers(scene(RED, BLUE), asked).count(asked)
    assert found.holds is True and found.reason == "no square is seen"
