"""What callers send and what they are shown. Records travel inside; these are their envelopes."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from maquette.records.base import Sha256
from maquette.records.task import (
    MAX_PROMPT_CHARACTERS,
    FeedbackAction,
    Task,
    TaskOptions,
    TaskStatus,
)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class TaskSubmission(_Body):
    """A request in plain words, with uploaded artifacts and options."""

    text: Annotated[str, Field(description="what is wanted, in plain words")]
    inputs: Annotated[
        tuple[Sha256, ...],
        Field(max_length=16, description="SHA-256 of artifacts uploaded before"),
    ] = ()
    options: TaskOptions = TaskOptions()

    @field_validator("text")
    @classmethod
    def _readable(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("some words that say what is wanted, not an empty text")
        if len(text) > MAX_PROMPT_CHARACTERS:
            raise ValueError(
                f"at most {MAX_PROMPT_CHARACTERS:,} characters, but it has {len(text):,}"
            )
        strange = next(
            (c for c in text if unicodedata.category(c) == "Cc" and c not in "\n\r\t"), ""
        )
        if strange:
            raise ValueError(f"printable words, without the control character U+{ord(strange):04X}")
        return text.strip()


class FeedbackBody(_Body):
    """An answer to ``feedback.requested``; without ``request_id``, to the open question."""

    request_id: str | None = Field(default=None, max_length=200)
    action: FeedbackAction
    text: str = Field(default="", max_length=4_000)


class ListQuery(_Body):
    """Which tasks to list, newest first."""

    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = Field(default=None, max_length=80)
    status: TaskStatus | None = None


def task_view(task: Task) -> dict[str, Any]:
    """A task as the API shows it: the record, its kind and where the rest is found."""
    root = f"/api/v1/tasks/{task.id}"
    return {
        "object": "task",
        **task.model_dump(mode="json"),
        "loop_efficiency": round(task.usage.loop_efficiency, 4),
        "links": {
            "self": root,
            "events": f"{root}/events",
            "plan": f"{root}/plan",
            "iterations": f"{root}/iterations",
        },
    }
