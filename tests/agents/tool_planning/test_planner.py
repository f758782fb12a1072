"""Tools that were never seen before: which are called, what flows into them, what is valid."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.agents.tool_planning.cards import ToolCard, of_descriptions
from maquette.agents.tool_planning.planner import NoTool, plan_tools
from maquette.agents.tool_planning.tool_plan import Flow, Given, ToolPlan, ToolStep, faults
from maquette.records.errors import InvalidInput


def told(name: str, description: str, takes: list[str], gives: str) -> dict[str, Any]:
    return {"id": name, "desc": description, "input-type": takes, "output-type": [gives]}


CARDS = of_descriptions(
    [
        told("Score Reader", "Reads the notes of sheet music from a picture.", ["image"], "score"),
        told("Score Player", "Plays a score on a synthesizer.", ["score"], "audio"),
        told("Transposer", "Transposes a score to another key.", ["score"], "score"),
        told("Tempo Changer", "Changes the tempo of a recording.", ["audio"], "audio"),
        told("Mixer", "Mixes two recordings into one.", ["audio", "audio"], "audio"),
    ]
)
NAMES = {card.name: card for card in CARDS}


def calls(text: str) -> list[tuple[str, list[str]]]:
    plan = plan_tools(text, CARDS)
    assert isinstance(plan, ToolPlan)
    assert list(faults(plan, NAMES)) == []
    return [
        (
            step.card.name,
            [
                f"<{value.step}>" if isinstance(value, Flow) else str(value.value)
                for value in step.arguments.values()
            ],
        )
        for step in plan.steps
    ]


def test_outputs_flow_into_the_next_tool() -> None:
    assert calls("Read the notes in 'page.png' and transpose the score.") == [
        ("Score Reader", ["page.png"]),
        ("Transposer", ["<0>"]),
    ]


def test_a_conversion_that_nobody_asked_for_is_inserted() -> None:
    assert calls("Change the tempo of the music in page.png") == [
        ("Score Reader", ["page.png"]),
        ("Score Player", ["<0>"]),
        ("Tempo Changer", ["<1>"]),
    ]


def test_two_inputs_of_one_kind_are_two_things() -> None:
    assert calls("Mix the recordings one.wav and two.wav") == [("Mixer", ["one.wav", "two.wav"])]


def test_no_tool_fits_and_the_nearest_are_named() -> None:
    answer = plan_tools("Bake a cake", CARDS)
    assert isinstance(answer, NoTool) and len(answer.nearest) == 3


def test_a_card_of_a_wrong_shape_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="desc"):
        of_descriptions([{"id": "x", "input-type": [], "output-type": ["text"]}])


SAID = (
    "read the notes play score transpose mix tempo of page.png a.wav b.wav and then , . "
    "'quoted words' into from it this picture please change https://x.example/a.wav"
)
WORDS = st.sampled_from(SAID.split(" "))


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=24).map(" ".join) | st.text(max_size=80))
def test_whatever_is_said_a_plan_is_valid_or_says_what_is_missing(text: str) -> None:
    plan = plan_tools(text, CARDS)
    if isinstance(plan, ToolPlan):
        assert plan.missing or list(faults(plan, NAMES)) == []
        assert plan_tools(text, CARDS) == plan


def test_faults_tell_a_wrong_kind_a_later_step_and_a_missing_input() -> None:
    reader, mixer = NAMES["Score Reader"], NAMES["Mixer"]

    def wrong(card: ToolCard, arguments: dict[str, Flow | Given]) -> list[str]:
        return list(faults(ToolPlan((ToolStep(card, arguments),)), NAMES))

    assert "given audio" in wrong(reader, {"image_0": Given("audio", "a.wav")})[0]
    assert "not before" in wrong(reader, {"image_0": Flow(0, "score", "score")})[0]
    assert "lacks 'audio_1'" in wrong(mixer, {"audio_0": Given("audio", "a.wav")})[0]
