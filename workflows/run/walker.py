"""Walk a plan's DAG inside the workflow: ready nodes run together, short calls share activities."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from temporalio import workflow

from maquette.records.event import EventType
from maquette.records.plan import Call, Loop, Plan
from maquette.records.task import Problem
from maquette.workflows.run import decisions
from maquette.workflows.run.batches import Batch, alone, needs_of, together
from maquette.workflows.run.execution import NodeFailed, go_on, quiet, run_heavy, run_light
from maquette.workflows.run.loop_runner import LoopRunner
from maquette.workflows.run.task_board import DEFAULT_TIMEOUT_S, TaskBoard
from maquette.workflows.wire.messages import CallDone, CallInput, CallReply
from maquette.workflows.wire.names import RUN_CALL, RUN_LIGHT_CALL


class Walker:
    """Runs one plan. All state that outlives a step is written on the board.

    Args:
        grouped: short calls share activities (runs begun under 0.1.0 go on without).
    """

    def __init__(
        self, board: TaskBoard, plan: Plan, say: Callable[..., None], *, grouped: bool
    ) -> None:
        self._board = board
        self._plan = plan
        self._say = say
        self._grouped = grouped
        self._needs = needs_of(plan)
        self._told: set[str] = set()
        """Calls whose start was said."""

    async def walk(self) -> None:
        """Run every node. Raises: NodeFailed: the first node that could not be done."""
        running: dict[asyncio.Task[None], Batch] = {}
        try:
            while True:
                go_on(self._board)
                for batch in self._startable(running.values()):
                    running[asyncio.create_task(self._run(batch))] = batch
                if not running:
                    return
                finished, _ = await workflow.wait(
                    list(running), return_when=asyncio.FIRST_COMPLETED
                )
                for task in finished:
                    del running[task]
                    task.result()
        except (Exception, asyncio.CancelledError):
            # Not a finally: an evicted workflow must not await on its way out.
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            raise

    def _startable(self, running: Iterable[Batch]) -> list[Batch]:
        board = self._board
        begun = board.done.union(node.id for batch in running for node in batch)
        if not self._grouped:
            return alone(self._plan, self._needs, done=board.done, begun=begun)
        return together(
            self._plan,
            self._needs,
            done=board.done,
            begun=begun,
            light=board.light,
            quick=board.quick,
        )

    async def _run(self, batch: Batch) -> None:
        head = batch[0]
        if isinstance(head, Loop):
            await LoopRunner(self._board, head, self._say).run()
            self._board.done.add(head.id)
        else:
            await self._run_calls({node.id: node for node in batch if isinstance(node, Call)})

    async def _run_calls(self, calls: dict[str, Call]) -> None:
        """Run calls in one activity; those that it leaves for later stay not done."""
        head = next(iter(calls.values()))
        for call in calls.values():
            if self._needs[call.id] <= self._board.done:
                self._say_started(call)
        self._board.message = f"{head.id}: {head.tool}"
        try:
            reply = await self._execute(tuple(calls.values()))
        except NodeFailed as failure:
            self._say_failed(head, failure.problem)
            raise
        for done in reply.done:
            self._take(calls[done.call or head.id], done)
        if reply.failed is not None:
            self._say_failed(calls[reply.failed.call], reply.failed.problem)
            raise NodeFailed(reply.failed.problem)

    def _take(self, call: Call, done: CallDone) -> None:
        """Write a finished call on the board."""
        self._board.values.update(done.values)
        self._board.add_spent(call.id, done.spent)
        self._board.believe(call.id, done.belief)
        self._board.done.add(call.id)
        self._say_started(call)
        kind = EventType.STEP_CACHED if done.cached else EventType.STEP_COMPLETED
        artifact = _first_artifact(done.values)
        found: dict[str, Any] = {"artifact": artifact} if artifact else {}
        if done.spent.warnings:
            found["warnings"] = list(done.spent.warnings)
        self._say(kind, **_about(call), model_s=round(done.spent.model_s, 4), **found)

    def _say_started(self, call: Call) -> None:
        if call.id not in self._told:
            self._told.add(call.id)
            self._say(EventType.STEP_STARTED, **_about(call))

    def _say_failed(self, call: Call, problem: Problem) -> None:
        self._say_started(call)
        self._say(
            EventType.STEP_FAILED, **_about(call), code=problem.code, reason=problem.detail[:400]
        )

    async def _execute(self, calls: tuple[Call, ...]) -> CallReply:
        head, *more = calls
        work = CallInput(
            task_id=self._board.task_id,
            owner=self._board.task.owner,
            call=head,
            more=tuple(more),
            seed=self._board.task.request.options.seed,
            values=decisions.values_for(calls, self._board.values),
            quiet=quiet(),
        )
        if head.id in self._board.light:
            return await run_light(RUN_LIGHT_CALL, work, CallReply)
        limit_s = sum(self._board.timeouts_s.get(call.id, DEFAULT_TIMEOUT_S) for call in calls)
        return await run_heavy(RUN_CALL, work, CallReply, board=self._board, limit_s=limit_s)


def _about(call: Call) -> dict[str, str]:
    """What identifies a call in events."""
    return {"node": call.id, "call": call.id, "tool": call.tool}


def _first_artifact(values: dict[str, Any]) -> str | None:
    for value in values.values():
        if isinstance(value, dict) and "sha256" in value and "media_type" in value:
            return str(value["sha256"])
    return None
