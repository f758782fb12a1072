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

    from maquette.records.errors import NeedsAnswer
    from maquette.records.event import Event, EventType
    from maquette.records.plan import Plan
    from maquette.records.planning.question import MOST_QUESTIONS
    from maquette.records.task import Feedback, Task, TaskStatus
    from maquette.workflows.events.stream import events_here, keep_only
    from maquette.workflows.run import verification
    from maquette.workflows.run.execution import RETRY, NodeFailed, go_on, run_heavy
    from maquette.workflows.run.news import News
    from maquette.workflows.run.person import ANSWER_WITHIN_S, FINAL, Person, Rejected
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

_TERMINAL_EVENT = {
    TaskStatus.COMPLETED: EventType.TASK_COMPLETED,
    TaskStatus.INCOMPLETE: EventType.TASK_INCOMPLETE,
    TaskStatus.UNVERIFIED: EventType.TASK_UNVERIFIED,
    TaskStatus.UNJUDGED: EventType.TASK_UNJUDGED,
    TaskStatus.FAILED: EventType.TASK_FAILED,
    TaskStatus.CANCELLED: EventType.TASK_CANCELLED,
}


@workflow.defn(name=TASK_WORKFLOW)
class TaskWorkflow:
    """Carries one task from the request to the best draft."""

    @workflow.init
    def __init__(self, task: TaskInput) -> None:
        self._stream = WorkflowStream()
        self._events = self._stream.topic(EVENTS_TOPIC, type=Event)
        # The budget runs from the first moment of work, not from the time in the queue.
        self._board = TaskBoard(workflow.info().workflow_id, task, started_at=workflow.time())
        self._person = Person(self._board, self._say, self._set_status)
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
        except Rejected as answer:
            status = TaskStatus.INCOMPLETE if answer.stage == FINAL else TaskStatus.CANCELLED
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
        self._person.take(feedback)

    @feedback.validator
    def _check_feedback(self, feedback: Feedback) -> None:
        self._person.check(feedback)

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
            asking = self._person.asked
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
                self._person.silent = asking

    def _stop(self, work: asyncio.Task[None]) -> None:
        self._board.stopping = True
        work.cancel()

    def _work_changed(self, work: asyncio.Task[None], asking: bool) -> Callable[[], bool]:
        return lambda: work.done() or self._person.asked != asking

    async def _work(self) -> None:
        self._set_status(TaskStatus.IN_PROGRESS, "planning")
        plan = self._board.take_plan(await self._plan())
        go_on(self._board)
        self._say(EventType.PLAN_CREATED, **plan_told(plan))
        approve = self._board.task.request.options.approve
        if approve == "plan":
            await self._person.approve("plan", plan.summary)
        await Walker(self._board, plan, self._say, grouped=self._grouped).walk()
        go_on(self._board)
        if approve == "final":
            await self._person.approve(FINAL, "is this what you wanted?")
        status = verification.outcome(plan, self._board.evidence)
        self._end(status, self._why(plan, status))

    async def _plan(self) -> PlanReply:
        """Plan, asking back for what the planner must know. Raises: NodeFailed: there is no plan,
        or no end of questions. Rejected: a question was not answered."""
        answers: tuple[str, ...] = ()
        while True:
            reply = await run_heavy(
                PLAN_TASK,
                self._board.task.model_copy(update={"answers": answers}),
                PlanReply,
                board=self._board,
                limit_s=PLAN_TIMEOUT_S,
            )
            go_on(self._board)
            if reply.question is None:
                return reply
            if len(answers) >= MOST_QUESTIONS:
                raise NodeFailed(NeedsAnswer(reply.question.question).problem())
            answers += (await self._person.answer_to(reply.question, len(answers) + 1),)

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
