"""What a model says of a picture, as things with colour and pattern."""

from __future__ import annotations

import pytest

from maquette.words.noun_phrases import Phrase, call_shown, noun_phrases

KNOWN = {
    "things": ("circle", "boat", "car", "star", "bus", "fish"),
    "colours": ("red", "blue"),
    "patterns": ("plain", "striped"),
}


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("two red circles and a striped boat", ["red circle", "striped boat"]),
        ("a striped red boat on a blue background", ["striped red boat"]),
        ("a plain blue car", ["blue car"]),
        ("red and a boat", ["boat"]),
        ("a red boat, a red boat, a blue boat", ["red boat", "blue boat"]),
        ("Three STARS above fishes", ["star", "fish"]),
        ("nothing that is known", []),
    ],
)
def test_things_are_named_with_what_is_said_of_them(text: str, phrases: list[str]) -> None:
    """Each once, in order; an article or a place ends what was said before it."""
    assert [str(phrase) for phrase in noun_phrases(text, KNOWN)] == phrases


@pytest.mark.parametrize("text", ["she stares", "who cares", "it is us"])
def test_words_that_only_look_like_plurals_are_no_things(text: str) -> None:
    """A star and a car are not seen where there are verbs."""
    assert noun_phrases(text, KNOWN) == []


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        (Phrase("boat"), Phrase("boat", "red"), True),
        (Phrase("boat", "red", "striped"), Phrase("boat", "red"), True),
        (Phrase("boat", "blue"), Phrase("boat", "red"), False),
        (Phrase("boat", "red"), Phrase("car", "red"), False),
    ],
)
def test_phrases_fit_unless_one_denies_the_other(one: Phrase, other: Phrase, fits: bool) -> None:
    """Both ways alike."""
    assert one.fits(other) is other.fits(one) is fits


def test_shown_things_are_called_by_their_names() -> None:
    """Each by its own; without a name it stays a thing."""
    text = "the shown thing above the second shown thing"
    assert call_shown(text, "red boat", "car") == "the shown red boat above the second shown car"
    assert call_shown(text, "", "car") == "the shown thing above the second shown car"
