"""Macro-F1 over items, and the words of a request against its ledger."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.training.evaluation.kept import RESULTS
from maquette.training.evaluation.requests.gold import KINDS
from maquette.training.evaluation.requests.kinds.keywords import kinds
from maquette.training.evaluation.requests.kinds.routing import instructions, macro_f1, routed
from maquette.training.evaluation.requests.ledger import LabelledRequest, accounted

FILE = RESULTS / "requests" / "routing.jsonl"


def test_items_are_counted_one_by_one() -> None:
    """By hand: image 2 of 3 wanted and 2 of 2 given, F1 4/5; ocr never, F1 0; mean 2/5."""
    pairs = [(("image", "image", "image"), ("image", "image")), (("ocr",), ("caption",))]
    assert macro_f1(pairs) == pytest.approx(0.4)


@given(st.lists(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3), min_size=1))
def test_gold_itself_scores_one(golds: list[list[str]]) -> None:
    """In any order of the items; and empty answers score nothing."""
    assert macro_f1([(gold, gold[::-1]) for gold in golds]) == 1.0
    assert macro_f1([(gold, ()) for gold in golds]) == 0.0


def test_the_keyword_baseline_is_well_above_chance_and_below_the_bar() -> None:
    """A file that keywords solve would prove nothing of a router."""
    asked = [one for one in instructions(FILE) if one.half == "held"]
    scored = routed(asked, [kinds(one.text, len(one.media)) for one in asked])
    assert 0.3 < scored.low <= scored.macro_f1 <= scored.high < 0.75
    assert scored.exact.n == sum(share.n for share in scored.groups.values()) == 160


def test_needed_words_that_are_waved_away_are_named() -> None:
    """A criterion called politeness counts; politeness called context does not."""
    request = LabelledRequest.model_validate(
        {
            "id": "w",
            "text": "Please two red cats",
            "words": [
                {"word": "Please", "class": "politeness"},
                {"word": "two", "class": "criterion"},
                {"word": "red", "class": "criterion"},
                {"word": "cats", "class": "criterion"},
            ],
        }
    )
    entries = [
        SimpleNamespace(start=0, end=6, part="context"),
        SimpleNamespace(start=7, end=10, part="politeness"),
        SimpleNamespace(start=11, end=14, part="criterion"),
    ]
    told = accounted([request], [entries])
    assert (told.n, told.waved_away, told.lost) == (4, ("w: two",), ("w: cats",))
