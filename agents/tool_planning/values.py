"""Values of a tool's schema in the words of a request: numbers, choices, colours, flags."""

from __future__ import annotations

from typing import Any

from maquette.agents.tool_planning.cards import Param

NOTHING: Any = object()
"""No value was found."""


def value_of(param: Param, text: str) -> Any:
    """The value that a text tells for a parameter, of the type its schema asks for; else
    ``NOTHING``."""
    return NOTHING
