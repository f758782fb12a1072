"""Walk a plan's DAG inside the workflow: ready nodes run together, each as its activities."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from maquette.records.event import EventType
from maquette.records.plan import Call, Loop, Plan
from maquette.records.task import Problem
from maquette.workflows import decisions
from maquette.workflows.faults import problem_of
from maquette.workflows.loop_state import LoopState, RoundPlan, Stop, absorb, next_round
from maquette.workflows.messages import CallInput, CallReply, RoundInput, RoundReply
from maquette.workflows.names import RUN_CALL, RUN_LIGHT_CALL, RUN_ROUND
from maquette.workflows.task_board import TaskBoard

Say = Callable[..., None]


def go_on(board: TaskBoard) -> None:
    """Raise CancelledError once the task is being stopped.

    A cancel that reaches a waiting activity just as it completes is used up by it: the result
    arrives as if nothing had happened. So this is asked before anything new is begun.
    """
    if board.stopping:
        raise asyncio.CancelledError


RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=0.5),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=5),
)
"""Attempts are not counted: the activities themselves say when trying again is over."""

DEFAULT_TIMEOUT_S = 120.0
LIGHT_TIMEOUT_S = 20.0
LEAST_ROUND_S = 1.0
"""With less time left no round is begun."""
QUIET_HISTORY = 4_000
"""From this many history events on, progress events are left out. A task of ours stays far
below the engine's 50,000, so it never needs to continue as new."""


class NodeFailed(Exception):
    """A node could not be done; carries the problem for the person."""

    def __init__(self, node: str, problem: Problem) -> None:
        super().__init__(f"{node}: {problem.detail}")
        self.problem = problem


class Walker:
    """Runs one plan. All state that outlives a step is written on the board."""

    def __init__(self, board: TaskBoard, plan: Plan, say: Say) -> None:
        self._board = board
        self._plan = plan
        self._say = say

    async def walk(self) -> None:
        """Run every node. Raises: NodeFailed: the first node that could not be done."""
        running: dict[asyncio.Task[None], str] = {}
        try:
            while True:
                go_on(self._board)
                for node in decisions.ready(
                    self._plan, done=self._board.done, running=set(running.values())
                ):
                    running[asyncio.create_task(self._run(node))] = node.id
                if not running:
                    return
                finished, _ = await workflow.wait(
                    list(running), return_when=asyncio.FIRST_COMPLETED
                )
                for task in finished:
                    name = running.pop(task)
                    task.result()
                    self._board.done.add(name)
        except (Exception, asyncio.CancelledError):
            # Not a finally: an evicted workflow must not await on its way out.
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            raise

    async def _run(self, node: Call | Loop) -> None:
        if isinstance(node, Loop):
            await self._loop(node)
        else:
            await self._call(node)

    # -- a call ---------------------------------------------------------------------------

    async def _call(self, node: Call) -> None:
        about = {"node": node.id, "call": node.id, "tool": node.tool}
        self._say(EventType.STEP_STARTED, **about)
        self._board.message = f"{node.id}: {node.tool}"
        work = CallInput(
            task_id=self._board.task_id,
            owner=self._board.task.owner,
            call=node,
            seed=self._board.task.request.options.seed,
            values=decisions.values_for(node, self._board.values),
            quiet=_quiet(),
        )
        try:
            reply = await self._execute_call(node, work)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            problem = problem_of(error)
            self._say(
                EventType.STEP_FAILED, **about, code=problem.code, reason=problem.detail[:400]
            )
            raise NodeFailed(node.id, problem) from error
        self._board.values.update(reply.values)
        self._board.add_spent(node.id, reply.spent)
        kind = EventType.STEP_CACHED if reply.cached else EventType.STEP_COMPLETED
        artifact = _first_artifact(reply.values)
        found = {"artifact": artifact} if artifact else {}
        self._say(kind, **about, model_s=round(reply.spent.model_s, 4), **found)

    async def _execute_call(self, node: Call, work: CallInput) -> CallReply:
        if node.id in self._board.light:
            return await workflow.execute_local_activity(
                RUN_LIGHT_CALL,
                work,
                result_type=CallReply,
                start_to_close_timeout=timedelta(seconds=LIGHT_TIMEOUT_S),
                retry_policy=RETRY,
            )
        limit_s = self._board.timeouts_s.get(node.id, DEFAULT_TIMEOUT_S)
        return await workflow.execute_activity(
            RUN_CALL,
            work,
            result_type=CallReply,
            start_to_close_timeout=timedelta(seconds=limit_s),
            heartbeat_timeout=self._heartbeat_timeout(),
            retry_policy=RETRY,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )

    # -- a loop ---------------------------------------------------------------------------

    async def _loop(self, node: Loop) -> None:
        state = self._board.loop_state(node)
        following = next_round(state)
        while isinstance(following, RoundPlan):
            go_on(self._board)
            left_s = self._board.time_left_s(workflow.time())
            if left_s < LEAST_ROUND_S:
                self._decide(node, state, "stop", self._out_of_time())
                break
            self._begin(node, state, following)
            try:
                reply = await self._execute_round(node, state, following, left_s)
            except ActivityError as error:
                if is_cancelled_exception(error):
                    raise
                problem = problem_of(error)
                if state.best is None:
                    raise NodeFailed(node.id, problem) from error
                self._board.problem = problem
                self._board.cut_short = f"a later round failed ({problem.detail})"[:400]
                self._decide(node, state, "stop", self._board.cut_short)
                break
            state = absorb(state, following, reply)
            self._board.loops[node.id] = state
            self._board.add_spent(node.id, reply.spent)
            self._scored(node, reply)
            following = next_round(state)
            if isinstance(following, Stop):
                self._decide(
                    node, state, "accept" if following.passed else "stop", following.reason
                )
            elif not reply.complete:
                self._decide(node, state, "stop", self._out_of_time())
                break
            else:
                changes = following.revision.id if following.revision else "new seeds"
                self._decide(node, state, "revise", following.reason, changes=changes)
        if state.best is None:
            raise NodeFailed(node.id, _NO_DRAFT)
        self._board.values[f"{node.id}.{decisions.LOOP_PORT}"] = state.best.artifact.model_dump(
            mode="json"
        )

    async def _execute_round(
        self, node: Loop, state: LoopState, plan: RoundPlan, left_s: float
    ) -> RoundReply:
        tried = state.tried | ({plan.revision.id} if plan.revision else frozenset())
        limit_s = self._board.timeouts_s.get(node.id, DEFAULT_TIMEOUT_S) * len(plan.candidates)
        return await workflow.execute_activity(
            RUN_ROUND,
            RoundInput(
                task_id=self._board.task_id,
                owner=self._board.task.owner,
                loop=node.model_copy(update={"body": plan.body}),
                round=plan.number,
                candidates=plan.candidates,
                tried=tuple(sorted(tried)),
                values=decisions.values_for(node, self._board.values),
                time_left_s=left_s,
                quiet=_quiet(),
            ),
            result_type=RoundReply,
            start_to_close_timeout=timedelta(seconds=min(limit_s, left_s + 30.0)),
            heartbeat_timeout=self._heartbeat_timeout(),
            retry_policy=RETRY,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )

    def _begin(self, node: Loop, state: LoopState, plan: RoundPlan) -> None:
        self._board.message = f"{node.id}: round {plan.number} of {state.loop.rounds}"
        self._say(
            EventType.ITERATION_STARTED,
            node=node.id,
            round=plan.number,
            rounds=state.loop.rounds,
            candidates=len(plan.candidates),
            reason=plan.reason,
        )

    def _scored(self, node: Loop, reply: RoundReply) -> None:
        for draft in reply.drafts:
            self._say(
                EventType.CANDIDATE_SCORED,
                node=node.id,
                round=draft.round,
                candidate=draft.candidate,
                draft=draft.id,
                artifact=draft.artifact.sha256,
                verdict=draft.verdict.sha256,
                score=round(draft.score, 4),
                outcome=draft.outcome.value,
                passed=draft.passed,
                failed=draft.failed,
                unjudged=draft.unjudged,
                reason=draft.reason,
                change=draft.change,
            )

    def _decide(
        self, node: Loop, state: LoopState, decision: str, reason: str, **more: Any
    ) -> None:
        self._say(
            EventType.ITERATION_DECIDED,
            node=node.id,
            round=state.rounds_done,
            decision=decision,
            reason=reason,
            best=state.best.id if state.best else None,
            score=round(state.best.score, 4) if state.best else None,
            **more,
        )

    def _out_of_time(self) -> str:
        budget_s = self._board.task.request.options.budget_s
        self._board.cut_short = f"the budget of {budget_s:g} s is used up"
        return self._board.cut_short

    def _heartbeat_timeout(self) -> timedelta:
        return timedelta(seconds=self._board.task.heartbeat_timeout_s)


_NO_DRAFT = Problem(
    code="no_draft",
    title="No draft was finished",
    detail="The time was used up before the first draft was finished.",
    hint="Raise the budget, or ask for fewer candidates.",
)


def _quiet() -> bool:
    return workflow.info().get_current_history_length() > QUIET_HISTORY


def _first_artifact(values: dict[str, Any]) -> str | None:
    for value in values.values():
        if isinstance(value, dict) and "sha256" in value and "media_type" in value:
            return str(value["sha256"])
    return None
