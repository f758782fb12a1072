"""A plug-in's tool is planned by its description, and ordinary requests are left alone."""

from __future__ import annotations

import time
from typing import Any

import pytest
from plugged_tools import PLUGGED, plugged_registry, ribbon

from maquette.agents.tool_planning.by_cards import SURE, plan_by_cards, weigh_by_cards
from maquette.agents.validation.validator import validate
from maquette.records.plan import Call

PICTURE = {"$ref": "inputs.0"}
ASKED: list[tuple[str, int, list[tuple[str, dict[str, Any]]]]] = [
    ("put a red ribbon around this picture", 1, [("ribbon", {"image": PICTURE, "colour": "red"})]),
    (
        "add a blue ribbon 12 px wide to my photo",
        1,
        [("ribbon", {"image": PICTURE, "colour": "blue", "width_px": 12})],
    ),
    ("make this picture sepia", 1, [("vintage", {"image": PICTURE, "style": "sepia"})]),
    (
        "put these two pictures side by side",
        2,
        [("side_by_side", {"left": PICTURE, "right": {"$ref": "inputs.1"}})],
    ),
    (
        "translate the words in this picture into German",
        1,
        [
            ("read_text", {"image": PICTURE}),
            ("translate", {"text": {"$ref": "read_text.text"}, "language": "german"}),
        ],
    ),
    (
        "make a collage of these two images and put a red ribbon around it",
        2,
        [
            ("side_by_side", {"left": PICTURE, "right": {"$ref": "inputs.1"}}),
            ("ribbon", {"image": {"$ref": "side_by_side.image"}, "colour": "red"}),
        ],
    ),
    ("qr code with the text 'HELLO you'", 0, [("qr_code", {"text": "HELLO you"})]),
]


@pytest.mark.parametrize(("text", "attached", "calls"), ASKED, ids=[one[0] for one in ASKED])
async def test_a_tool_is_planned_by_its_card_with_the_values_that_were_said(
    text: str, attached: int, calls: list[tuple[str, dict[str, Any]]]
) -> None:
    registry = plugged_registry()
    plan = await plan_by_cards(text, attached, registry)
    assert plan is not None
    assert validate(plan, registry, inputs=attached) == []
    planned = [node for node in plan.nodes if isinstance(node, Call)]
    assert [(call.tool, call.arguments) for call in planned] == calls
    assert all(call.reason for call in planned)


@pytest.mark.parametrize(
    "text",
    [
        "a red circle above a blue square",
        "make the circle green",
        "what does the sign say",
        "how many stars are there",
        "a poster that says SALE above a star",
        "cut out the boat",
        "put 'HELLO' on this picture",
        "enlarge it twice",
        "make this picture larger",
    ],
)
@pytest.mark.parametrize("attached", [0, 1])
async def test_what_the_house_can_do_is_left_to_it(text: str, attached: int) -> None:
    assert await plan_by_cards(text, attached, plugged_registry()) is None


async def test_a_tool_that_is_taken_away_is_planned_no_more_and_one_added_at_once() -> None:
    text = "put a red ribbon around this picture"
    without = plugged_registry([spec for spec in PLUGGED if spec is not ribbon])
    assert await plan_by_cards(text, 1, without) is None
    without.add(ribbon, origin="plug-in later")
    plan = await plan_by_cards(text, 1, without)
    assert plan is not None
    assert [node.tool for node in plan.nodes if isinstance(node, Call)] == ["ribbon"]


async def test_a_number_outside_of_the_schema_is_no_plan_and_the_reason_says_so() -> None:
    weighed = await weigh_by_cards("add a ribbon 900 px wide", 1, plugged_registry())
    assert weighed.plan is None
    assert "200" in weighed.reason and "900" in weighed.reason


async def test_a_missing_picture_is_no_plan() -> None:
    weighed = await weigh_by_cards("put a red ribbon around this picture", 0, plugged_registry())
    assert weighed.plan is None and weighed.score < SURE


async def test_a_request_that_no_tool_fits_names_the_nearest() -> None:
    weighed = await weigh_by_cards("bake me a cake", 0, plugged_registry())
    assert weighed.plan is None and len(weighed.nearest) == 3


async def test_equal_requests_give_equal_plans_within_150_ms_of_work() -> None:
    registry = plugged_registry()
    text = "make a collage of these two images and put a red ribbon around it"
    first = await plan_by_cards(text, 2, registry)
    started = time.process_time()
    again = await plan_by_cards(text, 2, registry)
    assert time.process_time() - started < 0.150
    assert first == again
