"""The curated words hold together: each means one thing, and each thing is there."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from maquette.tools.art.finding.senses import FILE, senses
from maquette.tools.art.finding.table import Names
from maquette.tools.art.finding.wording import plain
from maquette.tools.art.packs.table import all_cards

DATA = json.loads(FILE.read_text(encoding="utf-8"))


def _written() -> list[tuple[str, str, str]]:
    """Language, plain word, and what it is said to mean."""
    one_thing = [
        (language, plain(word.casefold(), language), f"{how} {thing}")
        for how in ("same", "near", "akin")
        for thing, words in DATA[how].items()
        for language, those in words.items()
        for word in those
    ]
    several = [
        (language, plain(word, language), f"{how} {things}")
        for how in ("unclear", "absent")
        for language, words in DATA[how].items()
        for word, things in words.items()
    ]
    return one_thing + several


def test_no_word_is_said_to_mean_two_things() -> None:
    """A word stands at one place of the file only, in each language, spellings apart."""
    counted = Counter((language, word) for language, word, _ in set(_written()))
    assert [word for word, count in counted.items() if count > 1] == []


def test_every_word_of_the_file_is_known() -> None:
    """What is written is what is looked up."""
    known = senses()
    assert all(word in known[language] for language, word, _ in _written())


@pytest.mark.slow
def test_every_thing_that_is_spoken_of_is_in_the_default_pack() -> None:
    """A name that no card has would never be found."""
    names = Names(all_cards())
    spoken = {thing for how in ("same", "near", "akin") for thing in DATA[how]} | {
        thing
        for how in ("unclear", "absent")
        for words in DATA[how].values()
        for things in words.values()
        for thing in things
    }
    assert [thing for thing in sorted(spoken) if names.id_of(thing) is None] == []
