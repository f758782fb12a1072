"""Words by their letters: kin share parts, what is hidden has none, characters have neighbours."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maquette.model_servers.reading.spelling import BUCKETS, GRAMS, spelt
from maquette.model_servers.reading.words import STRING, words_of


def parts(text: str) -> list[tuple[int, ...]]:
    return spelt(words_of(text))


def test_kin_share_parts() -> None:
    """An inflected word has the beginning in common with its stem, strangers nothing."""
    stem, kin, stranger = (set(one) for one in parts("Hunde hund tisch"))
    assert stem & kin and not stem & stranger


def test_letters_are_small_and_a_hidden_string_is_of_no_parts() -> None:
    assert parts("ROT")[0] == parts("rot")[0]
    assert parts(STRING) == [()]


def test_a_character_is_told_with_its_neighbours() -> None:
    """The same character in other company shares its own part alone; a gap parts neighbours."""
    cat, dog = parts("小猫")[0], parts("小狗")[0]
    assert cat[0] == dog[0] and set(cat) & set(dog) < set(cat)
    assert parts("小 猫")[0] == parts("小")[0]


@given(st.text(max_size=60))
def test_numbers_lie_in_the_table(text: str) -> None:
    """Of whatever is written; as many rows as words."""
    words = words_of(text)
    told = spelt(words)
    assert len(told) == len(words)
    assert all(len(one) <= GRAMS and all(0 < n < BUCKETS for n in one) for one in told)
