"""The workflow of one task: plan, approval, walk the DAG, finish. It only decides.

Every effect is an activity. At any moment the best result so far can be read (query
``snapshot``) and delivered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    FailureError,
    is_cancelled_exception,
)

with workflow.unsafe.imports_passed_through():
    from temporalio.contrib.workflow_streams import WorkflowStream

    from maquette.records.event import Event, EventType
    from maquette.records.plan import Plan
    from maquette.records.task import Feedback, FeedbackAction, Task, TaskStatus
    from maquette.workflows.events.stream import events_here, keep_only
    from maquette.workflows.run import verification
    from maquette.workflows.run.execution import RETRY, NodeFailed, go_on, run_heavy
    from maquette.workflows.run.news import News
    from maquette.workflows.run.task_board import TaskBoard
    from maquette.workflows.run.telling import EXCERPT_CHARACTERS, ending_told, plan_told
    from maquette.workflows.run.walker import Walker
    from maquette.workflows.wire.messages import (
        Ending,
        FinishInput,
        PlanReply,
        RecordInput,
        TaskInput,
    )
    from maquette.workflows.wire.names import (
        ENDED_BEFORE,
        EVENTS_TOPIC,
        FEEDBACK_UPDATE,
        FINISH_TASK,
        GROUPED_PATCH,
        KEEP_RECORD,
        PLAN_TASK,
        SNAPSHOT_QUERY,
        STATUS_ATTRIBUTE,
        TASK_WORKFLOW,
    )

STATUS_KEY = SearchAttributeKey.for_keyword(STATUS_ATTRIBUTE)

PLAN_TIMEOUT_S = 180.0
KEEP_TIMEOUT_S = 5.0
FINISH_TIMEOUT_S = 60.0
FINISH_FOR_S = 3_600.0
"""How long storing the finished record is tried; the engine itself remembers the run longer."""
GRACE_S = 2.0
"""A round ends by itself when the budget is used up; only after this it is cancelled."""
ANSWER_WITHIN_S = 7 * 86_400.0

_TERMINAL_EVENT = {
    TaskStatus.COMPLETED: EventType.TASK_COMPLETED,
    TaskStatus.INCOMPLETE: EventType.TASK_INCOMPLETE,
    TaskStatus.UNVERIFIED: EventType.TASK_UNVERIFIED,
    TaskStatus.UNJUDGED: EventType.TASK_UNJUDGED,
    TaskStatus.FAILED: EventType.TASK_FAILED,
    TaskStatus.CANCELLED: EventType.TASK_CANCELLED,
}


class _Rejected(Exception):
    """A person said no. ``stage`` is what was asked about."""

    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(reason)
        self.stage = stage


@workflow.defn(name=TASK_WORKFLOW)
class TaskWorkflow:
    """Carries one task from the request to the best draft."""

    @workflow.init
    def __init__(self, task: TaskInput) -> None:
        self._stream = WorkflowStream()
        self._events = self._stream.topic(EVENTS_TOPIC, type=Event)
        # The budget runs from the first moment of work, not from the time in the queue.
        self._board = TaskBoard(workflow.info().workflow_id, task, started_at=workflow.time())
        self._answer: Feedback | None = None
        self._unanswered = False
        self._grouped = False

    @workflow.run
    async def run(self, task: TaskInput) -> Ending:
        self._grouped = workflow.patched(GROUPED_PATCH)
        if task.steps_told_once:
            keep_only(News().take)
        request = task.request
        self._say(
            EventType.TASK_CREATED,
            text=request.text[:EXCERPT_CHARACTERS],
            inputs=len(request.inputs),
            seed=request.options.seed,
        )
        cancelled = False
        try:
            await self._within_budget()
        except asyncio.CancelledError:
            cancelled = True
            self._end(TaskStatus.CANCELLED, "it was cancelled")
        except NodeFailed as failure:
            if failure.problem.code == ENDED_BEFORE:  # its record stays as it is
                raise ApplicationError(failure.problem.detail, type=ENDED_BEFORE) from None
            self._board.problem = failure.problem
            self._end(TaskStatus.FAILED, failure.problem.detail)
        except _Rejected as answer:
            status = TaskStatus.CANCELLED if answer.stage == "plan" else TaskStatus.INCOMPLETE
            self._end(status, str(answer))
        await self._close()
        if cancelled:
            raise asyncio.CancelledError
        return Ending(status=self._board.status, reason=self._board.reason[:1_000])

    @workflow.query(name=SNAPSHOT_QUERY)
    def snapshot(self) -> Task:
        """The task as it stands, with the best result so far."""
        return self._board.snapshot(workflow.time())

    @workflow.update(name=FEEDBACK_UPDATE)
    async def feedback(self, feedback: Feedback) -> None:
        """Take a person's answer to the open question."""
        self._answer = feedback

    @feedback.validator
    def _check_feedback(self, feedback: Feedback) -> None:
        waiting_for = self._board.waiting_for
        if waiting_for is None or self._answer is not None:
            raise ApplicationError("nothing is being asked right now", type="conflict")
        if feedback.request_id != waiting_for:
            raise ApplicationError(
                f"the open question is {waiting_for!r}, not {feedback.request_id!r}",
                type="conflict",
            )

    # -- the way of a task ----------------------------------------------------------------

    async def _within_budget(self) -> None:
        """Do the work; when the budget is used up, stop and keep the best so far.

        Nothing that a cancel must reach waits with a timeout: ``asyncio.wait_for`` of Python
        3.11 swallows a cancel that arrives together with what it waits for. The clock is a
        task of its own.
        """
        work = asyncio.create_task(self._work())
        clock = asyncio.create_task(self._watch_the_clock(work))
        try:
            await workflow.wait([work])
        except asyncio.CancelledError:
            self._stop(work)
            await asyncio.gather(work, return_exceptions=True)
            raise
        clock.cancel()
        try:
            work.result()
        except (asyncio.CancelledError, ActivityError) as error:
            if not is_cancelled_exception(error):
                raise
            budget_s = self._board.task.request.options.budget_s
            self._end(TaskStatus.INCOMPLETE, f"the budget of {budget_s:g} s is used up")

    async def _watch_the_clock(self, work: asyncio.Task[None]) -> None:
        """Cancel the work when the budget is used up; it stands still while a person is asked."""
        while not work.done():
            asking = self._asking()
            left_s = (
                ANSWER_WITHIN_S if asking else self._board.time_left_s(workflow.time()) + GRACE_S
            )
            if left_s <= 0:
                self._stop(work)
                return
            try:
                await workflow.wait_condition(
                    self._work_changed(work, asking), timeout=timedelta(seconds=left_s)
                )
            except TimeoutError:
                self._unanswered = asking

    def _stop(self, work: asyncio.Task[None]) -> None:
        self._board.stopping = True
        work.cancel()

    def _work_changed(self, work: asyncio.Task[None], asking: bool) -> Callable[[], bool]:
        return lambda: work.done() or self._asking() != asking

    def _asking(self) -> bool:
        return self._board.waiting_for is not None

    async def _work(self) -> None:
        self._set_status(TaskStatus.IN_PROGRESS, "planning")
        plan = self._board.take_plan(await self._plan())
        go_on(self._board)
        self._say(EventType.PLAN_CREATED, **plan_told(plan))
        approve = self._board.task.request.options.approve
        if approve == "plan":
            await self._ask("plan", plan.summary)
        await Walker(self._board, plan, self._say, grouped=self._grouped).walk()
        go_on(self._board)
        if approve == "final":
            await self._ask("final", "is this what you wanted?")
        status = verification.outcome(plan, self._board.evidence)
        self._end(status, self._why(plan, status))

    async def _plan(self) -> PlanReply:
        return await run_heavy(
            PLAN_TASK, self._board.task, PlanReply, board=self._board, limit_s=PLAN_TIMEOUT_S
        )

    async def _ask(self, stage: str, question: str) -> None:
        """Wait for a person's yes. Raises: _Rejected: on a no, or when nobody answers."""
        self._answer = None
        self._board.waiting_for = stage
        self._set_status(TaskStatus.INPUT_REQUIRED, f"waiting for approval: {stage}")
        best = self._board.result()
        self._say(
            EventType.FEEDBACK_REQUESTED,
            request_id=stage,
            kind=stage,
            question=question[:EXCERPT_CHARACTERS],
            options=[action.value for action in FeedbackAction],
            artifact=best.artifacts[0].sha256 if best and best.artifacts else None,
        )
        asked_at = workflow.time()
        try:
            await workflow.wait_condition(lambda: self._answer is not None or self._unanswered)
        except asyncio.CancelledError:
            self._board.waited_s += workflow.time() - asked_at
            raise
        self._board.waited_s += workflow.time() - asked_at
        self._board.waiting_for = None
        answer = self._answer
        if answer is None:
            raise _Rejected(stage, "nobody answered within a week")
        self._say(
            EventType.FEEDBACK_RECEIVED,
            request_id=stage,
            action=answer.action.value,
            text=answer.text[:EXCERPT_CHARACTERS],
        )
        if answer.action is FeedbackAction.REJECT:
            told = f": {answer.text[:EXCERPT_CHARACTERS]}" if answer.text else ""
            raise _Rejected(stage, f"the {stage} was rejected{told}")
        self._set_status(TaskStatus.IN_PROGRESS, "going on")

    def _why(self, plan: Plan, status: TaskStatus) -> str:
        """Why the task ended as it did, from its loops and what its models doubt."""
        if self._board.cut_short and status is TaskStatus.INCOMPLETE:
            return self._board.cut_short
        told = (
            verification.reason(plan, self._board.evidence)
            if status.delivered
            else "; ".join(
                state.best.reason
                for state in self._board.loops.values()
                if state.best is not None and state.best.failed
            )
        )
        return told[:400] or "every step of the plan was done"

    # -- the end --------------------------------------------------------------------------

    def _end(self, status: TaskStatus, reason: str) -> None:
        """Fix the status and say the last event, once: a cancel that comes later loses."""
        if self._board.status.ended:
            return
        self._board.end(status, reason, now=workflow.time())
        workflow.upsert_search_attributes([STATUS_KEY.value_set(status.value)])
        self._say(_TERMINAL_EVENT[status], **ending_told(self._board, workflow.time()))

    async def _close(self) -> None:
        """Store the finished record, even if a cancel arrives meanwhile; let readers go."""
        storing = asyncio.create_task(self._store_record())
        while not storing.done():
            try:
                await asyncio.shield(storing)
            except asyncio.CancelledError:
                continue
        self._stream.detach_pollers()
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _store_record(self) -> None:
        """Store the record beside the workflow; if the store is away, by an activity that
        waits for it."""
        if self._grouped and await self._record_kept():
            return
        try:
            await workflow.execute_activity(
                FINISH_TASK,
                FinishInput(task_id=self._board.task_id, owner=self._board.task.owner),
                start_to_close_timeout=timedelta(seconds=FINISH_TIMEOUT_S),
                schedule_to_close_timeout=timedelta(seconds=FINISH_FOR_S),
                heartbeat_timeout=timedelta(seconds=self._board.task.heartbeat_timeout_s),
                retry_policy=RETRY,
            )
        except ActivityError as error:
            workflow.logger.error("the finished record was not stored: %s", error)

    async def _record_kept(self) -> bool:
        events = events_here()
        if events is None:
            return False
        record = RecordInput(task=self._board.snapshot(workflow.time()), events=events)
        try:
            await workflow.execute_local_activity(
                KEEP_RECORD,
                record,
                start_to_close_timeout=timedelta(seconds=KEEP_TIMEOUT_S),
                retry_policy=RetryPolicy(maximum_attempts=1),
            )
        except FailureError:
            return False
        return True

    def _set_status(self, status: TaskStatus, message: str) -> None:
        self._board.status, self._board.message = status, message
        workflow.upsert_search_attributes([STATUS_KEY.value_set(status.value)])

    def _say(self, kind: EventType, /, **data: Any) -> None:
        self._events.publish(
            Event(type=kind, task_id=self._board.task_id, created_at=workflow.time(), data=data)
        )
