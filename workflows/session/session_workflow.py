"""The workflow of one session: turns come as updates, each starts an ordinary task.

It only decides. One turn is under way at a time, so that "it" always means something settled.
Between turns nothing runs; the state is small, and after many turns the session goes on as a
new run with it.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    ChildWorkflowError,
    WorkflowAlreadyStartedError,
    is_cancelled_exception,
)

with workflow.unsafe.imports_passed_through():
    from maquette.agents.conversation import keeping
    from maquette.records.session import SessionState, SessionView, Turn, TurnOutcome
    from maquette.records.task import Problem, TaskStatus
    from maquette.workflows.run.execution import RETRY
    from maquette.workflows.session.messages import (
        OutcomeInput,
        ReadTurnInput,
        ReadTurnReply,
        Said,
        SessionInput,
    )
    from maquette.workflows.session.names import (
        CLOSE_UPDATE,
        CONFLICT,
        READ_OUTCOME,
        READ_TURN,
        SAY_UPDATE,
        SESSION_QUERY,
        SESSION_WORKFLOW,
    )
    from maquette.workflows.wire.faults import problem_of
    from maquette.workflows.wire.messages import Ending, TaskInput
    from maquette.workflows.wire.names import (
        MEMO_OWNER,
        MEMO_REQUEST_HASH,
        OWNER_ATTRIBUTE,
        TASK_WORKFLOW,
    )

OWNER_KEY = SearchAttributeKey.for_keyword(OWNER_ATTRIBUTE)

READ_TIMEOUT_S = 30.0
TRY_FOR_S = 300.0
IDLE = timedelta(days=30)
"""A session that nobody speaks in for so long is closed."""
LONG_HISTORY = 5_000
"""Events from which on a session goes on as a new run, whatever its number of turns."""


@workflow.defn(name=SESSION_WORKFLOW)
class SessionWorkflow:
    """Carries one conversation."""

    @workflow.init
    def __init__(self, given: SessionInput) -> None:
        self._given = given
        self._state = given.state
        self._said: Said | None = None
        self._child: workflow.ChildWorkflowHandle[Any, Ending] | None = None
        self._closing = self._closed = given.state.closed
        self._settling = False
        """The task of the turn has ended; whoever speaks now need not wait for more than its
        record."""
        self._turns_here = 0

    @workflow.run
    async def run(self, given: SessionInput) -> SessionState:
        while not self._closing:
            try:
                await workflow.wait_condition(
                    lambda: self._said is not None or self._closing, timeout=IDLE
                )
            except TimeoutError:
                self._closing = True
            if self._said is not None:
                await self._take(self._said)
                self._said, self._settling = None, False
            if not self._closing and self._long():
                await self._go_on_anew()
        self._closed = True
        self._state = self._state.model_copy(update={"closed": True})
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._state

    @workflow.query(name=SESSION_QUERY)
    def session(self) -> SessionView:
        """The session as it stands."""
        return SessionView(
            id=workflow.info().workflow_id,
            owner=self._given.owner,
            created_at=self._given.created_at,
            state=self._state,
            busy=self._said is not None,
        )

    @workflow.update(name=SAY_UPDATE)
    async def say(self, said: Said) -> Turn:
        """Take a turn; answers once it is read and its task, if it makes one, has been started.

        The same turn again changes nothing and gets the same answer, as it stands by now.
        """
        if self._said is None or self._said.turn_id != said.turn_id:
            await workflow.wait_condition(lambda: self._said is None)
        if self._turn(said) is None and self._said is None:
            self._said = said
        await workflow.wait_condition(lambda: self._turn(said) is not None or self._closed)
        turn = self._turn(said)
        if turn is None:
            raise _conflict("the session is closed")
        return turn

    def _turn(self, said: Said) -> Turn | None:
        return keeping.turn_of(self._state, said.turn_id)

    @say.validator
    def _check_said(self, said: Said) -> None:
        if self._turn(said) is not None:
            return
        if self._closing:
            raise _conflict("the session is closed")
        if self._said is not None and self._said.turn_id != said.turn_id and not self._settling:
            raise _conflict(f"turn {self._state.said or 1} is still under way")

    @workflow.update(name=CLOSE_UPDATE)
    async def close(self) -> None:
        """End the session; a turn that is under way is cancelled. Closing again does nothing."""
        self._closing = True
        if self._child is not None:
            self._child.cancel()

    # -- a turn ---------------------------------------------------------------------------

    async def _take(self, said: Said) -> None:
        """Read a turn, have its task done, and keep what came of it."""
        self._turns_here += 1
        try:
            reply = await self._read(said)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            self._state = keeping.failed(self._state, self._unread(said, problem_of(error)))
            return
        started = reply.task is not None and await self._start(said.task_id, reply.task)
        self._state = keeping.compacted(
            keeping.begun(
                self._state,
                turn_id=said.turn_id,
                text=said.text,
                meaning=reply.meaning,
                task_id=said.task_id if reply.task is not None else None,
            )
        )
        if reply.task is None:
            return
        outcome = await self._outcome(said.task_id, started=started)
        self._state = keeping.compacted(
            keeping.settled(self._state, said.turn_id, reply.meaning, outcome)
        )

    async def _read(self, said: Said) -> ReadTurnReply:
        return await workflow.execute_activity(
            READ_TURN,
            ReadTurnInput(owner=self._given.owner, said=said, state=self._state),
            result_type=ReadTurnReply,
            start_to_close_timeout=timedelta(seconds=READ_TIMEOUT_S),
            schedule_to_close_timeout=timedelta(seconds=TRY_FOR_S),
            retry_policy=RETRY,
        )

    async def _start(self, task_id: str, task: TaskInput) -> bool:
        """Start the task as a workflow of its own, as the desk does: it is listed, followed and
        cancelled like any other, and outlives the session. False: it was there already."""
        task = task.model_copy(update={"heartbeat_timeout_s": self._given.heartbeat_timeout_s})
        try:
            self._child = await workflow.start_child_workflow(
                TASK_WORKFLOW,
                task,
                id=task_id,
                result_type=Ending,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                cancellation_type=workflow.ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                memo={MEMO_OWNER: task.owner, MEMO_REQUEST_HASH: task.request_hash},
                search_attributes=TypedSearchAttributes(
                    [SearchAttributePair(OWNER_KEY, task.owner)]
                ),
            )
        except WorkflowAlreadyStartedError:
            return False
        if self._closing:
            self._child.cancel()
        return True

    async def _outcome(self, task_id: str, *, started: bool) -> TurnOutcome:
        """What came of the task, once it has ended, however it did."""
        if not started or self._child is None:
            return _nothing(TaskStatus.FAILED, _TAKEN)
        status = TaskStatus.FAILED
        try:
            status = (await self._child).status
        except (ChildWorkflowError, asyncio.CancelledError) as error:
            if not is_cancelled_exception(error) and not _was_cancelled(error):
                return _nothing(TaskStatus.FAILED, _STOPPED)
            status = TaskStatus.CANCELLED
        finally:
            self._child, self._settling = None, True
        try:
            return await workflow.execute_activity(
                READ_OUTCOME,
                OutcomeInput(owner=self._given.owner, task_id=task_id),
                result_type=TurnOutcome,
                start_to_close_timeout=timedelta(seconds=READ_TIMEOUT_S),
                schedule_to_close_timeout=timedelta(seconds=TRY_FOR_S),
                retry_policy=RETRY,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return _nothing(status, problem_of(error))

    def _unread(self, said: Said, problem: Problem) -> Turn:
        return Turn(
            id=said.turn_id,
            number=self._state.said + 1,
            text=said.text[: keeping.EXCERPT],
            status=TaskStatus.FAILED,
            problem=problem,
        )

    # -- going on -------------------------------------------------------------------------

    def _long(self) -> bool:
        info = workflow.info()
        return (
            self._turns_here >= self._given.turns_a_run
            or info.get_current_history_length() >= LONG_HISTORY
            or info.is_continue_as_new_suggested()
        )

    async def _go_on_anew(self) -> None:
        """Continue as a new run, unless somebody has spoken meanwhile."""
        await workflow.wait_condition(
            lambda: workflow.all_handlers_finished() or self._said is not None or self._closing
        )
        if self._said is not None or self._closing:
            return
        workflow.continue_as_new(
            self._given.model_copy(update={"state": keeping.compacted(self._state)})
        )


def _conflict(why: str) -> ApplicationError:
    return ApplicationError(why, type=CONFLICT)


_TAKEN = Problem(
    code=CONFLICT,
    title="The id of this turn's task is taken",
    detail="Another task has the id that was given for this turn.",
    hint="Say it again.",
)
_STOPPED = Problem(
    code="stopped",
    title="The task was stopped from outside",
    detail="The run of this turn was ended before it could deliver.",
    hint="Say it again; finished steps are found again.",
)


def _nothing(status: TaskStatus, problem: Problem) -> TurnOutcome:
    return TurnOutcome(status=status, problem=problem)


def _was_cancelled(error: BaseException) -> bool:
    return isinstance(error, asyncio.CancelledError)
