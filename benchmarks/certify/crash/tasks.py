"""Tasks of a trial, as any client sees them: submit, wait, read back."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from maquette.api.client import MaquetteClient
from maquette.benchmarks.certify.crash.laws import TaskOutcome
from maquette.benchmarks.certify.crash.schedule import Work
from maquette.benchmarks.certify.rig import Rig
from maquette.records.errors import GiveUp, MaquetteError, NotFound
from maquette.records.event import TERMINAL, Event, EventType
from maquette.records.ids import new_task_id
from maquette.records.task import Task, TaskOptions

REQUEST = "a poster that says NIGHT MARKET above a yellow star"
EVERY_S = 0.5
ATTEMPT_S = 15.0
FINISH_S = 300.0
READ_BACK_S = 60.0
STEP_ENDS = (EventType.STEP_COMPLETED, EventType.STEP_CACHED, EventType.STEP_FAILED)


async def submit(client: MaquetteClient, work: Work) -> str:
    """Start a task; returns its id once it is acknowledged. Raises: MaquetteError: it is not."""
    options = TaskOptions(seed=work.seed, candidates=work.candidates, rounds=1)
    task = await client.submit(REQUEST, options=options, task_id=new_task_id())
    return task.id


async def finish(rig: Rig, work: Work) -> Task:
    """Run a task to its end, in peace. Raises: GiveUp: it delivers nothing."""
    async with rig.client() as client:
        task = await client.wait(await submit(client, work), timeout_s=FINISH_S)
    if task.result is None or not task.result.artifacts:
        raise GiveUp(f"an undisturbed task is {task.status.value}")
    return task


async def outcome_of(
    rig: Rig, task_id: str, work: Work, *, over: float, patience_s: float
) -> TaskOutcome:
    """Wait for the end and read everything back; whatever is away meanwhile is asked again.

    Args:
        over: when the fault was over, by the monotonic clock.
        patience_s: from then on, for the end.
    """
    problem = "it never ended"
    while time.monotonic() < over + patience_s:
        try:
            async with asyncio.timeout(ATTEMPT_S), rig.client() as client:
                task = await client.get(task_id)
            if task.status.ended:
                after_s = max(0.0, time.monotonic() - over)
                return await _read_back(rig, task, work, after_s)
            problem = f"it is still {task.status.value}"
        except (MaquetteError, TimeoutError) as error:
            problem = "there is no such task" if isinstance(error, NotFound) else _told(error)
        await asyncio.sleep(EVERY_S)
    return TaskOutcome(id=task_id, candidates=work.candidates, problem=problem)


async def _read_back(rig: Rig, task: Task, work: Work, after_s: float) -> TaskOutcome:
    deadline = time.monotonic() + READ_BACK_S
    while True:
        events, unreadable = await _stored(rig, task)
        if not unreadable or time.monotonic() > deadline:
            break
        await asyncio.sleep(EVERY_S)
    return TaskOutcome(
        id=task.id,
        candidates=work.candidates,
        status=task.status.value,
        ends=sum(event.type in TERMINAL for event in events),
        ended_after_s=round(after_s, 2),
        told_twice=told_twice(events),
        unreadable=unreadable,
        problem=task.problem.detail if task.problem else "",
    )


async def _stored(rig: Rig, task: Task) -> tuple[list[Event], tuple[str, ...]]:
    """The task's events, and what of its artifacts cannot be read back."""
    result = task.result
    drafts = () if result is None else result.drafts
    wanted = {ref.sha256 for ref in (() if result is None else result.artifacts)}
    wanted |= {ref.sha256 for draft in drafts for ref in (draft.artifact, draft.verdict)}
    events: list[Event] = []
    bad = []
    try:
        async with asyncio.timeout(READ_BACK_S), rig.client() as client:
            events = [event async for event in client.events(task.id)]
            for sha256 in sorted(wanted):
                try:
                    await client.download(sha256)
                except MaquetteError as error:
                    bad.append(f"artifact {sha256[:12]} cannot be read back: {_told(error)}")
    except (MaquetteError, TimeoutError) as error:
        bad.append(f"its events cannot be read back: {_told(error)}")
    return events, tuple(bad)


def told_twice(events: list[Event]) -> int:
    """Ends of steps that are told more than once."""
    ends = Counter(
        tuple(event.data.get(name) for name in ("node", "call", "round", "candidate"))
        for event in events
        if event.type in STEP_ENDS
    )
    return sum(count - 1 for count in ends.values())


def _told(error: Exception) -> str:
    return error.code if isinstance(error, MaquetteError) else type(error).__name__
