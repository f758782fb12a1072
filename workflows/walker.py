"""Walk a plan's DAG inside the workflow: ready nodes run together, each as its activities."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from temporalio import workflow

from maquette.records.event import EventType
from maquette.records.plan import Call, Loop, Plan
from maquette.workflows import decisions
from maquette.workflows.execution import NodeFailed, go_on, quiet, run_heavy, run_light
from maquette.workflows.loop_runner import LoopRunner
from maquette.workflows.messages import CallInput, CallReply
from maquette.workflows.names import RUN_CALL, RUN_LIGHT_CALL
from maquette.workflows.task_board import DEFAULT_TIMEOUT_S, TaskBoard


class Walker:
    """Runs one plan. All state that outlives a step is written on the board."""

    def __init__(self, board: TaskBoard, plan: Plan, say: Callable[..., None]) -> None:
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
            await LoopRunner(self._board, node, self._say).run()
        else:
            await self._call(node)

    async def _call(self, node: Call) -> None:
        about = {"node": node.id, "call": node.id, "tool": node.tool}
        self._say(EventType.STEP_STARTED, **about)
        self._board.message = f"{node.id}: {node.tool}"
        try:
            reply = await self._execute(node)
        except NodeFailed as failure:
            problem = failure.problem
            self._say(
                EventType.STEP_FAILED, **about, code=problem.code, reason=problem.detail[:400]
            )
            raise
        self._board.values.update(reply.values)
        self._board.add_spent(node.id, reply.spent)
        kind = EventType.STEP_CACHED if reply.cached else EventType.STEP_COMPLETED
        artifact = _first_artifact(reply.values)
        found = {"artifact": artifact} if artifact else {}
        self._say(kind, **about, model_s=round(reply.spent.model_s, 4), **found)

    async def _execute(self, node: Call) -> CallReply:
        work = CallInput(
            task_id=self._board.task_id,
            owner=self._board.task.owner,
            call=node,
            seed=self._board.task.request.options.seed,
            values=decisions.values_for(node, self._board.values),
            quiet=quiet(),
        )
        if node.id in self._board.light:
            return await run_light(RUN_LIGHT_CALL, work, CallReply)
        limit_s = self._board.timeouts_s.get(node.id, DEFAULT_TIMEOUT_S)
        return await run_heavy(RUN_CALL, work, CallReply, board=self._board, limit_s=limit_s)


def _first_artifact(values: dict[str, Any]) -> str | None:
    for value in values.values():
        if isinstance(value, dict) and "sha256" in value and "media_type" in value:
            return str(value["sha256"])
    return None
