"""Activities: everything with an effect. Workflows decide, activities act."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from temporalio import activity

from maquette.agents.gates.library import gates_of
from maquette.agents.judging.doubt import belief_in
from maquette.agents.planning.seam import Scenes, SeeingPlanner
from maquette.infra.store.contract import DocumentKind
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import Conflict, NeedsAnswer, PlanRejected
from maquette.records.ids import canonical_json
from maquette.records.plan import Call, Loop, Plan, calls_of
from maquette.records.planning.question import with_answers
from maquette.records.task import TaskRequest
from maquette.tools.art.provenance import scene_of
from maquette.workflows.events.stream import EventPublisher, events_from, read_events_now
from maquette.workflows.steps.calls import CallRun
from maquette.workflows.steps.heart import Heart
from maquette.workflows.steps.rounds import run_round
from maquette.workflows.steps.step import StepRunner
from maquette.workflows.steps.step_cache import StepCache
from maquette.workflows.steps.workshop import Workshop
from maquette.workflows.wire.faults import faults_cross
from maquette.workflows.wire.finished import write_finished
from maquette.workflows.wire.messages import (
    MAX_MESSAGE_BYTES,
    Belief,
    CallDone,
    CallInput,
    CallReply,
    FinishInput,
    PlanReply,
    RecordInput,
    RoundInput,
    RoundReply,
    TaskInput,
)
from maquette.workflows.wire.names import (
    ENDED_BEFORE,
    FINISH_TASK,
    KEEP_RECORD,
    PLAN_TASK,
    RUN_CALL,
    RUN_LIGHT_CALL,
    RUN_ROUND,
)
from maquette.workflows.wire.rpc import rpc_errors
from maquette.workflows.wire.snapshots import read_snapshot
from maquette.workflows.wire.spill import spill, unspill

QUICK_S = 0.5
"""A tool that says it costs no more seconds than this is quick: an activity would add 2 % or
more to it."""
LONG_LEDGER = 80
"""Entries of a ledger from which on neighbours of one way are told as one."""
JUDGE_TIMEOUT_S = 60.0
"""Added to the time a round may take, for judging and storing."""


class EndedBefore(Conflict):
    code = ENDED_BEFORE
    title = "The task has ended before"


class Activities:
    """The activities of one worker process, around one workshop and one step cache."""

    def __init__(self, engine: Workshop) -> None:
        self._engine = engine
        self._cache = StepCache(engine.store)
        self._gates = gates_of(engine.models, engine.store)

    def all(self) -> list[Any]:
        """What the worker registers."""
        return [
            self.plan_task,
            self.run_call,
            self.run_light_call,
            self.run_round,
            self.keep_record,
            self.finish_task,
        ]

    @activity.defn(name=PLAN_TASK)
    @faults_cross
    async def plan_task(self, task: TaskInput) -> PlanReply:
        """Plan the request; refuse a plan that would not fit into a history.

        Raises: EndedBefore: the task has a record. What starts a run can be copied from its
            history and sent again by anyone who reaches the engine.
        """
        name = activity.info().workflow_id or ""
        record = await self._engine.store.get_document(DocumentKind.TASK, name, owner=task.owner)
        if record is not None:
            raise EndedBefore(f"{name} has ended before", hint="Submit it under another id.")
        request = await self._whole_request(task)
        async with _beating():
            scenes = [
                await scene_of(self._engine.store, one.sha256, owner=task.owner)
                for one in request.inputs
            ]
            try:
                plan = await self._planned(request, scenes, task.owner)
            except NeedsAnswer as asked:
                return PlanReply(question=asked.question)
            doubts = await self._gates.notes(request, plan, owner=task.owner, every=False)
        plan = plan.model_copy(update={"notes": (*plan.notes, *doubts)}) if doubts else plan
        plan = _fitting(plan, request.text)
        size = len(canonical_json(plan.model_dump(mode="json")))
        if size > MAX_MESSAGE_BYTES:
            raise PlanRejected(
                [("too_large", f"the plan is {size} bytes; at most {MAX_MESSAGE_BYTES} are taken")],
                hint="Ask for fewer things at once.",
            )
        calls = [node for node in plan.nodes if not isinstance(node, Loop)]
        light = tuple(call.id for call in calls if self._engine.tools.get(call.tool).light)
        return PlanReply(
            plan=plan,
            light=light,
            quick=tuple(call.id for call in calls if call.id not in light and self._quick(call)),
            timeouts_s=self._timeouts(plan),
            sampled=tuple(
                node.id
                for node in plan.nodes
                if any(self._engine.tools.get(call.tool).seeded for call in calls_of(node))
            ),
        )

    async def _planned(self, request: TaskRequest, scenes: Scenes, owner: str) -> Plan:
        """A plan of the words; a planner that sees may look at what is attached."""
        planner = self._engine.planner
        if not isinstance(planner, SeeingPlanner):
            return await planner.plan(request, scenes=scenes)

        async def look(ref: ArtifactRef) -> bytes:
            return await self._engine.store.get(ref.sha256, owner=owner)

        return await planner.plan_seeing(request, look=look, scenes=scenes)

    @activity.defn(name=RUN_CALL)
    @faults_cross
    async def run_call(self, work: CallInput) -> CallReply:
        """Run calls of tools, with heartbeat and progress events."""
        async with (
            EventPublisher(activity.client(), work.task_id) as publisher,
            _beating() as heart,
        ):
            return await self._calls(work, publisher, heart)

    @activity.defn(name=RUN_LIGHT_CALL)
    @faults_cross
    async def run_light_call(self, work: CallInput) -> CallReply:
        """Run calls of light tools in place: no heartbeat, no events, no cache."""
        return await self._calls(work, _Silent(), None)

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

    @activity.defn(name=KEEP_RECORD)
    @faults_cross
    async def keep_record(self, work: RecordInput) -> None:
        """Store the finished task and all its events as one document."""
        await write_finished(self._engine.store, work.task, events_from(work.events))

    @activity.defn(name=FINISH_TASK)
    @faults_cross
    async def finish_task(self, work: FinishInput) -> None:
        """As ``keep_record``, with heartbeat and for as long as it takes. Task and events are
        read from the workflow by query, so they never pass through its history.
        """
        async with _beating():
            handle = activity.client().get_workflow_handle(
                work.task_id, run_id=activity.info().workflow_run_id
            )
            with rpc_errors(f"task {work.task_id}"):
                task = await read_snapshot(handle)
                events = await read_events_now(handle)
            await write_finished(self._engine.store, task, events)

    async def _calls(self, work: CallInput, publisher: Any, heart: Heart | None) -> CallReply:
        store = self._engine.store

        async def run_one(call: Call, known: dict[str, Any]) -> tuple[dict[str, Any], CallDone]:
            runner = self._runner(work, publisher, heart, node=call.id)
            done = await runner.run(call, known, seed=work.seed, announce=False)
            told = await spill(done.values, store, work.owner)
            return done.values, CallDone(
                call=call.id,
                values=told,
                spent=done.spent,
                cached=done.cached,
                belief=belief_of(call, done.values),
            )

        batch = CallRun(run_one, known=await unspill(work.values, store, work.owner))
        return await batch.run((work.call, *work.more))

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
        """What was asked for, with the answers to what was asked back."""
        request = task.request
        if task.request_ref is not None:
            data = await self._engine.store.get(task.request_ref.sha256, owner=task.owner)
            request = TaskRequest.model_validate_json(data)
        return request.model_copy(update={"text": with_answers(request.text, task.answers)})

    def _quick(self, call: Call) -> bool:
        """Whether the call is over so soon that an activity of its own would cost more. What a
        tool that is not deterministic gave cannot be found again, so it is told at once."""
        spec = self._engine.tools.get(call.tool)
        return bool(spec.deterministic) and spec.cost_s <= QUICK_S

    def _timeouts(self, plan: Plan) -> dict[str, float]:
        """The longest one run of each node may take: its tools' own timeouts, one by one."""
        tools = self._engine.tools
        limits = {}
        for node in plan.nodes:
            calls = calls_of(node)
            spare_s = JUDGE_TIMEOUT_S if isinstance(node, Loop) else 10.0
            limits[node.id] = sum(tools.get(call.tool).timeout_s for call in calls) + spare_s
        return limits


def _fitting(plan: Plan, text: str) -> Plan:
    """The plan, its ledger merged where an entry a word would not fit into a history."""
    if plan.ledger is None or len(plan.ledger.entries) <= LONG_LEDGER:
        return plan
    return plan.model_copy(update={"ledger": plan.ledger.merged(text)})


def belief_of(call: Call, values: dict[str, Any]) -> Belief | None:
    """How sure the model is of the words of a finished call; None: no model said any."""
    found = belief_in(call.tool, {ref.partition(".")[2]: one for ref, one in values.items()})
    return None if found is None else Belief(probability=found.probability, doubt=found.doubt)


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
