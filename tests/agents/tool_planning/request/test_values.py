"""Values come from the words, by unit, name and schema; nothing is made up."""

from __future__ import annotations

from typing import Any

import pytest

from maquette.agents.tool_planning.cards import Param
from maquette.agents.tool_planning.request.slots import find_slots
from maquette.agents.tool_planning.request.values import Found, Unfit, values_of


def number(name: str, kind: str = "integer", **schema: Any) -> Param:
    return Param(name, "value", schema={"type": kind, **schema})


WIDTH, ANGLE, ROWS, COLUMNS = (
    number("width_px"),
    number("angle"),
    number("rows"),
    number("columns"),
)
STYLE = Param("style", "value", schema={"enum": ["sepia", "faded"]})
DATE = Param("show_date", "value", schema={"type": "boolean"})


@pytest.mark.parametrize(
    ("params", "text", "expected"),
    [
        ([WIDTH, ANGLE], "turn it by 90 degrees, 12 px wide", {"angle": 90, "width_px": 12}),
        ([ROWS, COLUMNS], "in 3 rows and four columns", {"rows": 3, "columns": 4}),
        ([WIDTH], "put a frame around one picture", {}),
        ([WIDTH], "rotate by 90 degrees and frame it", {}),
        ([STYLE], "with a faded look", {"style": "faded"}),
        ([DATE], "without a date please", {"show_date": False}),
        ([DATE], "with the date", {"show_date": True}),
        ([STYLE, WIDTH, DATE], "do it nicely", {}),
    ],
)
def test_values_that_are_told(params: list[Param], text: str, expected: dict[str, Any]) -> None:
    found = values_of(params, text)
    assert all(isinstance(value, Found) for value in found.values())
    assert {k: v.value for k, v in found.items()} == expected


def test_what_the_schema_refuses_is_told_and_not_rounded() -> None:
    found = values_of([number("width_px", maximum=200)], "900 px")["width_px"]
    assert isinstance(found, Unfit) and found.value == 900
    assert isinstance(values_of([number("rows")], "2.5 rows")["rows"], Unfit)


def test_slots_have_kinds_and_quotes_may_hold_apostrophes() -> None:
    text = "Say 'Let's go at example.com' over clip.mp4 and \"b.jpg\", see https://x.org/a.wav."
    slots = find_slots(text)
    assert [(slot.kind, slot.value) for slot in slots] == [
        ("text", "Let's go at example.com"),
        ("video", "clip.mp4"),
        ("image", "b.jpg"),
        ("url", "https://x.org/a.wav"),
    ]
    assert slots[-1].leads_to == "audio"
