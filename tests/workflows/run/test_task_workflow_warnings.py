"""A tool's warning reaches the person: event, stored step, finished record; cached steps, too."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from workflow_parts import Words, make_engine

from maquette.model_servers.schemas.guard import OUTSIDE, GuardVerdict
from maquette.records.base import Record
from maquette.records.event import EventType
from maquette.records.plan import Call, Plan
from maquette.records.task import TaskRequest, TaskStatus
from maquette.tools.contract import ToolContext
from maquette.tools.registry import Registry
from maquette.tools.spec import tool
from maquette.workflows.wire.messages import MAX_WARNING, MAX_WARNINGS, Spent, kept_warnings

OWNER = "local"
STRANGE = GuardVerdict(in_world=False, score=0.9, reason=f"the picture is {OUTSIDE}")


@tool("look", version="1", cost_s=0.0)
async def look(ctx: ToolContext, *, text: str) -> Words:
    """Look at something the guard does not know."""
    ctx.heed(STRANGE)
    ctx.heed(STRANGE)
    ctx.heed(GuardVerdict(in_world=True, score=0.1, reason="fine"))
    ctx.heed(GuardVerdict(reason="nobody judged"))
    return Words(text=text)


async def test_a_warning_reaches_the_result(run_with) -> None:
    """The guard's word is in the step's event and, once, in the result; a look-up repeats it."""
    plan = Plan(
        nodes=(Call(id="one", tool="look", arguments={"text": "x"}),),
        outputs=("one.text",),
        planner="scripted",
    )
    engine = replace(make_engine(plan=lambda request: plan), tools=Registry([look], origin="tests"))
    async with run_with(engine) as running:
        for kind in (EventType.STEP_COMPLETED, EventType.STEP_CACHED):
            task = await running.gateway.submit(TaskRequest(text="look"), owner=OWNER)
            async with asyncio.timeout(60):
                events = [e async for e in running.gateway.events(task.id, owner=OWNER)]
            task = await running.gateway.get(task.id, owner=OWNER)
            assert task.status is TaskStatus.COMPLETED and task.result is not None
            assert task.result.warnings == (STRANGE.reason,)
            [told] = [event.data for event in events if event.type is kind]
            assert told["warnings"] == [STRANGE.reason]


def test_warnings_add_up_within_bounds() -> None:
    """Costs put together keep each warning once, as many and as long as a message holds."""
    a, b = Spent(warnings=("x", "y")), Spent(warnings=("y", "z"))
    assert a.plus(b).warnings == ("x", "y", "z")
    many = kept_warnings(f"{number} {'w' * 900}" for number in range(50))
    assert len(many) == MAX_WARNINGS and all(len(one) == MAX_WARNING for one in many)


class Said(Record):
    """Words of a model, as the tools of the understanding role give them."""

    text: str
    probability: float
    in_world: bool | None
    warning: str


@tool("look", version="2", cost_s=0.0)
async def unsure(ctx: ToolContext, *, text: str) -> Said:
    """Say something, as sure as the words are long."""
    return Said(text=text, probability=len(text) / 10, in_world=None, warning="")


async def test_an_unsure_answer_ends_unverified(run_with) -> None:
    """Below the line the task is unverified and its answer carries the probability and the doubt,
    also when the step is found again; above it the task is completed."""

    def plan(request: TaskRequest) -> Plan:
        call = Call(id="one", tool="look", arguments={"text": request.text})
        return Plan(nodes=(call,), outputs=("one.text",))

    engine = replace(make_engine(plan=plan), tools=Registry([unsure], origin="tests"))
    async with run_with(engine) as running:
        for text, status in (
            ("four", TaskStatus.UNVERIFIED),
            ("four", TaskStatus.UNVERIFIED),
            ("four suns", TaskStatus.COMPLETED),
        ):
            task = await running.gateway.submit(TaskRequest(text=text), owner=OWNER)
            task = await running.gateway.get(task.id, owner=OWNER, wait_s=60)
            assert task.status is status and task.result is not None
            [answer] = task.result.answers
            assert (answer.text, answer.probability) == (text, len(text) / 10)
            assert bool(answer.doubt) is (status is TaskStatus.UNVERIFIED)
            assert task.progress.fraction == 1.0
