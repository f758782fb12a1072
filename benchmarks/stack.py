"""The stack as a whole: time to be ready from cold, first picture, memory at rest."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from maquette.api.client import MaquetteClient
from maquette.infra.settings.load import load_settings
from maquette.infra.stack import control
from maquette.records.task import TaskOptions

REQUEST = "a poster that says GRAND OPENING above a red circle"


@dataclass(frozen=True)
class StackFigures:
    """Seconds and megabytes, of one cold start in an empty data directory."""

    ready_s: float
    first_picture_s: float
    second_picture_s: float
    loop_efficiency: float
    rest_mb: float
    rest_by_part_mb: dict[str, float]


async def measure_stack() -> StackFigures:
    """Start a stack of its own, make two pictures of different seeds, and stop it again.

    Raises: GiveUp: the stack does not start.
    """
    with tempfile.TemporaryDirectory(prefix="maquette-bench-") as folder:
        settings = load_settings("laptop", overrides={"data_dir": Path(folder)})
        started = time.perf_counter()
        info = control.ensure_stack(
            settings, idle_stop_s=0, report=lambda _: None, die_with=os.getpid()
        )
        ready_s = time.perf_counter() - started
        try:
            parts = control.status(settings)
            first_s, _ = await _picture_s(info, seed=1)
            second_s, efficiency = await _picture_s(info, seed=2)
        finally:
            control.stop(settings)
    by_part = {part.part: part.rss_bytes / 1e6 for part in parts}
    return StackFigures(
        ready_s=ready_s,
        first_picture_s=first_s,
        second_picture_s=second_s,
        loop_efficiency=efficiency,
        rest_mb=sum(by_part.values()),
        rest_by_part_mb=by_part,
    )


async def _picture_s(info: control.StackInfo, *, seed: int) -> tuple[float, float]:
    """Seconds from request to the end, and the task's loop efficiency."""
    async with MaquetteClient(info.api_url, info.token) as client:
        started = time.perf_counter()
        task = await client.wait(
            (await client.submit(REQUEST, options=TaskOptions(seed=seed))).id, timeout_s=300
        )
        seconds = time.perf_counter() - started
    if not task.status.delivered:
        raise RuntimeError(f"the picture ended as {task.status}: {task.problem}")
    return seconds, task.usage.loop_efficiency
