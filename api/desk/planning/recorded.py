"""What the owner's ended tasks tell of the tools' times, for forecasts."""

from __future__ import annotations

import asyncio

from maquette.agents.planning.forecast import Recorded, medians, samples_of
from maquette.agents.planning.forecast import forecast as forecast_plan
from maquette.agents.validation.validator import PlanLimits, check_plan, parse_plan
from maquette.api.desk.desk import Desk
from maquette.records.errors import MaquetteError
from maquette.records.plan import Plan
from maquette.records.planning.forecast import Forecast, Sample
from maquette.workflows.loops.table import TABLE as STRATEGIES

TASKS = 50
"""The newest tasks that are looked at."""
READ_AT_ONCE = 8


async def recorded(desk: Desk, *, tasks: int = TASKS) -> Recorded:
    """Medians by tool, of the newest tasks that have ended; empty where none can be read.

    What a task has told is remembered: ended tasks tell the same for ever.
    """
    try:
        page = await desk.gateway.list(owner=desk.owner, limit=tasks)
    except MaquetteError:
        return {}
    ended = [task.id for task in page.data if task.status.ended]
    turn = asyncio.Semaphore(READ_AT_ONCE)

    async def read(task_id: str) -> None:
        async with turn:
            try:
                events = await desk.gateway.events_now(task_id, owner=desk.owner)
            except MaquetteError:
                return
            desk.timings[task_id] = tuple(samples_of(events))

    await asyncio.gather(*(read(one) for one in ended if one not in desk.timings))
    for forgotten in set(desk.timings) - set(ended):
        del desk.timings[forgotten]
    samples: list[Sample] = [sample for one in ended for sample in desk.timings.get(one, ())]
    return medians(samples)


async def forecast(desk: Desk, plan: Plan) -> Forecast:
    """What a plan will take here."""
    return forecast_plan(plan, desk.registry, await recorded(desk))


async def forecast_written(
    desk: Desk, written: dict[str, object], *, inputs: int, budget_s: float
) -> Forecast:
    """The same of a plan that was sent. Raises: PlanRejected: it could not run."""
    limits = PlanLimits(budget_s=budget_s, strategies=frozenset(STRATEGIES))
    plan = check_plan(parse_plan(written), desk.registry, inputs=inputs, limits=limits)
    return await forecast(desk, plan)
