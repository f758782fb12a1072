"""A plan is read from whatever was written, or refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from maquette.agents.validation.parsing import MAX_CHARACTERS, MAX_DEPTH, parse_json, too_deep
from maquette.agents.validation.problems import Rule
from maquette.records.errors import PlanRejected

JSON = st.recursive(
    st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def _depth(value: Any) -> int:
    """Levels of lists and objects, by recursion."""
    if isinstance(value, dict | list):
        inner = list(value.values()) if isinstance(value, dict) else value
        return 1 + max((_depth(item) for item in inner), default=0)
    return 0


@given(JSON, st.integers(0, MAX_DEPTH + 3))
@example([], MAX_DEPTH - 1)
@example([], MAX_DEPTH)
def test_depth_is_counted_in_levels(value: Any, wrapped: int) -> None:
    """Every list and object within another is a level, also an empty one."""
    for _ in range(wrapped):
        value = [value]
    assert too_deep(value) is (_depth(value) > MAX_DEPTH)


@pytest.mark.parametrize(("levels", "refused"), [(MAX_DEPTH, False), (MAX_DEPTH + 1, True)])
def test_the_deepest_plan_is_taken_and_one_level_more_refused(levels: int, refused: bool) -> None:
    """The limit itself is allowed."""
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    assert too_deep(value) is refused


def test_the_longest_text_is_read_and_one_character_more_refused() -> None:
    """Before anything is parsed; the message tells the length that was met."""
    text = '"' + "x" * (MAX_CHARACTERS - 2) + '"'
    assert len(parse_json(text)) == MAX_CHARACTERS - 2
    with pytest.raises(PlanRejected) as caught:
        parse_json(text + " ")
    ((code, sentence),) = caught.value.reasons
    assert code == Rule.NOT_JSON and str(MAX_CHARACTERS + 1) in sentence
