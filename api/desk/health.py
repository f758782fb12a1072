"""Whether the parts behind the front doors answer, asked side by side and with little patience."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any

from maquette.api.desk.doors import Doors
from maquette.model_servers.client.contract import RoleName
from maquette.records.errors import (
    EngineUnavailable,
    MaquetteError,
    ModelUnavailable,
    StoreUnavailable,
    TryAgain,
)

LOG = logging.getLogger("maquette.api")

PATIENCE_S = 2.5

OK: dict[str, Any] = {"status": "ok"}


async def active_tasks(doors: Doors) -> int | None:
    """How many tasks are in flight; None while the engine does not answer."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await doors.gateway.active()
    except (MaquetteError, TimeoutError):
        return None


async def check_parts(doors: Doors) -> dict[str, dict[str, Any]]:
    """``{temporal, store, models}``, each ok or a problem with its next step."""
    return dict(
        await asyncio.gather(
            _check(
                "temporal",
                doors.gateway.active(),
                EngineUnavailable("the workflow engine does not answer"),
            ),
            _check(
                "store",
                doors.store.check(),
                StoreUnavailable("the artifact store does not answer"),
            ),
            _check(
                "models",
                _models(doors),
                ModelUnavailable("the model servers do not answer"),
            ),
        )
    )


async def models_work(doors: Doors) -> dict[str, Any] | None:
    """What the model servers are busy with; None while they do not say, or sit in the worker."""
    if doors.settings.serve.placement == "inprocess":
        return None
    try:
        async with asyncio.timeout(PATIENCE_S):
            return (await doors.models.work()).told()
    except (MaquetteError, TimeoutError):
        return None


async def _models(doors: Doors) -> None:
    """Ask the generation role who it is, and all whether they move; roles held by the worker
    itself are not asked."""
    if doors.settings.serve.placement == "inprocess":
        return
    await doors.models.digest(RoleName.GENERATION)
    stalled = (await doors.models.work()).stalled()
    if stalled:
        raise ModelUnavailable(
            f"stalled: {stalled}", hint="look at models.log; `maquette down` and `up` restart it"
        )


async def _check(
    name: str, question: Awaitable[object], silent: TryAgain
) -> tuple[str, dict[str, Any]]:
    error: MaquetteError = silent
    try:
        async with asyncio.timeout(PATIENCE_S):
            await question
            return name, OK
    except MaquetteError as found:
        error = found
    except TimeoutError:
        LOG.warning("%s did not answer within %s s", name, PATIENCE_S)
    except Exception:
        LOG.exception("asking %s failed", name)
    problem = error.problem()
    return name, {
        "status": "problem",
        "code": problem.code,
        "detail": problem.detail,
        "hint": problem.hint or f"run 'maquette doctor'; the part's log is {name}.log",
    }
