"""A request that brings its own plan: words for people, then the plan as data.

A text sequence in the sense of RFC 7464: the plan's JSON follows a record separator. No door lets
that sign into the words of a request (``api/schemas.py``), so what a person writes, or pastes from
elsewhere, never is a plan; only a plan that was submitted as one is.
"""

from __future__ import annotations

from maquette.records.errors import InvalidInput
from maquette.records.plan import Plan
from maquette.records.task import MAX_PROMPT_CHARACTERS

SEPARATOR = "\x1e"


def with_plan(words: str, plan: Plan) -> str:
    """The text of a request that brings its plan.

    Args:
        words: what people are told that it is about, without control characters.
    Raises: InvalidInput: together they are longer than the text of a request may be.
    """
    text = f"{words}\n{SEPARATOR}{plan.model_dump_json()}\n"
    if len(text) > MAX_PROMPT_CHARACTERS:
        raise InvalidInput(
            f"the plan is {len(text):,} characters as JSON; expected {MAX_PROMPT_CHARACTERS:,} "
            "at most",
            hint="Submit it in parts, or shorten its reasons.",
        )
    return text


def words_in(text: str) -> str:
    """The words alone, whether a plan follows them or not."""
    return text.partition(SEPARATOR)[0].removesuffix("\n") if SEPARATOR in text else text


def plan_in(text: str) -> str | None:
    """The plan's JSON, unread; None: the text is words alone."""
    _, separator, written = text.partition(SEPARATOR)
    return written if separator else None
