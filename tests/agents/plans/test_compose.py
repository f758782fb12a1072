"""Pictures and posters are composed of what was read, for the generator that is there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from places import DATA
from words_read import read_request

from maquette.agents.plans.compose import ENLARGE_TO_PX, picture_plan
from maquette.agents.plans.parts import attached, quoted
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.records.criterion import describe
from maquette.records.errors import FixInput
from maquette.records.plan import Call, Loop, Plan
from maquette.records.task import TaskRequest
from maquette.words.lexicon import Lexicon

VOCABULARY = json.loads((DATA / "agents" / "vocabulary2.json").read_text())


def _plan(text: str, *, side_px: int = 256, layout: bool = True, **told: Any) -> Plan:
    vocabulary = told.pop("vocabulary", VOCABULARY)
    model = GenerationDescription(
        model="m",
        digest="d",
        pipeline="p",
        default_steps=1,
        default_guidance=1.0,
        width_px=side_px,
        height_px=side_px,
        layout=layout,
        vocabulary=vocabulary,
    )
    reading = read_request(text, 0)
    return picture_plan(TaskRequest(text=text), reading, Lexicon.of(vocabulary), model, **told)


def _loop(plan: Plan) -> Loop:
    (loop,) = plan.nodes
    assert isinstance(loop, Loop)
    return loop


@pytest.mark.parametrize(
    ("side_px", "factor"), [(256, 3), (128, 6), (512, None), (768, None), (1024, None)]
)
def test_small_pictures_are_enlarged_as_far_as_whole_times_go(
    side_px: int, factor: int | None
) -> None:
    """To 768 px at most; a picture that is large enough is left as it was drawn."""
    calls = _loop(_plan("a red star", side_px=side_px)).body
    told = [call.arguments["factor"] for call in calls if call.tool == "enlarge"]
    assert told == ([] if factor is None else [factor])
    assert factor is None or side_px * factor <= ENLARGE_TO_PX < side_px * (factor + 1)


@pytest.mark.parametrize(("judged", "drafts"), [(True, 2), (False, 1)])
def test_drafts_are_made_where_something_chooses(judged: bool, drafts: int) -> None:
    """Nobody could tell which of two is better if nothing looks at them."""
    assert _loop(_plan("a red star", judged=judged)).candidates == drafts


@pytest.mark.parametrize("text", ["a star inside a circle", "a star in front of a circle"])
def test_what_is_inside_is_drawn_after_what_is_round_it(text: str) -> None:
    """Boxes go from back to front, so that nothing is covered by what holds it."""
    layout = _loop(_plan(text)).body[0].arguments["layout"]
    assert [item["phrase"].split()[-1] for item in layout] == ["circle", "star"]


def test_a_model_without_boxes_is_given_none() -> None:
    """It draws by the words alone."""
    arguments = _loop(_plan("a red star above a house", layout=False)).body[0].arguments
    assert "layout" not in arguments and "red star" in arguments["prompt"]


def test_what_is_not_wanted_is_said_to_models_that_listen() -> None:
    """One of any words is told what to avoid; one that was taught fixed captions is not."""
    text = "a star without a circle"
    closed = _loop(_plan(text)).body[0].arguments
    assert "negative_prompt" not in closed and "circle" not in closed["prompt"]


def test_nothing_to_draw_and_no_words_is_asked_back() -> None:
    """With what the model knows as the way out."""
    with pytest.raises(FixInput, match="nothing was found") as caught:
        _plan("a poster on a mint background")
    assert "circle" in caught.value.hint and "red" in caught.value.hint


def test_words_without_a_picture_are_a_sign() -> None:
    """No drawing is made that nobody asked for."""
    (sheet,) = _loop(_plan('a poster that says "OPEN"')).body
    assert sheet.tool == "typeset" and "art" not in sheet.arguments


def test_parts_are_written_as_plans_have_them() -> None:
    """An attached picture by its number, strings in quotation marks."""
    call = Call(id="a", tool="enlarge", arguments={"image": attached(3), "factor": 2})
    assert call.arguments["image"] == {"$ref": "inputs.3"}
    assert quoted(["ONE", "TWO"]) == '"ONE", "TWO"'


@pytest.mark.parametrize(
    ("alone", "told"),
    [(True, ["the star is above the house"]), (False, ["the star is on the house"])],
)
def test_contact_is_judged_where_a_source_is_judged_for_it(alone: bool, told: list[str]) -> None:
    """Drawn alone, "on" is above, and one criterion that nobody passes tells of the contact; beside
    art it stays. The layout for drawing has the star above the house either way."""
    loop = _loop(_plan("a star on a house", layout=True, alone=alone))
    assert [describe(one) for one in loop.criteria if one.kind == "relation"] == told
    assert sum(one.kind == "asked" for one in loop.criteria) == alone
    star, house = loop.body[0].arguments["layout"]
    assert star["box"]["y1"] <= house["box"]["y0"]
