"""What is said of scenes planned by hand is what the judge and the eye saw, and no more."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from maquette.records.criterion import Colour, Count, Exists, Relation
from maquette.tools.art.brief import SceneBrief
from maquette.training.evaluation.art import scenes
from maquette.training.evaluation.art.plans import Plan, attempt, plans
from maquette.training.evaluation.art.scenes import Looked, criteria_of, record


def plan(*criteria: dict[str, Any]) -> Plan:
    return Plan("x", "x", criteria, SceneBrief())


def named(name: str, id: str) -> Plan:
    return next(one for one in plans(name) if one.id == id)


def test_every_request_has_a_plan_and_of_several_results_one_each() -> None:
    assert len(plans("scenes")) == 100
    assert len({one.id.partition(".")[0] for one in plans("sheets")}) == 60
    assert len([one for one in plans("sheets") if one.id.startswith("sheet-59.")]) == 4


def test_the_judge_is_asked_what_it_knows_alone() -> None:
    """A size has no kind, "beside" none, and "at least two" is no count of two."""
    asked = criteria_of(
        plan(
            {"kind": "exists", "thing": "cat"},
            {"kind": "count", "thing": "egg", "count": 2},
            {"kind": "count", "thing": "egg", "count": 2, "at_least": True},
            {"kind": "colour", "thing": "cat", "colour": "red"},
            {"kind": "size", "thing": "cat", "size": "large"},
            {"kind": "relation", "subject": "cat", "relation": "above", "object": "egg"},
            {"kind": "relation", "subject": "cat", "relation": "beside", "object": "egg"},
        )
    )
    assert [type(one) for one in asked] == [Exists, Count, Colour, Relation]


def test_a_set_is_printed_when_all_of_it_is() -> None:
    """One bad sticker of three spoils one request, not a third of it; a plan without a picture is
    wrong though nobody looked."""
    looked = [Looked(named("sheets", f"sheet-60.{k}"), "told") for k in (1, 2, 3)]
    told = record(looked, {})["by_eye"]["print"]
    assert told["share"].startswith("0.0%") and "n = 1)" in told["share"]


@pytest.mark.slow
def test_a_picture_that_is_right_passes_and_another_than_was_seen_is_told(tmp_path: Path) -> None:
    """The judge finds what was planned; a judgement of other pixels is known by its hash."""
    one = named("scenes", "teacher-01")
    picture = attempt(one)
    assert not isinstance(picture, str)
    looked = Looked(one, picture)
    eye = {"teacher-01": {"sha256": looked.digest, "right": True, "clean": False, "note": "n"}}
    told = record([looked], eye)
    assert told["changed_since"] == []
    assert told["by_eye"]["right"]["share"].startswith("100.0%")
    assert told["by_eye"]["clean"]["wrong"] == {"teacher-01": "n"}
    other = dataclasses.replace(
        looked, picture=dataclasses.replace(picture, pixels=~picture.pixels)
    )
    assert record([other], eye)["changed_since"] == ["teacher-01"]
    scenes.write([looked], tmp_path)
    assert Image.open(tmp_path / "teacher-01.png").size == picture.pixels.shape[1::-1]
    assert (tmp_path / "contact_01.png").exists()


def test_what_was_seen_by_eye_is_of_every_picture() -> None:
    eye = scenes.read_by_eye()
    assert list(eye) == [one.id for name in ("scenes", "sheets") for one in plans(name)]
    for id, one in eye.items():
        qualities = {"print"} if id.startswith("sheet") else {"right", "clean"}
        assert qualities <= one.keys()
        assert all(one[quality] for quality in qualities) or one["note"]
