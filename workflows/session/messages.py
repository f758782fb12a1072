"""What crosses between the session's workflow, its activities and the desk."""

from __future__ import annotations

from pydantic import Field

from maquette.records.artifact import ArtifactRef
from maquette.records.base import Document
from maquette.records.session import (
    MAX_TURN_CHARACTERS,
    MAX_TURN_INPUTS,
    Meaning,
    SessionState,
)
from maquette.records.task import TaskOptions
from maquette.workflows.wire.messages import TaskInput

TURNS_A_RUN = 60
"""After so many turns a session goes on as a new run with its compact state."""


class SessionInput(Document):
    """What starts a session, and each run that it goes on as."""

    owner: str
    created_at: float
    state: SessionState = SessionState()
    turns_a_run: int = Field(default=TURNS_A_RUN, ge=1)
    heartbeat_timeout_s: float = Field(default=10.0, gt=0)


class Said(Document):
    """One turn as it is said. The same ``turn_id`` again is the same turn."""

    turn_id: str = Field(min_length=1, max_length=80)
    task_id: str = Field(max_length=80, description="id of the task, if the turn makes one")
    text: str = Field(min_length=1, max_length=MAX_TURN_CHARACTERS)
    inputs: tuple[ArtifactRef, ...] = Field(default=(), max_length=MAX_TURN_INPUTS)
    options: TaskOptions = TaskOptions()


class ReadTurnInput(Document):
    owner: str
    said: Said
    state: SessionState


class ReadTurnReply(Document):
    """What a turn means, and the input of its task; None: there is nothing to be done."""

    meaning: Meaning
    task: TaskInput | None = None


class OutcomeInput(Document):
    owner: str
    task_id: str
