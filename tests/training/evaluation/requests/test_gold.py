"""The requests that come along can be read, are as many as they should be, and fit their gold."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from maquette.records.errors import InvalidInput
from maquette.training.evaluation.kept import RESULTS
from maquette.training.evaluation.requests.gold import Example, Fact, GoldItem, examples, fact
from maquette.training.evaluation.requests.kinds.routing import instructions
from maquette.training.evaluation.requests.ledger import labelled

REQUESTS = RESULTS / "requests"
SAID = ("words", "words_all", "op words", "said")


def _shown(example: Example) -> list[str]:
    parsed = [forms[0] for item in example.gold.items for forms in item.parsed()]
    return [one.value for one in parsed if one.kind in SAID]


@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_two_hundred_requests_have_their_wordings_in_them(language: str) -> None:
    """Forty of each register, and nothing is to be shown or kept that was not said."""
    read = examples(REQUESTS / f"requests_{language}.jsonl")
    assert set(Counter(one.register_ for one in read).values()) == {40} and len(read) == 200
    for example in read:
        for words in _shown(example):
            assert words.casefold() in example.text.casefold(), example.id


def test_three_languages_ask_for_the_same() -> None:
    """Ids, kinds and everything but words that are shown or searched for."""

    def told(language: str) -> list[object]:
        read = examples(REQUESTS / f"requests_{language}.jsonl")
        free = (*SAID, "ask", "query")
        return [
            (one.id, one.attached, one.gold.outcome, item.kind, forms[0].kind, forms[0].of)
            + ((forms[0].value,) if forms[0].kind not in free else ())
            for one in read
            for item in one.gold.items
            for forms in item.parsed()
        ]

    assert told("en") == told("de") == told("zh")


def test_files_beside_them_are_as_large_as_they_say() -> None:
    """320 instructions in two halves, 14 kinds; 500 labelled words, each in its request."""
    asked = instructions(REQUESTS / "routing.jsonl")
    assert Counter(one.half for one in asked) == {"dev": 160, "held": 160}
    assert len({kind for one in asked for kind in one.gold}) == 14
    assert sum(len(one.words) for one in labelled(REQUESTS / "words.jsonl")) >= 500


def test_facts_are_read_in_parts() -> None:
    """Values of two words end what is known of the thing; relations stand between two things."""
    item = GoldItem(kind="image", facts=("thing border", "colour border dusty pink"))
    assert item.parsed()[1] == (Fact("colour", "border", "dusty pink"),)
    assert fact("rel floor lamp in front of desk") == Fact(
        "rel", "floor lamp", "in front of", "desk"
    )
    assert fact("place cup top right") == Fact("place", "cup", "top right")


def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    """A fact of no known form says which line has it."""
    line = (
        '{"id":"a","register":"terse","category":"scene","text":"x","attached":0,'
        '"gold":{"outcome":"do","items":[{"kind":"image","facts":["wants cat"]}]}}'
    )
    path = tmp_path / "some.jsonl"
    path.write_text(f"\n{line}\n")
    with pytest.raises(InvalidInput, match=r"line 2 of some.jsonl: 'wants cat'"):
        examples(path)
