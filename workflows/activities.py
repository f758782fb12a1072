"""Activities: everything with an effect. Workflows decide, activities act."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from temporalio import activity

from maquette.records.errors import PlanRejected
from maquette.records.ids import canonical_json
from maquette.records.plan import Loop, Plan
from maquette.records.task import TaskRequest
from maquette.workflows.engine import Engine
from maquette.workflows.faults import faults_cross
from maquette.workflows.finished import write_finished
from maquette.workflows.heart import Heart
from maquette.workflows.messages import (
    MAX_MESSAGE_BYTES,
    CallInput,
    CallReply,
    FinishInput,
    PlanReply,
    RoundInput,
    RoundReply,
    TaskInput,
)
from maquette.workflows.names import FINISH_TASK, PLAN_TASK, RUN_CALL, RUN_LIGHT_CALL, RUN_ROUND
from maquette.workflows.rounds import run_round
from maquette.workflows.rpc import rpc_errors
from maquette.workflows.snapshots import read_snapshot
from maquette.workflows.spill import spill, unspill
from maquette.workflows.step_cache import StepCache
from maquette.workflows.steps import StepRunner
from maquette.workflows.stream_log import EventPublisher, read_events_now

JUDGE_TIMEOUT_S = 60.0
"""Added to the time a round may take, for judging and storing."""


class Activities:
    """The activities of one worker process, around one engine and one step cache."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._cache = StepCache(engine.store)

    def all(self) -> list[Any]:
        """What the worker registers."""
        return [
            self.plan_task,
            self.run_call,
            self.run_light_call,
            self.run_round,
            self.finish_task,
        ]

    @activity.defn(name=PLAN_TASK)
    @faults_cross
    async def plan_task(self, task: TaskInput) -> PlanReply:
        """Plan the request; refuse a plan that would not fit into a history."""
        request = await self._whole_request(task)
        async with _beating():
            plan = await self._engine.planner.plan(request)
        size = len(canonical_json(plan.model_dump(mode="json")))
        if size > MAX_MESSAGE_BYTES:
            raise PlanRejected(
                [("too_large", f"the plan is {size} bytes; at most {MAX_MESSAGE_BYTES} are taken")],
                hint="Ask for fewer things at once.",
            )
        return PlanReply(plan=plan, light=self._light(plan), timeouts_s=self._timeouts(plan))

    @activity.defn(name=RUN_CALL)
    @faults_cross
    async def run_call(self, work: CallInput) -> CallReply:
        """Run one call of a tool, with heartbeat and progress events."""
        async with (
            EventPublisher(activity.client(), work.task_id) as publisher,
            _beating() as heart,
        ):
            return await self._call(work, publisher, heart)

    @activity.defn(name=RUN_LIGHT_CALL)
    @faults_cross
    async def run_light_call(self, work: CallInput) -> CallReply:
        """Run one call of a light tool in place: no heartbeat, no events, no cache."""
        return await self._call(work, _Silent(), None)

    @activity.defn(name=RUN_ROUND)
    @faults_cross
    async def run_round(self, work: RoundInput) -> RoundReply:
        """Make and judge the candidates of one round."""
        store = self._engine.store
        async with (
            EventPublisher(activity.client(), work.task_id) as publisher,
            _beating() as heart,
        ):
            runner = self._runner(work, publisher, heart, node=work.loop.id)
            values = await unspill(work.values, store, work.owner)
            return await run_round(runner, self._cache, work, values)

    @activity.defn(name=FINISH_TASK)
    @faults_cross
    async def finish_task(self, work: FinishInput) -> None:
        """Store the finished task and all its events as one document.

        Both are read from the workflow by query, so they never pass through its history.
        """
        async with _beating():
            handle = activity.client().get_workflow_handle(
                work.task_id, run_id=activity.info().workflow_run_id
            )
            with rpc_errors(f"task {work.task_id}"):
                task = await read_snapshot(handle)
                events = await read_events_now(handle)
            await write_finished(self._engine.store, task, events)

    async def _call(self, work: CallInput, publisher: Any, heart: Heart | None) -> CallReply:
        store = self._engine.store
        runner = self._runner(work, publisher, heart, node=work.call.id)
        values = await unspill(work.values, store, work.owner)
        done = await runner.run(work.call, values, seed=work.seed, announce=False)
        return CallReply(
            values=await spill(done.values, store, work.owner),
            spent=done.spent,
            cached=done.cached,
        )

    def _runner(
        self, work: CallInput | RoundInput, publisher: Any, heart: Heart | None, *, node: str
    ) -> StepRunner:
        return StepRunner(
            self._engine,
            self._cache,
            publisher,
            heart,
            owner=work.owner,
            task_id=work.task_id,
            node=node,
            quiet=work.quiet,
        )

    async def _whole_request(self, task: TaskInput) -> TaskRequest:
        if task.request_ref is None:
            return task.request
        data = await self._engine.store.get(task.request_ref.sha256, owner=task.owner)
        return TaskRequest.model_validate_json(data)

    def _light(self, plan: Plan) -> tuple[str, ...]:
        tools = self._engine.tools
        return tuple(
            node.id
            for node in plan.nodes
            if not isinstance(node, Loop) and tools.get(node.tool).light
        )

    def _timeouts(self, plan: Plan) -> dict[str, float]:
        """The longest one run of each node may take: its tools' own timeouts, one by one."""
        tools = self._engine.tools
        limits = {}
        for node in plan.nodes:
            calls = node.body if isinstance(node, Loop) else (node,)
            spare_s = JUDGE_TIMEOUT_S if isinstance(node, Loop) else 10.0
            limits[node.id] = sum(tools.get(call.tool).timeout_s for call in calls) + spare_s
        return limits


class _Silent:
    """A publisher of nothing: the workflow itself speaks for light steps."""

    def publish(self, event: Any) -> None:
        return None


@asynccontextmanager
async def _beating() -> AsyncIterator[Heart]:
    """The heart of the running activity, with what its last attempt remembered."""
    details = activity.info().heartbeat_details
    earlier = details[0] if details and isinstance(details[0], dict) else None
    async with Heart(activity.heartbeat, earlier) as heart:
        yield heart
