"""What callers send and what they are shown. Records travel inside; these are their envelopes."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from maquette.records.base import Sha256
from maquette.records.planning.carried_plan import words_in
from maquette.records.session import (
    MAX_TURN_CHARACTERS,
    MAX_TURN_INPUTS,
    SessionView,
    Turn,
)
from maquette.records.task import (
    MAX_PROMPT_CHARACTERS,
    FeedbackAction,
    Task,
    TaskOptions,
    TaskStatus,
)

if TYPE_CHECKING:
    from maquette.tools.registry import Registry
    from maquette.tools.spec import ToolSpec


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class TaskSubmission(_Body):
    """A request in plain words, or a ready plan, with uploaded artifacts and options."""

    plan: dict[str, Any] | None = Field(
        default=None, description="a plan that is run as it is; nothing else is planned"
    )
    text: str = Field(
        default="",
        validate_default=True,
        description="what is wanted, in plain words; beside a plan it may be left out",
    )
    inputs: Annotated[
        tuple[Sha256, ...],
        Field(max_length=16, description="SHA-256 of artifacts uploaded before"),
    ] = ()
    options: TaskOptions = TaskOptions()

    @field_validator("text")
    @classmethod
    def _readable(cls, text: str, info: ValidationInfo) -> str:
        if not text.strip() and info.data.get("plan") is not None:
            return ""
        return _words(text, MAX_PROMPT_CHARACTERS)


class TurnBody(_Body):
    """What is said in one turn of a session, with uploaded pictures and options of its task."""

    text: Annotated[str, Field(description="in plain words, such as: make it bigger")]
    inputs: Annotated[
        tuple[Sha256, ...],
        Field(max_length=MAX_TURN_INPUTS, description="SHA-256 of artifacts uploaded before"),
    ] = ()
    options: TaskOptions = TaskOptions()

    @field_validator("text")
    @classmethod
    def _readable(cls, text: str) -> str:
        return _words(text, MAX_TURN_CHARACTERS)


def _words(text: str, most: int) -> str:
    """The words without white space around them. Raises: ValueError: what was expected."""
    if not text.strip():
        raise ValueError("some words that say what is wanted, not an empty text")
    if len(text) > most:
        raise ValueError(f"at most {most:,} characters, but it has {len(text):,}")
    strange = next((c for c in text if unicodedata.category(c) == "Cc" and c not in "\n\r\t"), "")
    if strange:
        raise ValueError(f"printable words, without the control character U+{ord(strange):04X}")
    return text.strip()


class ToolCall(_Body):
    """One call of one tool, with uploaded artifacts and options."""

    arguments: dict[str, Any] = Field(
        default_factory=dict,
        description='values by argument; {"$ref": "inputs.0"} is the first uploaded artifact',
    )
    inputs: tuple[Sha256, ...] = Field(
        default=(),
        max_length=16,
        description="SHA-256 of artifacts uploaded before; they fill the tool's picture "
        "arguments in order, where arguments does not name them",
    )
    options: TaskOptions = TaskOptions()


class PlanQuestion(_Body):
    """A plan that is asked about."""

    plan: dict[str, Any]
    inputs: tuple[Sha256, ...] = Field(default=(), max_length=16)
    options: TaskOptions = TaskOptions()


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
    told = task.model_dump(mode="json")
    told["request"]["text"] = words_in(task.request.text)
    return {
        "object": "task",
        **told,
        "loop_efficiency": round(task.usage.loop_efficiency, 4),
        "links": {
            "self": root,
            "events": f"{root}/events",
            "plan": f"{root}/plan",
            "iterations": f"{root}/iterations",
        },
    }


def tool_view(registry: Registry, spec: ToolSpec) -> dict[str, Any]:
    """A tool as the API shows it."""
    return {
        "object": "tool",
        "name": spec.name,
        "version": spec.version,
        "description": spec.description,
        "input_schema": spec.input_schema,
        "output_schema": spec.output_schema,
        "inputs": {port: modality.value for port, modality in spec.inputs.items()},
        "outputs": {port: modality.value for port, modality in spec.outputs.items()},
        "required": list(spec.required),
        "cost_s": spec.cost_s,
        "timeout_s": spec.timeout_s,
        "roles": [role.value for role in spec.roles],
        "seeded": spec.seeded,
        "deterministic": spec.deterministic,
        "origin": registry.origin(spec.name),
    }


def session_view(view: SessionView) -> dict[str, Any]:
    """A session as the API shows it: the accepted picture is that "it" is about."""
    state = view.state
    root = f"/api/v1/sessions/{view.id}"
    return {
        "object": "session",
        "id": view.id,
        "created_at": view.created_at,
        "closed": state.closed,
        "busy": view.busy,
        "said": state.said,
        "turns": [turn_view(turn, view.id) for turn in state.turns],
        "accepted": state.accepted.model_dump(mode="json") if state.accepted else None,
        "concepts": [one.model_dump(mode="json") for one in state.concepts],
        "constraints": list(state.constraints),
        "links": {"self": root, "turns": f"{root}/turns"},
    }


def turn_view(turn: Turn, session_id: str) -> dict[str, Any]:
    """A turn as the API shows it, with the way to its task."""
    links = {"session": f"/api/v1/sessions/{session_id}"}
    if turn.task_id is not None:
        task = f"/api/v1/tasks/{turn.task_id}"
        links |= {"task": task, "events": f"{task}/events"}
    return {"object": "turn", **turn.model_dump(mode="json"), "links": links}
