"""Sessions: a conversation about pictures, as it stands. Small: all of it is history."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from maquette.records.artifact import ArtifactRef
from maquette.records.base import Document, Record
from maquette.records.task import Problem, TaskStatus

MAX_TURN_CHARACTERS = 4_000
"""Of the words of one turn."""
MAX_REQUEST_CHARACTERS = 8_000
"""Of the request that is made of them."""
MAX_TURN_INPUTS = 4
MOST_VARIATIONS = 6
"""Of a picture, made at once."""


class Seen(Record):
    """A thing that a picture shows."""

    phrase: str = Field(min_length=1, max_length=80, description="a noun, in the singular")
    colour: str | None = Field(default=None, max_length=40, description="None: not told")


class Concept(Record):
    """Something that a person gave a name: "this is Bo"."""

    name: str = Field(min_length=1, max_length=40)
    artifact: ArtifactRef | None = Field(
        default=None, description="the picture that shows it; None: it was told in words alone"
    )
    said: str = Field(
        default="", max_length=80, description="the person's words for it: orange cat"
    )
    things: tuple[Seen, ...] = Field(default=(), max_length=8)
    composed: bool = Field(default=False, description="its picture has a scene document")


class Accepted(Record):
    """A picture that a later turn may go on with."""

    turn: int = Field(ge=1, description="the turn that brought it")
    artifact: ArtifactRef
    things: tuple[Seen, ...] = Field(default=(), max_length=24)
    who: dict[str, str] = Field(
        default_factory=dict, description="concept -> its noun, for those that are in it"
    )
    focus: str = Field(default="", max_length=80, description="the noun that was spoken of last")


class TurnKind(StrEnum):
    """What a turn was read as."""

    FRESH = "fresh"
    CHANGE = "change"
    ABOUT = "about"
    NAME = "name"
    UNDO = "undo"
    BACK = "back"
    CONSTRAINT = "constraint"
    VARIATION = "variation"
    WHY = "why"
    UNSEEN = "unseen"
    FOUND = "found"


class Meaning(Record):
    """What a turn means, decided from its words and the state before it."""

    kind: TurnKind
    text: str = Field(
        default="",
        max_length=MAX_REQUEST_CHARACTERS,
        description="the request made of it, in words of its own; empty: nothing is to be done",
    )
    inputs: tuple[ArtifactRef, ...] = Field(default=(), max_length=MAX_TURN_INPUTS)
    explanation: str = Field(max_length=600, description="the reading, in words")
    alternative: str = Field(
        default="", max_length=400, description="where another reading is near: what to say for it"
    )
    focus: str = Field(default="", max_length=80)
    who: dict[str, str] = Field(default_factory=dict)
    concept: Concept | None = None
    constraint: str | None = Field(default=None, max_length=200)
    variations: int = Field(
        default=0, ge=0, le=MOST_VARIATIONS, description="others like the picture there is"
    )
    picture: Accepted | None = Field(
        default=None, description="what is accepted without any work: of a name, undo or back"
    )

    @property
    def ambiguous(self) -> bool:
        """Whether another reading was near."""
        return bool(self.alternative)


class Turn(Record):
    """One turn of a session, and what came of it."""

    id: str = Field(min_length=1, max_length=80)
    number: int = Field(ge=1)
    text: str = Field(max_length=400, description="as it was said; longer ones are cut")
    kind: TurnKind | None = None
    request: str = Field(default="", max_length=400, description="what was asked of the task")
    explanation: str = Field(default="", max_length=600)
    alternative: str = Field(default="", max_length=400)
    task_id: str | None = Field(default=None, max_length=80)
    status: TaskStatus = TaskStatus.IN_PROGRESS
    artifact: ArtifactRef | None = None
    answer: str | None = Field(default=None, max_length=400)
    problem: Problem | None = None


class TurnOutcome(Record):
    """What came of the task of a turn."""

    status: TaskStatus
    artifact: ArtifactRef | None = Field(default=None, description="the picture delivered")
    things: tuple[Seen, ...] = Field(default=(), max_length=24, description="empty: not known")
    answer: str | None = Field(default=None, max_length=400, description="what was told in words")
    problem: Problem | None = None


class SessionState(Document):
    """What a session knows: enough to go on, and no more.

    ``pictures`` is a pile: the last one is accepted, undo takes it off. The first stays at its
    bottom however long the conversation gets.
    """

    turns: tuple[Turn, ...] = ()
    said: int = Field(default=0, ge=0, description="turns in all; older ones may be left out")
    pictures: tuple[Accepted, ...] = ()
    concepts: tuple[Concept, ...] = ()
    constraints: tuple[str, ...] = Field(default=(), max_length=8)
    closed: bool = False

    @property
    def accepted(self) -> Accepted | None:
        """The picture that "it" is about."""
        return self.pictures[-1] if self.pictures else None

    def concept(self, name: str) -> Concept | None:
        """The concept of this name, whatever its case."""
        return next((c for c in self.concepts if c.name.lower() == name.lower()), None)


class SessionView(Document):
    """A session as the doors show it."""

    id: str
    owner: str
    created_at: float
    state: SessionState
    busy: bool = Field(default=False, description="a turn is under way")
