"""A phrase leads to the thing it means, or to an honest no."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.tools.art.finding.finder import Finder
from maquette.tools.art.finding.senses import senses
from maquette.tools.art.found import SURE, Found
from maquette.tools.art.packs.table import all_cards

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def finder() -> Finder:
    """The default pack, without sentence vectors."""
    return Finder(all_cards(), None)


def find(finder: Finder, phrase: str, language: str | None = None) -> Found:
    return asyncio.run(finder.find(phrase, language=language))


@pytest.mark.parametrize(
    ("phrase", "language", "thing"),
    [
        ("dragon", None, "1f409"), ("birthday cakes", None, "1f382"), ("fire truck", None, "1f692"),
        ("Katze", None, "1f408"), ("猫", None, "1f408"), ("Katzen", "de", "1f408"),
        ("perros", "es", "1f415"), ("两只猫", "zh", "1f408"), ("Orange", "en", "1f34a"),
        ("a big red balloon", None, "1f388"), ("arrow", None, "27a1"), ("hearts", None, "2764"),
        ("thumbs up", None, "1f44d"), ("flag of Japan", None, "1f1ef-1f1f5"),
        ("smiley", None, "1f642"), ("Lehrer", "de", "1f9d1-200d-1f3eb"),
        ("Lehrerin", "de", "1f469-200d-1f3eb"), ("corazon", "es", "2764"),
    ],
)  # fmt: skip
def test_a_phrase_leads_to_its_thing(
    finder: Finder, phrase: str, language: str | None, thing: str
) -> None:
    """Names, plurals, other words, other languages, and symbols that are meant."""
    found = find(finder, phrase, language)
    assert found.state == "found"
    assert found.best is not None
    assert found.best.thing == f"noto:{thing}"


@pytest.mark.parametrize("animal", ["cat", "dog", "pig", "cow", "horse", "mouse trap", "rabbit"])
def test_an_animal_is_the_whole_animal(finder: Finder, animal: str) -> None:
    """No face is found for an animal's word."""
    found = find(finder, animal)
    assert found.best is not None
    assert "face" not in all_cards()[found.best.thing].name


@pytest.mark.parametrize("word", ["bat", "crane", "mouse", "mice", "nut", "bow"])
def test_a_word_of_two_senses_is_asked_back(finder: Finder, word: str) -> None:
    """Whoever asked must say which; what is there is offered."""
    found = find(finder, word)
    assert found.state == "unclear"
    assert found.nearest
    assert all(match.probability < SURE for match in found.matches)


@pytest.mark.parametrize(
    "word", ["information", "customs", "Leo", "seahorse", "lighthouse", "guinea pig", "wi fi zone"]
)
def test_what_nothing_shows_is_said_not_to_be_there(finder: Finder, word: str) -> None:
    """Signs are found only when meant, and what is like a thing is none."""
    found = find(finder, word)
    assert found.state == "none"
    assert found.matches == ()
    assert len(found.nearest) <= 3


def test_a_word_of_another_language_means_a_face_only_if_it_speaks_of_one(finder: Finder) -> None:
    """累 (tired) is the Chinese name of a face; 狗脸 (a dog's face) says so."""
    assert find(finder, "累", "zh").state == "none"
    assert find(finder, "狗脸", "zh").best is not None


def test_another_name_in_another_language_is_less_sure_than_the_usual_one(finder: Finder) -> None:
    """Peanuts have several Spanish names; an egg has one."""
    usual, other = (find(finder, word, "es").best for word in ("huevo", "cacahuate"))
    assert usual is not None
    assert other is not None
    assert usual.probability >= SURE > other.probability


def test_a_sign_is_found_when_it_is_meant(finder: Finder) -> None:
    """``sign`` says that the symbol is wanted."""
    found = find(finder, "information sign")
    assert found.best is not None
    assert found.best.thing == "noto:2139"


def test_a_modifier_that_changes_something_lowers_the_chance(finder: Finder) -> None:
    """A red balloon is as sure as a balloon, since colours are asked for elsewhere; an old one
    is not."""
    chances = [
        best.probability
        for phrase in ("balloon", "red balloon", "old balloon")
        if (best := find(finder, phrase).best)
    ]
    assert chances[0] == chances[1] >= SURE > chances[2]


def test_a_german_compound_is_not_its_ending(finder: Finder) -> None:
    """The ending is offered, not shown."""
    found = find(finder, "Kürbiskuchen", "de")
    assert found.state == "none"
    assert found.nearest


def test_a_foreign_word_in_a_told_language_is_not_sure(finder: Finder) -> None:
    """``Burger`` in a German request is found; an English false friend would be unjudged."""
    found = find(finder, "screwdriver", "de")
    assert found.best is not None
    assert found.best.probability < SURE


def test_a_name_of_a_thing_is_told_from_others(finder: Finder) -> None:
    """Names, plurals and other words name a thing; kinds near to it do not."""
    assert finder.names("noto:1f408", "Cats")
    assert finder.names("noto:1f697", "car")
    assert finder.names("noto:1f401", "mouse")
    assert finder.names("noto:1f408", "gato")
    assert not finder.names("noto:1f408", "dog")
    assert not finder.names("noto:1f415", "terrier")


NAMES = sorted(
    name
    for card in all_cards().values()
    if card.kind == "thing"
    for name in card.names.get("en", ())[:1]
)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(NAMES),
    st.sampled_from([str.upper, str.title, str.lower]),
    st.sampled_from(["{}", "  {} ", "the {}", "a {}", "{}."]),
)
def test_how_a_phrase_is_written_never_matters(name: str, case, frame: str) -> None:  # type: ignore[no-untyped-def]
    """Case, spaces, an article and a full stop change nothing of the answer."""
    finder = _once()
    told = finder.look(name, language="en")
    other = finder.look(frame.format(case(name)), language="en")
    assert told is not None
    assert other is not None
    assert (told.state, told.matches, told.nearest) == (other.state, other.matches, other.nearest)


def _regular(name: str) -> bool:
    """Whether an s makes the plural, which is no name of something else (eyes, houses, woods)."""
    told = {*senses()["en"], *(n for card in all_cards().values() for n in card.names["en"])}
    return name[-1] not in "sxzhyfoiu" and " " not in name and f"{name}s" not in told


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([n for n in NAMES if _regular(n)]))
def test_a_regular_plural_is_what_its_singular_is(name: str) -> None:
    """An s at the end changes nothing of the answer."""
    finder = _once()
    one, many = finder.look(name, language="en"), finder.look(f"{name}s", language="en")
    assert one is not None
    assert many is not None
    assert one.state == many.state
    assert [match.thing for match in one.matches] == [match.thing for match in many.matches]


def test_every_usual_name_leads_somewhere_and_most_to_their_thing(finder: Finder) -> None:
    """Of the usual names of everyday things only words of two senses lead elsewhere."""
    found = {name: finder.look(name, language="en") for name in NAMES}
    assert all(found.values())
    own = [n for n, f in found.items() if f and f.best and all_cards()[f.best.thing].name == n]
    assert len(own) >= 0.97 * len(NAMES)


_FINDERS: list[Finder] = []


def _once() -> Finder:
    if not _FINDERS:
        _FINDERS.append(Finder(all_cards(), None))
    return _FINDERS[0]
