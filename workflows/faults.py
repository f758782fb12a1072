"""Errors across the border between activity and workflow.

A MaquetteError becomes an ApplicationError that carries its Problem; only TryAgain is
retried. Anything else is logged in the worker and crosses as a Problem without internals.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, TimeoutError

from maquette.records.errors import MaquetteError, TryAgain
from maquette.records.task import Problem

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

UNEXPECTED_ATTEMPTS = 3
"""How often an error that nobody foresaw is tried again."""

INTERNAL = Problem(
    code="internal",
    title="Something went wrong inside",
    detail="A step stopped for a reason it does not know how to explain.",
    hint="Look at the worker's log for this task id, then run it again.",
)
TIMED_OUT = Problem(
    code="timed_out",
    title="A step took too long",
    detail="A step did not finish within the time it was given.",
    hint="Ask for less (fewer candidates, a smaller picture), or raise the budget.",
)


def faults_cross(body: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Decorate an activity: its errors cross the border as problems."""

    @wraps(body)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await body(*args, **kwargs)
        except MaquetteError as error:
            raise to_application_error(error) from None
        except FailureError:
            raise
        except Exception:
            info = activity.info()
            log.exception("activity %s of %s failed", info.activity_type, info.workflow_id)
            raise ApplicationError(
                INTERNAL.detail,
                INTERNAL.model_dump(mode="json"),
                type=INTERNAL.code,
                non_retryable=info.attempt >= UNEXPECTED_ATTEMPTS,
            ) from None

    return guarded


def to_application_error(error: MaquetteError) -> ApplicationError:
    """The error with its problem as detail; retried only if trying again can help."""
    problem = error.problem()
    return ApplicationError(
        problem.detail,
        problem.model_dump(mode="json"),
        type=problem.code,
        non_retryable=not isinstance(error, TryAgain),
    )


def problem_of(error: BaseException) -> Problem:
    """The problem that an activity's failure carries, seen from the workflow."""
    cause: BaseException | None = error
    while isinstance(cause, ActivityError):
        cause = cause.cause
    if isinstance(cause, TimeoutError):
        inner = cause.cause
        return problem_of(inner) if isinstance(inner, ApplicationError) else TIMED_OUT
    if isinstance(cause, ApplicationError) and cause.details:
        try:
            return Problem.model_validate(cause.details[0])
        except ValidationError:
            return INTERNAL
    return INTERNAL
