"""What pydantic found wrong, as sentences that name the place, the value and what is wanted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic_core import ErrorDetails

MAX_VALUE_CHARACTERS = 80


def place(location: Iterable[int | str]) -> str:
    """Write a location as ``blocks[0].text``."""
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else (f".{step}" if text else str(step))
    return text


def shown(value: Any) -> str:
    """A value for a message, cut to a readable length."""
    text = repr(value)
    return text if len(text) <= MAX_VALUE_CHARACTERS else text[: MAX_VALUE_CHARACTERS - 3] + "..."


def sentence(error: ErrorDetails) -> str:
    """``'steps' is 'many', but input should be a valid integer``."""
    where = place(error["loc"]) or "the value"
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "missing":
        return f"{where!r} is missing"
    if error["type"] == "extra_forbidden":
        return f"{where!r} is not known"
    return f"{where!r} is {shown(error['input'])}, but {message[:1].lower()}{message[1:]}"
