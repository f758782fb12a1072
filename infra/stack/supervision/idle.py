"""Stopping a stack that nobody uses, or whose owner is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from maquette.infra.stack.parts.probes import get_json
from maquette.infra.stack.state.processes import mark

POLL_AT_MOST_S = 15.0
LOOK_EVERY_S = 0.5


async def stop_when_idle(
    api_url: str, token: str | None, idle_stop_s: float, stop: Callable[[str], None]
) -> None:
    """Ask the API how long it has been idle, and stop when it is long enough.

    An API that does not answer is not idle: it may be starting again.
    """
    while True:
        await asyncio.sleep(min(POLL_AT_MOST_S, max(0.2, idle_stop_s / 4)))
        system = await get_json(f"{api_url}/api/v1/system", token=token)
        if system is None or system.get("active_tasks", 1) != 0:
            continue
        if float(system.get("idle_s", 0.0)) >= idle_stop_s:
            stop(f"idle for {idle_stop_s:g} s")
            return


async def stop_without(pid: int, stop: Callable[[str], None]) -> None:
    """Stop when the process has ended; at once when it is gone already."""
    owner = mark(pid)
    while owner is not None and owner.find() is not None:  # noqa: ASYNC110  (no event to wait for)
        await asyncio.sleep(LOOK_EVERY_S)
    stop(f"process {pid}, which it was for, has ended")
