"""A picture of the library is taken only where it is what was asked for."""

from __future__ import annotations

import itertools
import random

import pytest

from maquette.agents.gates.choice import Found, retrieve_or_make
from maquette.agents.gates.described import described, differing

COLOURS = ("red", "blue", "green", "yellow", "purple")
THINGS = ("circle", "square", "star", "boat", "house")
RELATIONS = ("above", "left of", "inside")


def _texts() -> list[str]:
    """Every coloured thing in a relation with every other one, as a person would say it."""
    things = [f"a {colour} {thing}" for colour in COLOURS for thing in THINGS]
    return [
        f"{one} {relation} {other}"
        for one, other in itertools.permutations(things, 2)
        for relation in RELATIONS
    ]


LIBRARY = tuple(random.Random(1).sample(_texts(), 200))
"""Two hundred pictures, by the words they were made from."""


def _search(request: str, library: tuple[str, ...] = LIBRARY, k: int = 10) -> list[Found]:
    """A library's search as it comes out: scores follow shared words, so near misses score high."""
    asked = set(request.split())
    scored = [
        Found(text, 0.9 * len(asked & set(text.split())) / len(asked | set(text.split())))
        for text in library
    ]
    return sorted(scored, key=lambda one: (-one.score, one.text))[:k]


def _near_miss(text: str) -> str:
    """The same with another colour for the last thing."""
    *before, colour, thing = text.split()
    return " ".join([*before, COLOURS[(COLOURS.index(colour) + 1) % 5], thing])


def test_what_is_there_is_taken_and_what_is_not_is_made() -> None:
    """Area under the curve over 60 requests each: there, one attribute away, and unseen."""
    there = random.Random(2).sample(LIBRARY, 60)
    near = [text for text in map(_near_miss, there) if text not in LIBRARY]
    unseen = random.Random(3).sample([t for t in _texts() if t not in LIBRARY], 60)
    wanted = [retrieve_or_make(text, _search(text)) for text in there]
    others = [retrieve_or_make(text, _search(text)) for text in [*near, *unseen]]
    assert all(one.choice == "retrieve" for one in wanted)
    assert all(one.choice == "make" for one in others)
    pairs = [(a.probability > b.probability) for a in wanted for b in others]
    assert sum(pairs) / len(pairs) >= 0.9


def test_an_empty_library_always_makes() -> None:
    """Also of a request that asks for an old picture."""
    chosen = retrieve_or_make("find my red boat again", [])
    assert (chosen.choice, chosen.probability, chosen.best) == ("make", 0.0, None)


@pytest.mark.parametrize("text", LIBRARY[:20])
def test_the_choice_flips_when_the_picture_is_deleted(text: str) -> None:
    """The rest of the library is no reason to take another one."""
    kept = retrieve_or_make(text, _search(text))
    assert kept.choice == "retrieve" and _search(text)[kept.best or 0].text == text
    rest = tuple(one for one in LIBRARY if one != text)
    gone = retrieve_or_make(text, _search(text, rest))
    assert gone.choice == "make" and any("differs in" in reason for reason in gone.reasons)


@pytest.mark.parametrize(
    ("request_", "text", "differs"),
    [
        ("a red boat", "draw two red boats", ("2",)),
        ("three stars", "3 stars, please", ()),
        ("a blue dog above a red cat", "a red dog above a blue cat", ("cat", "dog")),
        ("a red square below a blue circle", "a blue circle above a red square", ()),
        ("a cat left of a dog", "a dog left of a cat", ("left of",)),
        ("a cat right of a dog", "a dog left of a cat", ()),
        ("a grey boat", "a gray boat", ()),
        ("a red boat", "a red boat and a moon", ("moon",)),
        ("a house without a door", "a house", ("door", "without")),
    ],
)
def test_what_differs_is_named(request_: str, text: str, differs: tuple[str, ...]) -> None:
    """Counts, colours, things, negations and relations; not how it is told."""
    assert differing(described(request_), described(text)) == differs
    chosen = retrieve_or_make(request_, [Found(text, 0.9)])
    assert chosen.choice == ("make" if differs else "retrieve")


def test_a_wish_for_a_new_one_is_heard() -> None:
    """The same words with "another" make; asking for the old one does not need the same words."""
    assert retrieve_or_make("another red boat", [Found("a red boat", 0.9)]).choice == "make"
    assert retrieve_or_make("my red boat again", [Found("a red boat", 0.4)]).choice == "retrieve"


def test_a_picture_without_words_is_taken_only_when_asked_for() -> None:
    """Of an upload nothing is known but how it looks."""
    assert retrieve_or_make("a red boat", [Found("", 0.95)]).choice == "make"
    assert retrieve_or_make("find my red boat", [Found("", 0.95)]).choice == "retrieve"
