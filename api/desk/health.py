"""Whether the parts behind the front doors answer, asked side by side and with little patience."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from maquette.api.desk.desk import Desk
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.work import Work
from maquette.records.errors import (
    EngineUnavailable,
    MaquetteError,
    ModelUnavailable,
    StoreUnavailable,
    TryAgain,
)
from maquette.tools import availability

LOG = logging.getLogger("maquette.api")

PATIENCE_S = 2.5

OK: dict[str, Any] = {"status": "ok"}

T = TypeVar("T")


@dataclass(frozen=True)
class Health:
    """What each part answered when all were asked once."""

    parts: dict[str, dict[str, Any]]
    """``{temporal, store, models}``, each ``OK`` or a problem with its next step."""
    active_tasks: int | None
    """Tasks in flight; None while the engine does not answer."""
    work: Work | None
    """What the models are busy with; None while they do not say, or sit in the worker."""


async def look(desk: Desk) -> Health:
    """Ask every part once. Raises nothing: a part that fails is told."""
    engine, store, models = await asyncio.gather(
        _ask(
            "temporal",
            desk.gateway.active(),
            EngineUnavailable("the workflow engine does not answer"),
        ),
        _ask("store", desk.store.check(), StoreUnavailable("the artifact store does not answer")),
        _ask("models", _models(desk), ModelUnavailable("the model servers do not answer")),
    )
    parts = {"temporal": engine.told, "store": store.told, "models": models.told}
    return Health(parts, active_tasks=engine.value, work=models.value)


async def _models(desk: Desk) -> Work | None:
    """Ask the generation role who it is, and all whether they move; roles held by the worker
    itself are not asked."""
    if desk.settings.serve.placement == "inprocess":
        return None
    await desk.models.digest(RoleName.GENERATION)
    work = await desk.models.work()
    stalled = work.stalled()
    if stalled:
        raise ModelUnavailable(
            f"stalled: {stalled}", hint="look at models.log; `maquette down` and `up` restart it"
        )
    return work


async def unavailable_tools(desk: Desk) -> dict[str, str]:
    """Tools whose models are not served, by name, with the reason; none while nobody answers."""
    if desk.settings.serve.placement == "inprocess":
        return {}
    try:
        async with asyncio.timeout(PATIENCE_S):
            health = await availability.look(desk.models, availability.roles_of(desk.registry))
    except TimeoutError:
        return {}
    return availability.unavailable(desk.registry, health)


@dataclass(frozen=True)
class _Answer(Generic[T]):
    told: dict[str, Any]
    value: T | None = None


async def _ask(name: str, question: Awaitable[T], silent: TryAgain) -> _Answer[T]:
    error: MaquetteError = silent
    try:
        async with asyncio.timeout(PATIENCE_S):
            return _Answer(OK, await question)
    except MaquetteError as found:
        error = found
    except TimeoutError:
        LOG.warning("%s did not answer within %s s", name, PATIENCE_S)
    except Exception:
        LOG.exception("asking %s failed", name)
    problem = error.problem()
    return _Answer(
        {
            "status": "problem",
            "code": problem.code,
            "detail": problem.detail,
            "hint": problem.hint or f"run 'maquette doctor'; the part's log is {name}.log",
        }
    )
