"""A soak: tasks without a pause on a real stack, and what becomes of its pace and its memory."""

from __future__ import annotations

import asyncio
import itertools
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from maquette.api.client import MaquetteClient
from maquette.infra.settings.load import load_settings
from maquette.infra.stack import control
from maquette.records.errors import MaquetteError
from maquette.records.task import TaskOptions, TaskStatus

REQUESTS = (
    "a poster that says GRAND OPENING above a red circle",
    "a blue square left of a green triangle",
    "a yellow star above a red boat",
)
SAMPLE_S = 10.0
TASK_TIMEOUT_S = 300.0
LEAST_PACE = 0.9
"""Tasks of the last minute over those of the first."""
MOST_GROWTH = 0.05
"""Of a part's memory after the first minute: what allocators and full caches may still take."""
LEAST_GROWTH_MB = 5.0
"""Growth below this is that of no part."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class PartMemory:
    """A part's memory over the soak: proportional set size of all its processes."""

    part: str
    first_mb: float
    """Median of the second minute: what is collected now and then goes up and down."""
    last_mb: float
    """Median of the last minute."""
    kb_per_task: float
    """Slope of a straight line through all samples after the first minute."""

    @property
    def flat(self) -> bool:
        allowed_mb = max(LEAST_GROWTH_MB, MOST_GROWTH * self.first_mb)
        return self.last_mb - self.first_mb <= allowed_mb


@dataclass(frozen=True)
class SoakFigures:
    """Tasks finished in each minute, how they ended, and the memory of each part."""

    at_once: int
    tasks_per_minute: tuple[int, ...]
    ended: dict[str, int]
    parts: tuple[PartMemory, ...]

    @property
    def pace(self) -> float:
        """Tasks of the last minute over those of the first."""
        first, last = self.tasks_per_minute[0], self.tasks_per_minute[-1]
        return last / first if first else 0.0

    @property
    def holds(self) -> bool:
        delivered = bool(self.ended) and all(TaskStatus(end).delivered for end in self.ended)
        return delivered and self.pace >= LEAST_PACE and all(part.flat for part in self.parts)

    def as_json(self) -> dict[str, Any]:
        parts = [{**asdict(part), "flat": part.flat} for part in self.parts]
        return {**asdict(self), "parts": parts, "pace": self.pace, "holds": self.holds}


@dataclass
class _Record:
    """What is noted while the soak runs. Times are seconds since its start."""

    began: float = field(default_factory=time.monotonic)
    done_at: list[float] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    samples: list[tuple[float, int, dict[str, float]]] = field(default_factory=list)
    """Time, tasks finished, megabytes of each part."""

    def age_s(self) -> float:
        return time.monotonic() - self.began

    def finish(self, how: str) -> None:
        self.ended[how] += 1
        self.done_at.append(self.age_s())

    def in_minute(self, minute: int) -> int:
        return sum(60 * minute <= at < 60 * (minute + 1) for at in self.done_at)


async def measure_soak(
    minutes: int, at_once: int, *, data_dir: Path | None = None, say: Say = lambda line: None
) -> SoakFigures:
    """Keep ``at_once`` tasks going for so many minutes; each has a seed of its own, so that no
    drawing comes from the step cache.

    Args:
        data_dir: of a stack to use, which is started if it does not run and left running; None:
            a stack of its own, in an empty directory.
        say: told of each minute when it is over.

    Raises: GiveUp: the stack does not start.
    """
    with _stack(data_dir) as info:
        await _warm_up(info)
        record = _Record()
        seeds = itertools.count(int(time.time()) % 1_000_000 * 1_000)
        works = [asyncio.create_task(_work(info, record, seeds)) for _ in range(at_once)]
        watch = asyncio.create_task(_watch(info, record))
        try:
            for minute in range(minutes):
                await asyncio.sleep(max(0.0, 60 * (minute + 1) - record.age_s()))
                say(f"minute {minute + 1}: {record.in_minute(minute)} tasks")
            await _sample(info, record)
        finally:
            for task in (watch, *works):
                task.cancel()
            await asyncio.gather(watch, *works, return_exceptions=True)
    return SoakFigures(
        at_once=at_once,
        tasks_per_minute=tuple(record.in_minute(minute) for minute in range(minutes)),
        ended=dict(record.ended),
        parts=_memory(record),
    )


@contextmanager
def _stack(data_dir: Path | None) -> Iterator[control.StackInfo]:
    if data_dir is not None:
        settings = load_settings(overrides={"data_dir": data_dir})
        yield control.ensure_stack(settings, idle_stop_s=900, report=lambda _: None)
        return
    with tempfile.TemporaryDirectory(prefix="maquette-soak-") as folder:
        settings = load_settings("laptop", overrides={"data_dir": Path(folder)})
        try:
            yield control.ensure_stack(
                settings, idle_stop_s=0, report=lambda _: None, die_with=os.getpid()
            )
        finally:
            control.stop(settings)


async def _warm_up(info: control.StackInfo) -> None:
    """One task of each kind, so that what is loaded once is loaded before the first minute."""
    record = _Record()
    async with MaquetteClient(info.api_url, info.token) as client:
        await asyncio.gather(*(_one(client, record, text, 0) for text in REQUESTS))


async def _work(info: control.StackInfo, record: _Record, seeds: Iterator[int]) -> None:
    """One task after the other."""
    async with MaquetteClient(info.api_url, info.token) as client:
        for seed in seeds:
            await _one(client, record, REQUESTS[seed % len(REQUESTS)], seed)


async def _one(client: MaquetteClient, record: _Record, text: str, seed: int) -> None:
    try:
        sent = await client.submit(text, options=TaskOptions(seed=seed))
        task = await client.wait(sent.id, timeout_s=TASK_TIMEOUT_S)
        record.finish(task.status.value)
    except TimeoutError:
        record.finish("not ended in time")
    except MaquetteError as error:
        record.finish(f"refused: {error.code}")
        await asyncio.sleep(1.0)


async def _watch(info: control.StackInfo, record: _Record) -> None:
    while True:
        await _sample(info, record)
        await asyncio.sleep(SAMPLE_S)


async def _sample(info: control.StackInfo, record: _Record) -> None:
    memory = await asyncio.to_thread(_memory_mb, info)
    record.samples.append((record.age_s(), len(record.done_at), memory))


def _memory_mb(info: control.StackInfo) -> dict[str, float]:
    parts = control.status(control.load_stack_settings(info))
    supervisor = psutil.Process(info.pid).memory_full_info()
    return {
        **{part.part: part.rss_bytes / 1e6 for part in parts},
        "supervisor": getattr(supervisor, "pss", supervisor.rss) / 1e6,
    }


def _memory(record: _Record) -> tuple[PartMemory, ...]:
    """Each part's memory from the end of the first minute on; nothing of a shorter soak."""
    samples = [sample for sample in record.samples if sample[0] >= 60.0]
    if not samples:
        return ()
    times = [at for at, _, _ in samples]
    done = [float(count) for _, count, _ in samples]
    found = []
    for part in samples[0][2]:
        used = [memory.get(part, 0.0) for _, _, memory in samples]
        moved = len(set(done)) > 1
        slope = statistics.linear_regression(done, used).slope if moved else 0.0
        first = [mb for at, mb in zip(times, used, strict=True) if at <= times[0] + 60]
        last = [mb for at, mb in zip(times, used, strict=True) if at >= times[-1] - 60]
        found.append(
            PartMemory(part, statistics.median(first), statistics.median(last), 1_000 * slope)
        )
    return tuple(found)
