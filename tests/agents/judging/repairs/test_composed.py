"""A composed picture that failed is composed otherwise, its words larger or plainer first."""

from __future__ import annotations

from typing import Any

import pytest

from maquette.agents.judging.repairs.composed import VARIANTS, Recompose
from maquette.contracts.repair import RepairContract
from maquette.records.criterion import Count, TextReads
from maquette.records.draft import Revision
from maquette.records.plan import Call
from maquette.records.verdict import Finding, Outcome
from maquette.tools.art.brief import SceneBrief
from maquette.tools.builtin.making import compose

COUNT = Finding(
    criterion=Count(id="count0", thing="cat", count=2),
    outcome=Outcome.FAILED,
    score=0.4,
    reason="1 x cat instead of 2",
)
READ = Finding(
    criterion=TextReads(id="text0", text="12 July"),
    outcome=Outcome.FAILED,
    score=0.4,
    reason="read nothing",
)


def _brief(**more: Any) -> dict[str, Any]:
    words = ({"text": "Fair", "role": "headline"}, {"text": "12  July", "role": "date"})
    return SceneBrief.model_validate({"words": words, **more}).model_dump(mode="json")


def _call(**arguments: Any) -> Call:
    return Call(id="sheet", tool="compose", arguments={"brief": _brief(), **arguments})


class TestRecompose(RepairContract):
    @pytest.fixture
    def repair(self) -> Recompose:
        return Recompose()

    @pytest.fixture
    def finding(self) -> Finding:
        return COUNT

    @pytest.fixture
    def calls(self) -> tuple[Call, ...]:
        return (_call(), _call(variant=2).model_copy(update={"id": "second"}))


class TestRecomposeWords(TestRecompose):
    @pytest.fixture
    def finding(self) -> Finding:
        return READ


def _proposed(finding: Finding, call: Call, tried: frozenset[str] = frozenset()) -> list[Revision]:
    return list(Recompose().propose(finding, (call,), tried))


def test_failed_things_are_laid_out_otherwise() -> None:
    """Every other variant, once each, and nothing else of the brief."""
    changes = [revision.changes for revision in _proposed(COUNT, _call(variant=7))]
    assert changes == [{"variant": k} for k in VARIANTS if k != 7]


def test_no_seed_chooses_a_variant_that_is_tried() -> None:
    """Where a call names none its seed chooses one: the others are surely others."""
    assert min(VARIANTS) >= compose.VARIANTS


def test_a_variant_tried_for_one_criterion_is_not_tried_for_another() -> None:
    """It changes the whole picture, whatever failed."""
    left = _proposed(COUNT, _call(), frozenset({"text0:variant6", "other:variant7"}))
    assert [revision.id for revision in left] == ["count0:variant8", "count0:variant9"]


def test_words_that_failed_are_set_larger_then_plainly() -> None:
    """A date becomes a line, a line no second headline; then black on white."""
    larger, plain, *others = _proposed(READ, _call())
    assert larger.id == "text0:larger" and plain.id == "text0:plain"
    assert [one["role"] for one in larger.changes["brief"]["words"]] == ["headline", "line"]
    assert plain.changes["brief"]["letters"] == "#101014"
    assert all(set(revision.changes) == {"variant"} for revision in others)
    for revision in (larger, plain):
        SceneBrief.model_validate(revision.changes["brief"])


def test_colours_that_a_person_asked_for_are_kept() -> None:
    """No plain sheet where the sheet's colour was asked for."""
    ids = [one.id for one in _proposed(READ, _call(brief=_brief(sheet="green")))]
    assert "text0:plain" not in ids and "text0:larger" in ids


def test_a_brief_that_is_not_known_yet_is_left() -> None:
    """A reference to another call's output can only be composed otherwise."""
    ids = [one.id for one in _proposed(READ, _call(brief={"$ref": "plan.brief"}))]
    assert ids and all(":variant" in one for one in ids)
