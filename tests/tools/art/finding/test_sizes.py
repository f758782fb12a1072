"""Everyday things have a height and a place, and the world's order of sizes is kept."""

from __future__ import annotations

import json

import pytest

from maquette.tools.art.finding.sizes import FILE, rests, size_of
from maquette.tools.art.packs.table import all_cards

pytestmark = pytest.mark.slow
ORDER = ["ant", "mouse", "cat", "dog", "person", "elephant", "house", "castle", "mountain"]


def _id(name: str) -> str:
    return next(id for id, card in all_cards().items() if name in card.names.get("en", ())[:1])


def test_the_larger_thing_is_the_larger() -> None:
    """From the ant to the mountain each is taller than the one before."""
    heights = [size_of(_id(name)) for name in ORDER]
    assert heights == sorted(heights)
    assert len(set(heights)) == len(heights)


@pytest.mark.parametrize(
    ("name", "where"),
    [("airplane", "air"), ("cloud", "air"), ("whale", "water"), ("sailboat", "water"),
     ("dog", "ground"), ("framed picture", "wall"), ("red heart", "free")],
)  # fmt: skip
def test_things_rest_where_they_do_in_the_world(name: str, where: str) -> None:
    """Planes in the air, whales in the water, dogs on the ground."""
    assert rests(_id(name)) == where


def test_every_thing_has_a_height_and_a_known_place() -> None:
    """All heights lie between a millimetre and two kilometres."""
    assert all(0.001 < size_of(id) < 2000 for id in all_cards())
    assert {rests(id) for id in all_cards()} == {"ground", "air", "water", "wall", "free"}


def test_every_line_of_the_file_is_of_a_thing_or_group_that_is_there() -> None:
    """A name that no card has would be measured for nothing."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    names = {name for card in all_cards().values() for name in card.names.get("en", ())[:1]}
    assert set(data["things"]) <= names
    assert set(data["groups"]) <= {card.group for card in all_cards().values()}
