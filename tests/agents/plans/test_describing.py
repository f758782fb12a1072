"""Descriptions as they are asked for; what no tool does of it is told."""

from __future__ import annotations

from typing import Any

import pytest
from hand_labelled import Told, labelled

from maquette.agents.plans.describing import description_of

ASKED: list[tuple[str, tuple[Told, ...], str, dict[str, Any], list[str]]] = [
    ("describe this", (), "describe", {"style": "short"}, []),
    ("describe it in detail", (("opt", "in detail"),), "describe", {"style": "long"}, []),
    ("in one sentence", (("opt", "in one sentence"),), "describe", {"style": "short"}, []),
    (
        "alt text, max 80 characters",
        (("query", "alt text"), ("opt", "max 80 characters")),
        "alt_text",
        {"max_characters": 80},
        [],
    ),
    ("a title", (("carrier", "title"),), "describe", {"style": "short"}, ["title"]),
    (
        "describe the outfit in rhymes",
        (("target", "outfit"), ("opt", "in rhymes")),
        "describe",
        {"style": "short"},
        ["in rhymes", "outfit"],
    ),
]


@pytest.mark.parametrize(
    ("text", "told", "tool", "arguments", "left"), ASKED, ids=[one[0] for one in ASKED]
)
def test_a_description_is_as_asked_or_it_is_told(
    text: str, told: tuple[Told, ...], tool: str, arguments: dict[str, Any], left: list[str]
) -> None:
    """Its tool and length; each piece that neither holds."""
    item = labelled(text, *told, kind="caption")
    found = description_of(item)
    assert (found.tool, found.arguments) == (tool, arguments)
    assert [item.pieces[k].text for k, _ in found.left] == left
