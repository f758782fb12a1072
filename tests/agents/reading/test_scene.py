"""Reading requests: strings, things, colours, counts and relations from plain words."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import DATA as TEST_DATA

from maquette.agents.reading.labelled.quoting import hide_quoted
from maquette.agents.reading.scene import Link, Wish, read_scene
from maquette.words.lexicon import Lexicon, plural, singular

DATA = TEST_DATA / "agents"
PROMPTS = json.loads((DATA / "prompts.json").read_text())["prompts"]
WORDLESS = [prompt for prompt in PROMPTS if not prompt["strings"]]
LEXICON = Lexicon.of(json.loads((DATA / "vocabulary.json").read_text()))


def _name(item: tuple[str, int], wish: Wish) -> str:
    kind, index = item
    return f"text{index}" if kind == "text" else wish.things[index].thing


def _link(link: Link, wish: Wish) -> str:
    return f"{_name(link.subject, wish)} {link.relation} {_name(link.object, wish)}"


def _read(text: str, lexicon: Lexicon = LEXICON) -> dict[str, list[str]]:
    wish = read_scene(text, lexicon)
    return {
        "things": [f"{m.count} {m.colour or '-'} {m.thing}" for m in wish.things],
        "links": [_link(link, wish) for link in wish.links],
    }


def _f1(kind: str) -> tuple[float, list[Any]]:
    right = found = wanted = 0
    wrong = []
    for prompt in WORDLESS:
        got, want = Counter(_read(prompt["text"])[kind]), Counter(prompt[kind])
        right += (got & want).total()
        found += got.total()
        wanted += want.total()
        if got != want:
            wrong.append((prompt["text"], sorted(got), sorted(want)))
    return 2 * right / (found + wanted), wrong


@pytest.mark.parametrize("kind", ["things", "links"])
def test_extraction_on_hand_written_prompts(kind: str) -> None:
    """Over the prompts without strings the F1 of things with colour and count, and of relations
    is at least 0.95: scenes with shown things are read so."""
    score, wrong = _f1(kind)
    assert score >= 0.95, wrong


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("'single'", ("single",)),
        ("„Guten Tag“ on a card", ("Guten Tag",)),
        ("a sign “nested “inner” words” here", ("nested “inner” words",)),
        ('a poster that says "Line\n one"', ("Line one",)),
        ('"cafe\u0301"', ("café",)),
        ('"A" and "B", then "A"', ("A", "B", "A")),
        ("the boys' dog and the girls' cat", ()),
        ("it's a dog's life", ()),
        ('six inches: 6" x 4" picture of a star', ()),
        ("“ ‘ « x", ()),
    ],
)
def test_kinds_of_quotes(text: str, shown: tuple[str, ...]) -> None:
    """Every kind of quotation mark works, an apostrophe and an inch are none; strings are NFC with
    single spaces, in order."""
    assert hide_quoted(text).strings == shown


def test_background_and_places() -> None:
    """The background and the place on the sheet are told apart from things."""
    wish = read_scene("a star on a plain pale blue background", LEXICON)
    assert (wish.background, [m.thing for m in wish.things]) == ("pale blue", ["star"])
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
    """No text crashes the reader."""
    read_scene(hide_quoted(text).masked, LEXICON)


WORD = st.from_regex(r"[A-Z][A-Za-z0-9]{0,9}", fullmatch=True)


@given(st.lists(WORD, min_size=1, max_size=5), st.sampled_from(["“”", '""', "«»"]))
def test_quoted_strings_come_back_exactly(words: list[str], quotes: str) -> None:
    """Whatever stands between quotation marks is the string, letter by letter; each character of
    the masked text knows its place."""
    string = " ".join(words)
    text = f"a poster that says {quotes[0]}{string}{quotes[1]} above a red circle"
    quoted = hide_quoted(text)
    assert quoted.strings == (string,)
    back = [text[start:end] for start, end in quoted.places]
    assert "".join(back) == text


@pytest.mark.parametrize(
    "noun", ["star", "fish", "cherry", "fox", "church", "house", "boat", "cloud", "berry"]
)
def test_plurals_go_both_ways(noun: str) -> None:
    """The singular of the plural is the noun."""
    assert singular(plural(noun)) == noun
