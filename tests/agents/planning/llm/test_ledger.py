"""The ledger of a language model's plan: no word is lost, whatever the model claims."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_plans import LEDGER, REQUEST, answer

from maquette.agents.planning.llm.asked import with_ledger
from maquette.agents.planning.llm.ledger import PARTS, Claim, account, claims_of
from maquette.agents.planning.llm.wire import from_wire
from maquette.agents.validation.validator import parse_plan
from maquette.records.criterion import Asked
from maquette.records.ledger import Ledger
from maquette.records.plan import Call, Loop, Plan

PLAN = parse_plan(from_wire(answer()))


def _parts(ledger: Ledger) -> dict[str, str]:
    return {entry.words: entry.part for entry in ledger.entries}


def _drawn(prompt: str) -> Plan:
    return Plan(
        nodes=(Call(id="art", tool="draw", arguments={"prompt": prompt}),), outputs=("art.image",)
    )


def test_claims_that_the_plan_bears_out_are_kept() -> None:
    """Each phrase has its place in the request, its part, and where it went."""
    found = account(claims_of(LEDGER), PLAN, REQUEST.text)
    assert found.dropped == () and found.kept == 1.0 and found.ledger.lost(REQUEST.text) == ()
    wording = next(entry for entry in found.ledger.entries if entry.part == "wording")
    assert REQUEST.text[wording.start : wording.end] == "GRAND OPENING" == wording.words
    assert wording.goes_to == "words"


@pytest.mark.parametrize(
    ("part", "goes_to", "meaning"),
    [
        ("politeness", "", ""),
        ("context", "", ""),
        ("style", "", ""),
        ("argument", "art.prompt", ""),
        ("argument", "art.negative_prompt", "no dragon"),
        ("argument", "art.prompt", "a red circle"),
        ("criterion", "dragons", "a dragon"),
        ("wording", "words", "GRAND OPENING"),
    ],
)
def test_a_claim_without_ground_is_not_believed(part: str, goes_to: str, meaning: str) -> None:
    """A dragon that no place of the plan knows is not understood, whatever it is called."""
    text = "a green dragon and a red circle"
    for words in ("green dragon", text):
        found = account([Claim(words, part, goes_to, meaning)], PLAN, text)
        lost = " ".join(entry.words for entry in found.ledger.of("not_understood"))
        assert "green" in lost and "dragon" in lost and "dragon" in " ".join(found.dropped)


def test_words_that_no_claim_holds_are_looked_for_in_the_plan() -> None:
    """Found there: a rule's entry. Found nowhere: not understood. Please: politeness."""
    text = "please draw three red boats without sails"
    parts = _parts(account([], _drawn("3 red boats"), text).ledger)
    assert parts["please"] == "politeness" and parts["draw"] == "context"
    assert parts["three"] == parts["red"] == parts["boats"] == "argument"
    assert parts["without"] == parts["sails"] == "not_understood"


def test_other_scripts_are_accounted_for() -> None:
    """Written together or not, what was not planned is seen."""
    found = account(
        [Claim("红色的圆", "argument", "art.prompt", "red circle")],
        _drawn("a red circle"),
        "请画一个红色的圆和恐龙",
    )
    parts = _parts(found.ledger)
    assert parts["红色的圆"] == "argument" and parts["和恐龙"] == "not_understood"
    german = account(
        [Claim("roter Kreis", "argument", "art.prompt", "red circle")],
        _drawn("a red circle"),
        "ein roter Kreis, bitte",
    )
    assert german.dropped == () and _parts(german.ledger)["bitte"] == "politeness"


def test_thanks_can_be_meant() -> None:
    """As an end it is politeness; on a card it is a wish."""
    at_end = account([], _drawn("a cat"), "a cat, thank you")
    assert _parts(at_end.ledger)["thank"] == "politeness"
    assert "thank" in account([], _drawn("a cat"), "a thank you card with a cat").dropped


def test_what_is_lost_becomes_a_criterion_that_nobody_passes() -> None:
    """In the loop that delivers, under a name of its own, and told in a note."""
    text = f"{REQUEST.text} with a tiny dragon, and a wizard"
    found = account(claims_of(LEDGER), PLAN, text)
    plan = with_ledger(PLAN, found.ledger, text)
    assert isinstance(plan.nodes[0], Loop)
    asked = [one for one in plan.nodes[0].criteria if isinstance(one, Asked)]
    assert [one.words for one in asked] == ["tiny dragon", "wizard"]
    assert len({one.id for one in plan.nodes[0].criteria}) == len(plan.nodes[0].criteria)
    assert '"tiny dragon"' in plan.notes[-1]
    homes = {e.words: e.goes_to for e in plan.ledger.of("not_understood")}  # type: ignore[union-attr]
    assert homes["dragon"] == asked[0].id and homes["wizard"] == asked[1].id


WORDS = st.sampled_from(
    [*REQUEST.text.split(), "dragon", "don't", "Straße", "红色", "🎈", "a_b", "x" * 300, "\n", "…"]
)
CLAIMS = st.builds(
    Claim,
    words=st.lists(WORDS, max_size=4).map(" ".join),
    part=st.sampled_from(PARTS),
    goes_to=st.sampled_from(["", "art.prompt", "words", "sheet.blocks.0.text", "nowhere.x", "..."]),
    meaning=st.sampled_from(["", "red", "a circle", "\x00"]),
)


@given(text=st.lists(WORDS, min_size=1, max_size=12).map(" ".join), claims=st.lists(CLAIMS))
def test_no_word_is_lost_and_none_is_held_twice(text: str, claims: list[Claim]) -> None:
    """Every word is in an entry, entries do not overlap, and each quotes the request."""
    ledger = account(claims, PLAN, text).ledger
    assert ledger.lost(text) == ()
    ends = [0]
    for entry in ledger.entries:
        assert entry.start >= ends[-1] and text[entry.start : entry.end] == entry.words
        ends.append(entry.end)
    said = {word for entry in ledger.entries for word in re.findall(r"\w+", entry.words)}
    assert not {"dragon", "red", "circle"} <= said or any(
        "dragon" in entry.words and entry.part == "not_understood" for entry in ledger.entries
    )
    assert Plan.model_validate_json(with_ledger(PLAN, ledger, text).model_dump_json())
