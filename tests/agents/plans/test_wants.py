"""What must hold of a picture: one criterion for everything the person said, and no more."""

from __future__ import annotations

import pytest

from maquette.agents.plans.wants import (
    UNTOUCHED,
    counted,
    criteria,
    of_drawn,
    prompt_of,
    text_zones,
)
from maquette.agents.reading.labelled.quoting import hide_quoted
from maquette.agents.reading.scene import Link, Mention, Wish, read_scene
from maquette.agents.reading.wording import Wordings
from maquette.records.criterion import describe
from maquette.words.lexicon import Lexicon

KNOWN = Lexicon(things=("circle", "star", "house"), colours=("red", "blue"))


def _wish(text: str) -> tuple[Wordings, Wish]:
    quoted = hide_quoted(text)
    wordings = Wordings(quoted.strings, quoted.masked)
    return wordings, read_scene(wordings.masked, KNOWN)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a red circle", ["shows a circle", "the circle is red"]),
        ("three stars", ["shows exactly 3 x star"]),
        (
            "a red star above a blue star",
            [
                "shows a star",
                "the star is red",
                "shows a star",
                "the star is blue",
                "shows exactly 2 x star",
                "the red star is above the blue star",
            ],
        ),
        (
            "a red star above a blue house",
            [
                "shows a star",
                "the star is red",
                "shows a house",
                "the house is blue",
                "the star is above the house",
            ],
        ),
        ("a star beside a house", ["shows a star", "shows a house"]),
        (
            "a star on top of a house",
            ["shows a star", "shows a house", "the star is on the house"],
        ),
        (
            'the words "OPEN" on top of a star',
            ['reads "OPEN"', "shows a star", "the text is above the star"],
        ),
        (
            'the words "OPEN" above a star',
            ['reads "OPEN"', "shows a star", "the text is above the star"],
        ),
    ],
)
def test_each_wish_is_a_criterion(text: str, told: list[str]) -> None:
    """Things alike are told apart by colour where more than one is meant; "beside" asks nothing."""
    wordings, wish = _wish(text)
    found = criteria(wordings.shown, wish.things, wish.links)
    assert [describe(one) for one in found] == told
    assert len({one.id for one in found}) == len(found)


def test_a_thing_that_nobody_named_is_not_judged() -> None:
    """No judge knows what to look for; what stands to it cannot be told either."""
    nameless = Mention(thing="", word="", known=False)
    star = Mention(thing="star", word="star", known=True)
    link = Link(("thing", 0), "above", ("thing", 1))
    assert [describe(one) for one in criteria((), [nameless, star], [link])] == ["shows a star"]


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ('"ONE" above a star', {0: "top"}),
        ('a star above "ONE"', {0: "bottom"}),
        ('"ONE" left of a star', {0: "left"}),
        ('a star right of "ONE"', {0: "left"}),
        ('"ONE" at the bottom and a star', {0: "bottom"}),
        ('"ONE" and a star', {}),
    ],
)
def test_words_stand_as_they_stand_to_things(text: str, zones: dict[int, str]) -> None:
    """A string above a thing is at the top, so is one that a thing is below of."""
    wordings, wish = _wish(text)
    assert text_zones(wish, len(wordings.shown)) == zones


@pytest.mark.parametrize(
    ("mention", "words"),
    [
        (Mention("circle", "circle", True, colour="red"), "a red circle"),
        (Mention("umbrella", "umbrella", True), "an umbrella"),
        (Mention("star", "star", True, colour="orange"), "an orange star"),
        (Mention("fish", "fish", True, count=3), "three fish"),
        (Mention("star", "star", True, count=12, size="large"), "12 large stars"),
        (Mention("boat", "boat", True, colour="red", extra=("striped",)), "a striped red boat"),
    ],
)
def test_things_are_counted_as_captions_do(mention: Mention, words: str) -> None:
    """Number or article, size, pattern, colour, noun: the order the generator was taught."""
    assert counted(mention) == words


def test_an_open_model_gets_the_persons_words_without_what_is_set_in_type() -> None:
    """Strings to be seen are never in the prompt of any model."""
    wordings, wish = _wish('a poster that says "GRAND OPENING" above a red circle')
    for lexicon in (Lexicon(), KNOWN):
        prompt = prompt_of(wordings, wish.things, wish.links, None, lexicon)
        assert "GRAND" not in prompt and "red circle" in prompt
    plain, wish = _wish("a lovely red circle at dawn")
    assert prompt_of(plain, wish.things, wish.links, None, Lexicon()) == plain.masked


def test_contact_of_drawn_things_is_told_and_not_judged() -> None:
    """What is only drawn must be above, as the model's caption says, and a criterion that nobody
    passes says that contact is not checked; what is above anyway has none."""
    wordings, wish = _wish("a star on top of a house")
    found = of_drawn(criteria((), wish.things, wish.links))
    assert [describe(one) for one in found[2:]] == [
        "the star is above the house",
        'does what "star on house" asks for',
    ]
    assert found[-1].kind == "asked" and found[-1].why == UNTOUCHED
    assert prompt_of(wordings, wish.things, wish.links, None, KNOWN) == "a star above a house"
    _, above = _wish("a star above a house")
    assert of_drawn(criteria((), above.things, above.links)) == criteria(
        (), above.things, above.links
    )
