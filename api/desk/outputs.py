"""What each call of a task gave, port by port: read from the kept steps, nothing is run."""

from __future__ import annotations

from typing import Any

from maquette.api.desk.desk import Desk
from maquette.records.errors import MaquetteError
from maquette.records.plan import INPUTS, Call, resolve
from maquette.records.task import Task
from maquette.workflows.steps.step import complete
from maquette.workflows.steps.step_cache import StepCache, StepResult, step_key

Ports = dict[str, Any]


async def outputs_of(desk: Desk, task: Task) -> dict[str, Ports]:
    """Node id -> port -> value, of the plan's calls whose result is kept.

    Left out are loops, calls that have not ended or are not kept (light tools), and what was made
    by a model that is not the one that is served now.

    Raises: StoreUnavailable.
    """
    values: dict[str, Any] = {
        f"{INPUTS}.{k}": ref.model_dump(mode="json") for k, ref in enumerate(task.request.inputs)
    }
    found: dict[str, Ports] = {}
    for node in task.plan.nodes if task.plan else ():
        result = await _kept(desk, task, node, values) if isinstance(node, Call) else None
        if result is not None:
            found[node.id] = result.output
            values |= {f"{node.id}.{port}": value for port, value in result.output.items()}
    return found


async def _kept(desk: Desk, task: Task, call: Call, values: Ports) -> StepResult | None:
    """The stored result of a call; None: there is none, or it cannot be told which it was."""
    if call.tool not in desk.registry:
        return None
    spec = desk.registry.get(call.tool)
    try:
        arguments = resolve(call.arguments, values)
        digests = {str(role): await desk.models.digest(role) for role in spec.roles}
    except (KeyError, MaquetteError):
        return None
    key = step_key(
        owner=task.owner,
        tool=spec.name,
        tool_version=spec.version,
        digests=digests,
        arguments=complete(spec, arguments),
        seed=task.request.options.seed if spec.seeded else None,
    )
    return await StepCache(desk.store).find(key, owner=task.owner)
