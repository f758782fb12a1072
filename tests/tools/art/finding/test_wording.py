"""Phrases and names meet whatever their case, hyphens, articles and number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.tools.art.finding.wording import bare, folded, plain, singulars, spellings

WORDS = st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8), min_size=1)


@given(WORDS, st.sampled_from([" ", "  ", "-", "\u2013", "_", " \n"]))
def test_case_and_what_joins_words_never_matter(words: list[str], joint: str) -> None:
    """Words joined in any usual way, in any case, are written alike."""
    assert plain(joint.join(words).upper()) == plain(" ".join(words))


@given(st.text(max_size=300))
def test_writing_plainly_twice_is_writing_plainly_once(text: str) -> None:
    """What is plain stays as it is."""
    once = plain(text)
    assert plain(once) == once


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("mice", "mouse"), ("leaves", "leaf"), ("knives", "knife"), ("shoes", "shoe"),
        ("buses", "bus"), ("cherries", "cherry"), ("foxes", "fox"), ("potatoes", "potato"),
        ("birthday cakes", "birthday cake"), ("policemen", "policeman"), ("cacti", "cactus"),
    ],
)  # fmt: skip
def test_an_english_plural_leads_to_its_singular(many: str, one: str) -> None:
    """The singular is among the forms, whatever the ending."""
    assert one in list(singulars(many, "en"))


@pytest.mark.parametrize("word", ["glass", "bus", "octopus", "tennis", "grass"])
def test_a_singular_that_ends_in_s_is_left_alone(word: str) -> None:
    """An s that belongs to the word is never taken off."""
    assert word[:-1] not in list(singulars(word, "en"))


@pytest.mark.parametrize(
    ("many", "one"), [("luces", "luz"), ("árboles", "árbol"), ("manzanas rojas", "manzana roja")]
)
def test_a_spanish_plural_leads_to_its_singular(many: str, one: str) -> None:
    """Noun and adjective lose their endings together."""
    assert one in list(singulars(many, "es"))


@pytest.mark.slow
def test_a_german_plural_leads_to_its_dictionary_form() -> None:
    """Umlauts and endings are undone by the dictionary."""
    assert [next(singulars(word, "de")) for word in ("katzen", "häuser", "vögel")] == [
        "katze", "haus", "vogel",
    ]  # fmt: skip


def test_a_name_with_brackets_is_several_words() -> None:
    """Of ``Lehrer(in)`` both words are found."""
    assert spellings("lehrer(in)", "de") == ("lehrer", "lehrerin")
    assert spellings("feuerwehrmann/-frau", "de") == ("feuerwehrmann",)


def test_articles_and_numbers_are_no_part_of_a_name() -> None:
    """Leading ones go, in every language; a phrase of one alone stays."""
    assert bare("the two cats", "en") == "cats"
    assert bare("eine katze", "de") == "katze"
    assert bare("两只猫", "zh") == "猫"
    assert bare("the", "en") == "the"
    assert bare("a pair of shoes", "en") == "pair of shoes"


def test_accents_go_and_the_spanish_enye_stays() -> None:
    """Ñ is a letter of its own."""
    assert folded("camión") == "camion"
    assert folded("piñón") == "piñon"
