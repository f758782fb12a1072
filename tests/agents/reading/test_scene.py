"""Reading requests: strings, things, colours, counts and relations from plain words."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import DATA as TEST_DATA

from maquette.agents.reading.scene import Link, Wish, read_scene
from maquette.agents.reading.wording import PLACEHOLDER, find_wordings
from maquette.words.lexicon import Lexicon, plural, singular

DATA = TEST_DATA / "agents"
PROMPTS = json.loads((DATA / "prompts.json").read_text())["prompts"]
LEXICON = Lexicon.of(json.loads((DATA / "vocabulary.json").read_text()))


def _name(item: tuple[str, int], wish: Wish) -> str:
    kind, index = item
    return f"text{index}" if kind == "text" else wish.things[index].thing


def _link(link: Link, wish: Wish) -> str:
    return f"{_name(link.subject, wish)} {link.relation} {_name(link.object, wish)}"


def _read(text: str, lexicon: Lexicon = LEXICON) -> dict[str, list[str]]:
    wordings = find_wordings(text)
    wish = read_scene(wordings.masked, lexicon)
    return {
        "strings": list(wordings.shown),
        "things": [f"{m.count} {m.colour or '-'} {m.thing}" for m in wish.things],
        "links": [_link(link, wish) for link in wish.links],
    }


def _f1(kind: str) -> tuple[float, list[Any]]:
    right = found = wanted = 0
    wrong = []
    for prompt in PROMPTS:
        got, want = Counter(_read(prompt["text"])[kind]), Counter(prompt[kind])
        right += (got & want).total()
        found += got.total()
        wanted += want.total()
        if got != want:
            wrong.append((prompt["text"], sorted(got), sorted(want)))
    return 2 * right / (found + wanted), wrong


@pytest.mark.parametrize("kind", ["strings", "things", "links"])
def test_extraction_on_hand_written_prompts(kind: str) -> None:
    """Over 50 prompts the F1 of strings, of things with colour and count, and of relations
    is at least 0.95."""
    assert len(PROMPTS) >= 50
    score, wrong = _f1(kind)
    assert score >= 0.95, wrong


def test_no_string_is_found_where_none_is_asked_for() -> None:
    """Prompts that ask for no words give no string at all."""
    for prompt in PROMPTS:
        if not prompt["strings"]:
            assert find_wordings(prompt["text"]).shown == (), prompt["text"]


@pytest.mark.parametrize(
    "text",
    [
        "a man reading in the garden",
        "a dog called Rex",
        "the text in blue above a house",
        "a tree without the word 'tree'",
        'don\'t write "HELLO" on it',
        "a boat, no words",
        "the boys' dog and the girls' cat",
        "it's a dog's life",
        "a UFO over a house",
        "a bird's nest near the farmer's house",
        'six inches: 6" x 4" picture of a star',
    ],
)
def test_traps_give_no_string(text: str) -> None:
    """Words that look like a cue, apostrophes and refusals of words are not strings."""
    assert find_wordings(text).shown == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("'single'", ("single",)),
        ("„Guten Tag“ on a card", ("Guten Tag",)),
        ("a sign “nested “inner” words” here", ("nested “inner” words",)),
        ('a poster that says "Line\n one"', ("Line one",)),
        ('"cafe\u0301"', ("café",)),
        ('"A" and "B", then "A"', ("A", "B", "A")),
        ("a sign that says: KEEP LEFT; a house", ("KEEP LEFT",)),
        ("a poster saying Eat, Sleep, Repeat above a moon", ("Eat, Sleep, Repeat",)),
    ],
)
def test_kinds_of_quotes(text: str, shown: tuple[str, ...]) -> None:
    """Every kind of quotation mark works; strings are NFC with single spaces, in order."""
    assert find_wordings(text).shown == shown


def test_background_and_places() -> None:
    """The background and the place on the sheet are told apart from things."""
    for prompt in PROMPTS:
        wish = read_scene(find_wordings(prompt["text"]).masked, LEXICON)
        assert wish.background == prompt["background"], prompt["text"]
    wish = read_scene("a sun in the top left corner and a boat at the bottom", LEXICON)
    assert [m.place for m in wish.things] == ["top left", "bottom"]


@pytest.mark.parametrize(
    ("text", "sheet"),
    [
        ("a green birthday card that says [text 0] above two red hearts", "green"),
        ("a poster of a red boat", None),
        ("a dark blue poster of a red boat", "blue"),
        ("a card with [text 0] in yellow letters", None),
        ("a red circle sign", None),
    ],
)
def test_the_sheet_has_a_colour_of_its_own(text: str, sheet: str | None) -> None:
    """A colour said of the card is neither its background's, its letters' nor a thing's."""
    wish = read_scene(text, LEXICON)
    assert (wish.sheet, wish.background) == (sheet, None)


def test_unknown_words_stay_free_words() -> None:
    """A thing the model lacks is still read, marked as unknown; synonyms are mapped."""
    wish = read_scene("a purple cat next to a yacht", LEXICON)
    assert [(m.thing, m.word, m.known) for m in wish.things] == [
        ("cat", "cat", False),
        ("boat", "yacht", True),
    ]


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """No text crashes the reader; every mask stands for one string, in order."""
    wordings = find_wordings(text)
    marks = [ord(c) - PLACEHOLDER for c in wordings.masked if 0xE000 <= ord(c) < 0xE040]
    assert marks[: len(wordings.shown)] == list(range(len(wordings.shown)))
    read_scene(wordings.masked, LEXICON)


WORD = st.from_regex(r"[A-Z][A-Za-z0-9]{0,9}", fullmatch=True)


@given(st.lists(WORD, min_size=1, max_size=5), st.sampled_from(["“”", '""', "«»"]))
def test_quoted_strings_come_back_exactly(words: list[str], quotes: str) -> None:
    """Whatever stands between quotation marks is the string, letter by letter."""
    string = " ".join(words)
    text = f"a poster that says {quotes[0]}{string}{quotes[1]} above a red circle"
    assert find_wordings(text).shown == (string,)
    assert _read(text)["links"] == ["text0 above circle"]


@pytest.mark.parametrize(
    "noun", ["star", "fish", "cherry", "fox", "church", "house", "boat", "cloud", "berry"]
)
def test_plurals_go_both_ways(noun: str) -> None:
    """The singular of the plural is the noun."""
    assert singular(plural(noun)) == noun
