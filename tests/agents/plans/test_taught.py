"""Changes are put into the words that a generator was taught; what is lost is told or refused."""

from __future__ import annotations

import json

import pytest
from places import DATA
from words_read import read_request

from maquette.agents.plans.taught import TaughtWords
from maquette.records.errors import FixInput
from maquette.words.lexicon import Lexicon

KNOWN = Lexicon.of(json.loads((DATA / "agents" / "vocabulary2.json").read_text()))


def _told(text: str, *, finds: bool = False, lexicon: Lexicon = KNOWN) -> tuple[str, list[str]]:
    changes = read_request(text, 1).changes
    assert isinstance(changes, tuple) and len(changes) == 1
    words = TaughtWords(lexicon, 0, finds)
    return str(words.settled(changes[0])), words.notes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("make the red circle green", "make the red circle green"),
        ("paint the ball blue", "make the circle blue"),
        ("remove the big striped boat", "remove the striped boat"),
        ("add a red house on top of the blue star", "add a red house above the blue star"),
        ("move the boat up", "move the boat to the top"),
        ("make the background a beach", "make the background sea"),
        ("put it on a cream to cream background", "make the background cream"),
        ("put it on a mint to navy background", "make the background mint to navy"),
        ("make the boat dotted", "make the boat dotted"),
    ],
)
def test_a_change_is_said_in_taught_words(text: str, told: str) -> None:
    """Synonyms, sides, landscapes and patterns by the names that the captions had."""
    assert _told(text)[0] == told


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("paint the ball blue", "'ball' is taken as the nearest known thing: circle"),
        ("make the circle turquoise", "'turquoise' is drawn as the nearest known colour"),
        ("add a red house behind the blue star", "cannot place things"),
        ("make the background a beach", "nearest known landscape: sea"),
    ],
)
def test_what_is_lost_on_the_way_is_noted(text: str, note: str) -> None:
    """A person learns of every word that the model does not get."""
    assert any(note in one for one in _told(text)[1])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("remove the dragon", "does not know 'dragon'"),
        ("make the boat bigger", "larger or smaller"),
        ("make the background a spaceship", "does not know this background"),
    ],
)
def test_what_it_cannot_know_is_refused_by_name(text: str, why: str) -> None:
    """With what was understood first, and what it knows as the way out."""
    with pytest.raises(FixInput, match=r"^understood: .*; but the bundled model") as caught:
        _told(text)
    assert why in caught.value.message and caught.value.hint


def test_where_things_are_found_they_can_grow() -> None:
    """Then no model has to read the change: the thing is drawn anew, larger."""
    assert _told("make the boat bigger", finds=True)[0] == "make the boat bigger"


@pytest.mark.parametrize("text", ["remove the dragon", "make the boat bigger"])
def test_a_model_of_any_words_gets_the_persons_own(text: str) -> None:
    """Nothing is replaced, noted or refused for it."""
    assert _told(text, lexicon=Lexicon()) == (text, [])
