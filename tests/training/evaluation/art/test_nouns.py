"""An answer is compared with the gold as a strict reader would."""

from __future__ import annotations

import pytest

from maquette.tools.art.contract import ThingCard
from maquette.tools.art.finding.finder import Finder
from maquette.tools.art.found import Found, Match
from maquette.training.evaluation.art.nouns import Looked, look, passes, summary, verdict, words_of

GOLD = {"senses": ["1f408"], "none": False, "unclear": False}


def found(thing: str) -> Found:
    return Found("x", "found", (Match(thing, "x", 1.0, "name"),))


def test_a_thing_of_the_gold_is_right_and_another_is_wrong() -> None:
    """The pack's name is no part of what is compared."""
    assert verdict(found("noto:1f408"), GOLD) == "right"
    assert verdict(found("noto:1f415"), GOLD) == "wrong thing"


@pytest.mark.parametrize(("state", "allowed"), [("none", "none"), ("unclear", "unclear")])
def test_refusing_and_asking_are_right_where_the_gold_says_so(state: str, allowed: str) -> None:
    """Otherwise the thing was missed, which is not as bad as a wrong one."""
    answer = Found("x", state)  # type: ignore[arg-type]
    assert verdict(answer, GOLD) == "missed"
    assert verdict(answer, {**GOLD, allowed: True}) == "right"


def test_shares_count_all_words_and_name_those_that_went_wrong() -> None:
    """Two of four right is a half; a share of nothing is none."""
    seen = [
        Looked("a", "right", there=True, sure=True, answer="a"),
        Looked("b", "right", there=False, sure=False, answer="none"),
        Looked("c", "wrong thing", there=False, sure=False, answer="x"),
        Looked("d", "missed", there=False, sure=False, answer="none"),
    ]
    told = summary(seen)
    assert (told["right"]["share"], told["wrong thing"]["share"]) == (0.5, 0.25)
    assert told["there"]["count"] == told["right where sure"]["of"] == 1
    assert [one["phrase"] for one in told["not right"]] == ["c", "d"]


@pytest.mark.parametrize(
    ("right", "wrong", "good"), [(95, 2, True), (94, 0, False), (97, 3, False)]
)
def test_the_bar_is_of_right_and_of_wrong(right: int, wrong: int, good: bool) -> None:
    """95 of 100 right, and at most two wrong things."""
    seen = [
        Looked("x", told, there=False, sure=False, answer="")  # type: ignore[arg-type]
        for told, times in (
            ("right", right),
            ("wrong thing", wrong),
            ("missed", 100 - right - wrong),
        )
        for _ in range(times)
    ]
    assert passes({"rates": {"all, en": summary(seen)}}) is good


async def test_each_word_is_looked_for_in_its_language() -> None:
    """The German word leads to the card by its German name."""
    cards = {"p:1f408": ThingCard("p:1f408", {"en": ("cat",), "de": ("katze",)})}
    seen = await look([{**GOLD, "noun": "cat", "de": "Katze"}], "de", Finder(cards, None))
    assert [(one.phrase, one.verdict) for one in seen] == [("Katze", "right")]


def test_an_unknown_set_of_words_names_those_there_are() -> None:
    """The message helps on."""
    with pytest.raises(KeyError, match="nouns, later"):
        words_of("verbs")
