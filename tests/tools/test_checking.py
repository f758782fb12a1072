"""What is wrong with a value, said so that a person finds it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from maquette.tools.checking import place, sentence, shown

STEPS = st.integers(0, 99) | st.from_regex(r"[a-z_]+", fullmatch=True)


@given(st.lists(STEPS, min_size=1, max_size=6))
def test_a_place_leads_back_to_where_it_is(location: list[int | str]) -> None:
    """Read letter by letter, fields behind dots and indexes in brackets, it is the location."""
    parts = re.findall(r"\[(\d+)\]|(?:^|\.)([a-z_]+)", place(location))
    assert [int(index) if index else name for index, name in parts] == location


@given(st.text() | st.lists(st.integers()) | st.dictionaries(st.text(), st.floats()))
def test_a_shown_value_is_short_and_begins_like_the_value(value: Any) -> None:
    """At most 80 characters, whole if it fits, and else visibly cut."""
    text, whole = shown(value), repr(value)
    assert len(text) <= 80
    assert text == whole or (text.endswith("...") and whole.startswith(text[:-3]))
    assert text == whole if len(whole) <= 80 else len(text) == 80


class Block(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    size_px: int = Field(default=1, ge=1)

    @field_validator("text")
    @classmethod
    def _not_shouted(cls, text: str) -> str:
        if text.isupper():
            raise ValueError("Capitals are not read aloud")
        return text


class Sheet(BaseModel):
    blocks: list[Block]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"blocks": [{}]}, "'blocks[0].text' is missing"),
        ({"blocks": [{"text": "x", "txet": 1}]}, "'blocks[0].txet' is not known"),
        (
            {"blocks": [{"text": "x"}, {"text": "y", "size_px": "big"}]},
            "'blocks[1].size_px' is 'big', but input should be a valid integer, "
            "unable to parse string as an integer",
        ),
        (
            {"blocks": [{"text": "x", "size_px": 0}]},
            "'blocks[0].size_px' is 0, but input should be greater than or equal to 1",
        ),
        ({"blocks": [{"text": "HA"}]}, "'blocks[0].text' is 'HA', but capitals are not read aloud"),
        ([], "'the value' is [], but input should be a valid dictionary or instance of Sheet"),
    ],
)
def test_a_fault_is_told_with_place_value_and_what_is_wanted(value: Any, told: str) -> None:
    """One sentence for each kind of fault; what is missing or not known has no value to show."""
    with pytest.raises(ValidationError) as caught:
        Sheet.model_validate(value)
    assert [sentence(error) for error in caught.value.errors()] == [told]
