"""References are found wherever they stand, and what is not one is left to the tool's schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.validation.arguments import check_arguments, reference_places
from maquette.agents.validation.problems import Rule
from maquette.records.plan import Call
from maquette.tools.registry import Registry

REFERENCE = st.builds(lambda port: {"$ref": f"a.{port}"}, st.sampled_from(["image", "text"]))
VALUES = st.recursive(
    REFERENCE | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
)


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, Any]]:
    """Where references stand, by recursion."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield path, value
        else:
            for key, item in value.items():
                yield from _places(item, (*path, key))
    elif isinstance(value, list):
        for k, item in enumerate(value):
            yield from _places(item, (*path, k))


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3))
def test_every_reference_is_found_in_reading_order(arguments: dict[str, Any]) -> None:
    """With the path to it; nothing inside a reference is looked at."""
    assert list(reference_places(arguments)) == list(_places(arguments))


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ({"prompt": "a star"}, []),
        ({"prompt": {"$ref": "a.text"}}, []),
        ({"prompt": 3}, [Rule.BAD_ARGUMENT]),
        ({}, [Rule.MISSING_ARGUMENT]),
        ({"prompt": "a star", "promt": "a moon"}, [Rule.UNKNOWN_ARGUMENT]),
        ({"promt": "a moon"}, [Rule.UNKNOWN_ARGUMENT, Rule.MISSING_ARGUMENT]),
        ({"prompt": "a star", "layout": [{"box": {"$ref": "a.box"}, "phrase": "star"}]}, []),
        ({"prompt": "a star", "layout": [{"phrase": "star"}]}, [Rule.BAD_ARGUMENT]),
        ({"prompt": "a star", "steps": float("nan")}, [Rule.BAD_ARGUMENT]),
    ],
)
def test_each_fault_has_its_rule(
    registry: Registry, arguments: dict[str, Any], codes: list[Rule]
) -> None:
    """Unknown, missing or not what is expected; a place that holds a reference is no fault."""
    call = Call(id="art", tool="draw", arguments=arguments)
    assert [one.code for one in check_arguments(call, registry.get("draw"))] == codes


def test_a_near_name_is_suggested(registry: Registry) -> None:
    """A slip of the pen is told with the name that was meant."""
    call = Call(id="art", tool="draw", arguments={"prompt": "a star", "guidence": 3})
    (problem,) = check_arguments(call, registry.get("draw"))
    assert "did you mean 'guidance'?" in problem.sentence
