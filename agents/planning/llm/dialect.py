"""What an endpoint takes, and what a refusal of it teaches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

MAX_ANSWER_TOKENS = 8_000
FEWER_TOKENS = 2_000
"""Asked for where a model has no room for more behind the tool cards."""

Tokens = Literal["max_completion_tokens", "max_tokens"]
Form = Literal["json_schema", "json_object", "text"]


@dataclass(frozen=True)
class Dialect:
    """What one endpoint takes. It begins with what new ones want."""

    tokens: Tokens | None = "max_completion_tokens"
    most: int = MAX_ANSWER_TOKENS
    temperature: bool = True
    form: Form = "json_schema"
    pictures: bool = True

    def arguments(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The arguments of a request beside model and messages."""
        found: dict[str, Any] = {}
        if self.tokens is not None:
            found[self.tokens] = self.most
        if self.temperature:
            found["temperature"] = 0
        if self.form == "json_schema":
            told = {"name": "plan", "strict": True, "schema": schema}
            found["response_format"] = {"type": "json_schema", "json_schema": told}
        elif self.form == "json_object":
            found["response_format"] = {"type": "json_object"}
        return found


@dataclass(frozen=True)
class Wants:
    """A refusal: its status, what was said, and whether pictures were sent."""

    status: int
    text: str
    pictures: bool


@dataclass(frozen=True)
class Lesson:
    """The dialect to go on with, and what it no longer has."""

    dialect: Dialect
    lacks: str


_ABOUT_PICTURES = (
    "image", "multimodal", "multi-modal", "vision", "picture", "content must be a string",
    "must be string", "valid string",
)  # fmt: skip
_ABOUT_FORM = ("response_format", "json_schema", "schema", "grammar", "guided", "structured")
_ABOUT_ROOM = (
    "context length",
    "context window",
    "too large",
    "maximum length",
    "reduce the length",
    "max_model_len",
)
_REFUSALS = (400, 413, 415, 422, 501)
_TEACHES = 500
"""Some servers say with a server error that they take no pictures, and name them."""


def learned(dialect: Dialect, refused: Wants) -> Lesson | None:
    """What to leave out next; None: nothing is left, or the refusal is about something else.

    What the refusal names goes first. One that names nothing may be about whatever is least
    usual: pictures, then the newer name of the limit.
    """
    text = refused.text.lower()
    if refused.pictures and dialect.pictures and _names(text, _ABOUT_PICTURES):
        return _blind(dialect) if refused.status in (*_REFUSALS, 404, _TEACHES) else None
    blind = refused.pictures and not dialect.pictures  # shown all the same, as the settings say
    if refused.status not in _REFUSALS or blind:
        return None
    if _names(text, _ABOUT_ROOM) and dialect.most > FEWER_TOKENS:
        return Lesson(replace(dialect, most=FEWER_TOKENS), f"answer of {dialect.most} tokens")
    if "max_completion_tokens" in text or "max_tokens" in text:
        return _tokens(dialect)
    if "temperature" in text and dialect.temperature:
        return Lesson(replace(dialect, temperature=False), "temperature")
    if _names(text, _ABOUT_FORM) and dialect.form != "text":
        return _form(dialect)
    if refused.pictures and dialect.pictures:
        return _blind(dialect)
    return _tokens(dialect) if dialect.tokens == "max_completion_tokens" else None


def _names(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def _blind(dialect: Dialect) -> Lesson:
    return Lesson(replace(dialect, pictures=False), "pictures")


def _tokens(dialect: Dialect) -> Lesson | None:
    if dialect.tokens is None:
        return None
    after: Tokens | None = "max_tokens" if dialect.tokens == "max_completion_tokens" else None
    return Lesson(replace(dialect, tokens=after), dialect.tokens)


def _form(dialect: Dialect) -> Lesson:
    after: Form = "json_object" if dialect.form == "json_schema" else "text"
    return Lesson(replace(dialect, form=after), dialect.form)
