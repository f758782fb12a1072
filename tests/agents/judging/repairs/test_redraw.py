"""What failed in a drawing is said again, drawn firmer, or kept out."""

from __future__ import annotations

from typing import Any

import pytest

from maquette.agents.judging.repairs.redraw import FIRMEST, USUAL_GUIDANCE, Redraw, restated
from maquette.contracts.repair import RepairContract
from maquette.records.criterion import (
    Colour,
    Count,
    Criterion,
    Exists,
    Overall,
    Relation,
    TextReads,
)
from maquette.records.draft import Revision
from maquette.records.plan import Call
from maquette.records.verdict import Evidence, Finding, Outcome


def _failed(criterion: Criterion, **evidence: Any) -> Finding:
    return Finding(
        criterion=criterion,
        outcome=Outcome.FAILED,
        score=0.1,
        reason="asked, answered 'no'",
        evidence=Evidence(**evidence),
    )


RED = _failed(Colour(id="colour", thing="circle", colour="red"))


def _art(prompt: Any = "a circle", **arguments: Any) -> Call:
    return Call(id="art", tool="draw", arguments={"prompt": prompt, **arguments})


def _proposed(finding: Finding, call: Call) -> list[Revision]:
    return list(Redraw().propose(finding, (call,), frozenset()))


class TestRedraw(RepairContract):
    @pytest.fixture
    def repair(self) -> Redraw:
        return Redraw()

    @pytest.fixture
    def finding(self) -> Finding:
        return RED

    @pytest.fixture
    def calls(self) -> tuple[Call, ...]:
        return (_art(), _art("a star").model_copy(update={"id": "second"}))


class TestRedrawWithoutWords(TestRedraw):
    @pytest.fixture
    def finding(self) -> Finding:
        criterion = TextReads(id="text0", text="SALE")
        return _failed(criterion, string_read="SALE", answer="extra: LOREM")


def test_a_failed_thing_is_said_again_then_drawn_firmer() -> None:
    """First in words, then with half as much guidance again; each changes one argument."""
    first, second = _proposed(RED, _art(guidance=4.0))
    assert first.changes == {"prompt": "a circle. a red circle"}
    assert second.changes == {"guidance": 6.0}


@pytest.mark.parametrize(
    ("guidance", "next_one"),
    [(None, 1.5 * USUAL_GUIDANCE), (8.0, FIRMEST), (FIRMEST, None)],
)
def test_guidance_grows_to_its_limit(guidance: float | None, next_one: float | None) -> None:
    """By half, from the usual where the call says none, and never beyond the firmest."""
    arguments = {} if guidance is None else {"guidance": guidance}
    told = [
        r.changes["guidance"] for r in _proposed(RED, _art(**arguments)) if "guidance" in r.changes
    ]
    assert told == ([] if next_one is None else [next_one])


def test_what_ends_the_prompt_is_not_said_twice() -> None:
    """Saying it a third time would mend nothing."""
    (only,) = _proposed(RED, _art("a star. a red circle"))
    assert "guidance" in only.changes


def test_a_prompt_that_is_another_steps_is_left_alone() -> None:
    """A reference is no words to add to."""
    assert _proposed(RED, _art({"$ref": "words.text"})) == []


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (Exists(id="a", thing="star"), "a star"),
        (Count(id="a", thing="star", count=1), "one star"),
        (Count(id="a", thing="house", count=3), "three houses"),
        (Count(id="a", thing="star", count=0), None),
        (Count(id="a", thing="star", count=40), None),
        (
            Relation(id="a", subject="star", relation="above", object="house"),
            "the star is above the house",
        ),
        (Relation(id="a", subject="text", relation="above", object="house"), None),
        (Overall(id="a", request="a star"), None),
    ],
)
def test_only_things_can_be_said_again(criterion: Criterion, words: str | None) -> None:
    """As a caption says it; words, the whole and what should be absent are not captions."""
    assert restated(criterion) == words


def test_words_in_the_drawing_ask_for_another_drawing() -> None:
    """When the letters are right but the art says something, the art is drawn again without it."""
    criterion = TextReads(id="text0", text="SALE")
    finding = _failed(criterion, string_read="SALE", answer="extra: LOREM")
    (only,) = _proposed(finding, _art(negative_prompt="people"))
    assert only.changes == {"negative_prompt": "people, text, letters, writing"}
    assert "'LOREM'" in only.reason
    other = _failed(criterion, string_read="SAE", answer="extra: LOREM")
    assert _proposed(other, _art()) == []  # The letters themselves are wrong: set them again.
