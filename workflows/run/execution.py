"""How the workflow runs activities: options, retries, and what a failure becomes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, FailureError, is_cancelled_exception

from maquette.records.task import Problem
from maquette.workflows.run.task_board import TaskBoard
from maquette.workflows.wire.faults import problem_of

RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=0.5),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=5),
)
"""Attempts are not counted: the activities themselves say when trying again is over."""

LIGHT_TIMEOUT_S = 20.0
QUIET_HISTORY = 4_000
"""From this many history events on, progress events are left out. A task of ours stays far
below the engine's 50,000, so it never needs to continue as new."""

ReplyT = TypeVar("ReplyT")


class NodeFailed(Exception):
    """Something could not be done; carries the problem for the person."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def go_on(board: TaskBoard) -> None:
    """Raise CancelledError once the task is being stopped.

    A cancel that reaches a waiting activity just as it completes is used up by it: the result
    arrives as if nothing had happened. So this is asked before anything new is begun.
    """
    if board.stopping:
        raise asyncio.CancelledError


async def run_heavy(
    name: str, work: Any, reply: type[ReplyT], *, board: TaskBoard, limit_s: float
) -> ReplyT:
    """Run an activity that heartbeats; a cancel waits until the work has really stopped.

    Raises: NodeFailed: with the activity's problem. CancelledError (as ActivityError).
    """
    try:
        return await workflow.execute_activity(
            name,
            work,
            result_type=reply,
            start_to_close_timeout=timedelta(seconds=limit_s),
            heartbeat_timeout=timedelta(seconds=board.task.heartbeat_timeout_s),
            retry_policy=RETRY,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
    except ActivityError as error:
        raise _failed(error) from error


async def run_light(name: str, work: Any, reply: type[ReplyT]) -> ReplyT:
    """Run a short idempotent step beside the workflow. Raises as ``run_heavy``."""
    try:
        return await workflow.execute_local_activity(
            name,
            work,
            result_type=reply,
            start_to_close_timeout=timedelta(seconds=LIGHT_TIMEOUT_S),
            retry_policy=RETRY,
        )
    except FailureError as error:  # not always an ActivityError, as it is for other activities
        raise _failed(error) from error


def quiet() -> bool:
    """Whether the history is so long that progress should be left out."""
    return workflow.info().get_current_history_length() > QUIET_HISTORY


def _failed(error: FailureError) -> Exception:
    return error if is_cancelled_exception(error) else NodeFailed(problem_of(error))
