"""Errors across the border between activity and workflow.

A MaquetteError becomes an ApplicationError that carries its Problem; only TryAgain is
retried. Anything else is logged in the worker and crosses as a Problem without internals.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    ApplicationErrorCategory,
    FailureError,
    TimeoutError,
)

from maquette.records.errors import MaquetteError, TryAgain
from maquette.records.task import Problem

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

UNEXPECTED_ATTEMPTS = 3
"""How often an error that nobody foresaw is tried again."""

TRY_AGAIN_FOR_S = 300.0
"""For how long an error that may pass is waited out."""

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
            info = activity.info()
            log.warning(
                "%s of %s, attempt %d: %s (%s)",
                info.activity_type,
                info.workflow_id,
                info.attempt,
                error.message,
                error.code,
            )
            raise to_application_error(error, waited_s=_waited_s(info)) from None
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


def to_application_error(error: MaquetteError, *, waited_s: float = 0.0) -> ApplicationError:
    """The error with its problem as detail; retried only if trying again can help, and for
    minutes at most. It counts as foreseen, so the engine's own log leaves out its stack."""
    problem = error.problem()
    passing = isinstance(error, TryAgain) and waited_s < TRY_AGAIN_FOR_S
    return ApplicationError(
        problem.detail,
        problem.model_dump(mode="json"),
        type=problem.code,
        non_retryable=not passing,
        category=ApplicationErrorCategory.BENIGN,
    )


def _waited_s(info: activity.Info) -> float:
    """Seconds since the first attempt was scheduled."""
    return (datetime.now(UTC) - info.scheduled_time).total_seconds()


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
