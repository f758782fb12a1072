"""What a request leaves open is chosen, and what the model lacks is told."""

from __future__ import annotations

import json

import pytest
from places import DATA
from words_read import read_request

from maquette.agents.plans.settling import MAX_LAYOUT, Depiction, settle
from maquette.agents.reading.showing import read_showing
from maquette.words.lexicon import Lexicon

KNOWN = Lexicon.of(json.loads((DATA / "agents" / "vocabulary2.json").read_text()))


def _settled(text: str, seed: int = 0, lexicon: Lexicon = KNOWN) -> Depiction:
    return settle(read_request(text, 0), lexicon, seed)


@pytest.mark.parametrize("seed", range(8))
def test_every_thing_gets_a_colour_that_the_model_knows(seed: int) -> None:
    """One that was asked for is kept, any other is chosen, the same for the same seed."""
    found = _settled("a boat and a red house and a turquoise star", seed)
    colours = [mention.colour for mention in found.things]
    assert set(colours) <= set(KNOWN.colours) and colours[1] == "red"
    assert found == _settled("a boat and a red house and a turquoise star", seed)
    assert found.asked == {1, 2}


def test_only_what_was_said_is_judged() -> None:
    """A colour that was chosen for the person is no promise to them."""
    boat, house = _settled("a boat and a red house").stated
    assert (boat.colour, house.colour) == (None, "red")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("a turquoise circle", "'turquoise' is drawn as the nearest known colour"),
        ("a ball", "'ball' is drawn as the nearest known thing: circle"),
        ("a dragon", "the bundled model does not know 'dragon'"),
        ("a shiny star", "knows no 'shiny' for 'star': left out"),
        ("a star on a beach", "'beach' is drawn as the nearest known landscape: sea"),
        ("a star in the snow and a boat by the sea", "one landscape is drawn, 'snow'"),
    ],
)
def test_what_is_drawn_otherwise_is_told(text: str, note: str) -> None:
    """A person learns of every word that was replaced or left out."""
    assert any(note in told for told in _settled(text).notes)


@pytest.mark.parametrize("text", ["a red circle", "a striped boat at night", "two blue stars"])
def test_what_is_drawn_as_said_needs_no_note(text: str) -> None:
    """Nothing was changed, so nothing is told."""
    assert _settled(text).notes == ()


@pytest.mark.parametrize("counts", [(16,), (12, 9), (10, 10, 10), (1, 16)])
def test_no_more_than_a_layout_holds(counts: tuple[int, ...]) -> None:
    """The first things are kept whole; of the rest as many as there is room for, and told."""
    names = ("stars", "hearts", "trees")
    text = "draw " + " and ".join(
        f"{count} {name}" for count, name in zip(counts, names, strict=False)
    )
    found = _settled(text)
    kept = [mention.count for mention in found.things]
    room, expected = MAX_LAYOUT, []
    for count in counts:
        expected.append(min(count, room))
        room -= expected[-1]
    assert kept == [count for count in expected if count]
    cut = sum(fit != count for fit, count in zip(expected, counts, strict=True))
    assert len([note for note in found.notes if "fit" in note]) == cut


def test_a_model_of_any_words_gets_them_all() -> None:
    """Nothing is replaced, chosen or left out for it."""
    found = _settled("a shiny turquoise dragon on a beach", lexicon=Lexicon())
    (dragon, *_) = found.things
    assert (dragon.thing, dragon.colour, dragon.extra) == ("dragon", "turquoise", ("shiny",))
    assert found.notes == () and found.landscape is None


def test_a_shown_thing_is_judged_by_the_name_it_was_given() -> None:
    """Where the model knows the word; the attached picture decides how it looks."""
    text = "draw this boat next to my sculpture"
    showing = read_showing(text)
    assert showing is not None
    first, second = settle(read_request(text, 1), KNOWN, 0, showing).stated
    assert (first.thing, first.colour) == ("boat", None)
    assert second.thing == ""
