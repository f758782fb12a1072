"""The error tree. The class says what the caller should do next.

MaquetteError
├── FixInput            the request is wrong: change it and send it again
│   ├── InvalidInput        a value is not what was expected
│   │   └── CapabilityMissing   the model that is loaded cannot do what is asked
│   ├── MediaRejected       attached bytes are not a picture we accept
│   ├── PlanRejected        a plan breaks the rules; nothing was run
│   ├── NeedsAnswer         it can be read in two ways: a person must say which is meant
│   ├── NotFound            no such thing for this owner
│   └── Conflict            it clashes with what is already there
├── TryAgain            nothing is wrong with the request: retry later
│   ├── StoreUnavailable    the artifact store does not answer
│   ├── ModelUnavailable    a model server does not answer
│   ├── EngineUnavailable   the workflow engine does not answer
│   │   └── Unsettled       a task may have been started; the error tells its id
│   ├── DiskFull            no room is left where something must be written
│   └── Overloaded          too much work in flight; see retry_after_s
└── GiveUp              retrying will not help; somebody must mend something
    ├── IntegrityError      stored bytes are not what their name says
    │   └── RecordDamaged       what is kept of an ended task cannot be read
    ├── PackCorrupt         a model directory does not match its manifest
    ├── ToolFailed          a tool broke its contract or could not do its work
    ├── ModelFailed         a model server failed on this request
    ├── MissingExtra        an optional package is needed
    └── ConfigError         the settings are wrong
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from maquette.records.planning.question import Question
from maquette.records.task import Problem


class MaquetteError(Exception):
    """An error a person may see. ``message`` names the value and what was expected;
    ``hint`` is the next step. Neither ever holds internals (paths, keys, stacks)."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def problem(self) -> Problem:
        """What is told of it, as a record that crosses process borders."""
        return Problem(code=self.code, title=self.title, detail=self.message, hint=self.hint)


class FixInput(MaquetteError):
    """The request is wrong: change it, then send it again."""

    code = "bad_request"
    title = "The request needs a change"


class InvalidInput(FixInput):
    """A value is not what was expected; ``message`` names both."""

    code = "invalid_input"
    title = "A value is not valid"


class CapabilityMissing(InvalidInput):
    """The loaded model cannot do what is asked; another one may."""

    code = "capability_missing"
    title = "The loaded model cannot do this"


class MediaRejected(FixInput):
    """Attached bytes are not a picture that is accepted."""

    code = "media_rejected"
    title = "This file cannot be used"


class PlanRejected(FixInput):
    """Refused before anything ran. ``reasons`` pairs a rule's code with a sentence."""

    code = "plan_rejected"
    title = "The plan was refused"

    def __init__(self, reasons: list[tuple[str, str]], *, hint: str = "") -> None:
        super().__init__("; ".join(sentence for _, sentence in reasons), hint=hint)
        self.reasons = reasons


class NeedsAnswer(FixInput):
    """A planner asks back; it plans anew from the request with the answer behind it."""

    code = "needs_answer"
    title = "The request needs an answer"

    def __init__(
        self,
        question: str,
        choices: Sequence[str] = (),
        *,
        guess: str | None = None,
        hint: str = "",
    ) -> None:
        """
        Args:
            question: one sentence, at most 400 characters.
            choices: likely answers, 8 at most.
            guess: the best answer without asking; None: there is none.
        """
        super().__init__(question, hint=hint or "Say which is meant in the request.")
        self.question = Question(question=question, choices=tuple(choices), guess=guess)


class NotFound(FixInput):
    """There is no such thing for this owner."""

    code = "not_found"
    title = "Not found"


class Conflict(FixInput):
    """It clashes with what is already there."""

    code = "conflict"
    title = "This clashes with what is already there"


class TryAgain(MaquetteError):
    """Nothing is wrong with the request: send it again after ``retry_after_s`` seconds."""

    code = "unavailable"
    title = "Not available right now"

    def __init__(self, message: str, *, hint: str = "", retry_after_s: float = 2.0) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class StoreUnavailable(TryAgain):
    """The artifact store does not answer."""

    code = "store_unavailable"
    title = "The artifact store does not answer"


class ModelUnavailable(TryAgain):
    """A model server does not answer."""

    code = "model_unavailable"
    title = "A model server does not answer"


class EngineUnavailable(TryAgain):
    """The workflow engine does not answer; nothing was started."""

    code = "engine_unavailable"
    title = "The workflow engine does not answer"


class Unsettled(EngineUnavailable):
    """``task_id`` exists, or nothing was started; sending the request again under it is safe."""

    code = "unsettled"
    title = "The task may have been started"

    def __init__(
        self, message: str, *, hint: str = "", retry_after_s: float = 2.0, task_id: str = ""
    ) -> None:
        super().__init__(message, hint=hint, retry_after_s=retry_after_s)
        self.task_id = task_id


class DiskFull(TryAgain):
    """No room is left where something must be written."""

    code = "disk_full"
    title = "The disk is full"


class Overloaded(TryAgain):
    """As much work is in flight as the settings allow."""

    code = "overloaded"
    title = "Too much work in flight"


class GiveUp(MaquetteError):
    """Sending it again will not help: somebody must mend something first."""

    code = "failed"
    title = "This could not be done"


class IntegrityError(GiveUp):
    """Stored bytes are not what their name says."""

    code = "integrity"
    title = "Stored bytes are damaged"


class RecordDamaged(IntegrityError):
    """What is kept of an ended task cannot be read."""

    code = "record_damaged"
    title = "The record of this task is damaged"


class PackCorrupt(GiveUp):
    """A model directory does not match its manifest."""

    code = "pack_corrupt"
    title = "A model directory is damaged"


class ToolFailed(GiveUp):
    """A tool broke its contract, or could not do its work."""

    code = "tool_failed"
    title = "A tool failed"


class ModelFailed(GiveUp):
    """A model server failed on this request."""

    code = "model_failed"
    title = "A model failed"


class MissingExtra(GiveUp):
    """An optional package is needed; ``hint`` is the command that installs it."""

    code = "missing_extra"
    title = "An optional package is needed"


class ConfigError(GiveUp):
    """The settings are wrong; ``message`` names the place and the value."""

    code = "config"
    title = "The settings are wrong"


def _tree(root: type[MaquetteError]) -> list[type[MaquetteError]]:
    return [root, *(found for child in root.__subclasses__() for found in _tree(child))]


def from_problem(problem: Problem) -> MaquetteError:
    """The error a problem was made from, for crossing a process border."""
    for kind in _tree(MaquetteError):
        if kind.code == problem.code:
            if issubclass(kind, PlanRejected):  # its reasons are told together, as one
                return kind([(problem.code, problem.detail)], hint=problem.hint)
            return kind(problem.detail, hint=problem.hint)
    return MaquetteError(problem.detail, hint=problem.hint)
