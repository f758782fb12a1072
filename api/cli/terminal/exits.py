"""Exit codes of every command, and which error gives which.

0 ok: every check passed | 1 the task failed, or something broke | 2 the request or its values are
wrong, or it is refused | 3 incomplete: a result is there, but a check failed | 4 the server, or a
part behind it, does not answer | 5 the access token is missing or wrong | 6 an answer from a
person is needed, and nobody is at the terminal | 7 unverified: nothing failed, but something was
not judged or is doubted | 8 unjudged: nothing could be judged | 130 interrupted
"""

from __future__ import annotations

from maquette.api.http.errors import Unauthorized
from maquette.records.errors import (
    ConfigError,
    FixInput,
    MaquetteError,
    PlanRejected,
    TryAgain,
    from_problem,
)
from maquette.records.task import Task, TaskStatus

OK = 0
FAILED = 1
USAGE = 2
INCOMPLETE = 3
UNREACHABLE = 4
AUTH = 5
INPUT_REQUIRED = 6
UNVERIFIED = 7
UNJUDGED = 8
INTERRUPTED = 130

HELP = (
    "Exit codes: 0 ok (every check passed), 1 failed, 2 wrong or refused request, 3 incomplete "
    "(best draft delivered, a check failed), 4 server not reachable, 5 access token, 6 an answer "
    "is needed and nobody is at the terminal, 7 unverified (nothing failed, but something was not "
    "judged or is doubted), 8 unjudged (nothing could be judged), 130 interrupted."
)


def code_of(error: MaquetteError) -> int:
    """The exit code an error ends a command with."""
    if isinstance(error, Unauthorized):
        return AUTH
    if isinstance(error, TryAgain):
        return UNREACHABLE
    return USAGE if isinstance(error, FixInput | ConfigError) else FAILED


def code_for(task: Task) -> int:
    """The exit code a task's end gives: of one that failed, that of what went wrong."""
    if task.status is TaskStatus.FAILED and task.problem is not None:
        if task.problem.code == PlanRejected.code:
            return USAGE
        return code_of(from_problem(task.problem))
    return {
        TaskStatus.COMPLETED: OK,
        TaskStatus.INCOMPLETE: INCOMPLETE,
        TaskStatus.UNVERIFIED: UNVERIFIED,
        TaskStatus.UNJUDGED: UNJUDGED,
        TaskStatus.INPUT_REQUIRED: INPUT_REQUIRED,
        TaskStatus.FAILED: FAILED,
        TaskStatus.CANCELLED: FAILED,
    }.get(task.status, OK)
