"""Keeping one part alive: start it, see it ready, start it again when it crashes."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from maquette.infra.stack.folders import StackFolders
from maquette.infra.stack.parts import PartSpec
from maquette.infra.stack.processes import (
    ProcessMark,
    child_environment,
    descendants,
    kill_marked,
    mark,
    program_below,
    signal_group,
    spawn,
    strays,
)
from maquette.infra.stack.progress import PartState

PROBE_EVERY_S = 0.1
SLOW_PROBE_EVERY_S = 0.5
QUICK_PROBES = 30
"""After so many a part is known to take its time, and is asked less often."""


@dataclass(frozen=True)
class RestartPolicy:
    """When to try again and when to give up."""

    start_timeout_s: float = 300.0
    stop_timeout_s: float = 10.0
    first_pause_s: float = 0.2
    longest_pause_s: float = 10.0
    steady_s: float = 10.0
    """A part that was ready for so long starts with a clean sheet."""
    max_failures: int = 5
    """Crashes in a row, none after a steady time, before giving up."""
    max_exits_at_start: int = 3
    """Starts in a row that end by themselves with an error: trying again will not help."""


class PartFailed(Exception):
    """A part will not be tried again. The text says why, for a person."""


class PartRunner:
    """Runs one part until it is told to stop or gives up."""

    def __init__(
        self,
        spec: PartSpec,
        folders: StackFolders,
        policy: RestartPolicy,
        changed: Callable[[PartRunner, str], None],
    ) -> None:
        self.spec = spec
        self.state = PartState.WAITING
        self.ready = asyncio.Event()
        self.process: ProcessMark | None = None
        self.offspring: list[ProcessMark] = []
        self.restarts = 0
        self._folders = folders
        self._policy = policy
        self._changed = changed
        self._child: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._failures = 0
        self._exits_at_start = 0

    async def run(self) -> None:
        """Raises: PartFailed: it crashed too often."""
        while not self._stopping:
            self.spec.prepare()
            child = await self._start()
            problem = await self._live(child)
            await self._clear(child)
            if self._stopping:
                return
            self._count(problem)
            self._set(PartState.CRASHED, problem)
            self.restarts += 1
            await asyncio.sleep(self._pause_s())

    async def stop(self) -> None:
        """End the part: ask, wait, then kill, with everything it started."""
        self._stopping = True
        child = self._child
        if child is None:
            self._set(PartState.STOPPED)
            return
        self._set(PartState.STOPPING)
        self.refresh()
        if child.returncode is None:
            signal_group(child.pid, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(child.wait(), self._policy.stop_timeout_s)
        await self._clear(child)
        self._set(PartState.STOPPED)

    def kill(self) -> None:
        """End the part now; ``stop`` then finds it gone."""
        if self._child is not None and self._child.returncode is None:
            signal_group(self._child.pid, signal.SIGKILL)

    def refresh(self) -> None:
        """Look which processes the part has started, so that they can be found if it dies."""
        if self._child is None or self._child.returncode is not None:
            return
        self.offspring = descendants(self._child.pid)
        if self.spec.guarded:
            self.process = program_below(self._child.pid) or self.process
            guard = mark(self._child.pid)
            others = [known for known in self.offspring if known != self.process]
            self.offspring = [*others, guard] if guard else others

    async def _start(self) -> asyncio.subprocess.Process:
        self._set(PartState.STARTING)
        env = child_environment(self._folders.data_dir, self.spec.name, self.spec.env)
        env["MAQUETTE_SETTINGS_FILE"] = str(self._folders.settings)
        with self._folders.open_log(self.spec.name) as log:
            child = await spawn(
                self.spec.command,
                guarded=self.spec.guarded,
                env=env,
                cwd=self._folders.run,
                log=log.fileno(),
            )
        self._child = child
        self.process = mark(child.pid)
        self.offspring = []
        return child

    async def _live(self, child: asyncio.subprocess.Process) -> str:
        """Stay until the child has ended; returns what went wrong."""
        ended = asyncio.ensure_future(child.wait())
        became_ready = asyncio.ensure_future(self._until_ready())
        try:
            await asyncio.wait({ended, became_ready}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                not_ready = became_ready.result()
                if not_ready is not None:
                    return f"not ready after {self._policy.start_timeout_s:g} s: {not_ready}"
                self.refresh()
                self._exits_at_start = 0
                self._set(PartState.READY)
                self.ready.set()
                ready_at = time.monotonic()
                await ended
                if time.monotonic() - ready_at > self._policy.steady_s:
                    self._failures = 0
            elif child.returncode is not None and child.returncode > 0:
                self._exits_at_start += 1
            return _how_it_ended(child.returncode)
        finally:
            became_ready.cancel()
            ended.cancel()

    async def _until_ready(self) -> str | None:
        """None once ready, or the last problem when time is up."""
        deadline = time.monotonic() + self._policy.start_timeout_s
        asked = 0
        while True:
            problem = await self.spec.ready()
            if problem is None or time.monotonic() > deadline:
                return problem
            asked += 1
            await asyncio.sleep(PROBE_EVERY_S if asked < QUICK_PROBES else SLOW_PROBE_EVERY_S)

    async def _clear(self, child: asyncio.subprocess.Process) -> None:
        """Kill what is left of the child's group, its descendants, and its strays."""
        signal_group(child.pid, signal.SIGKILL)
        await child.wait()
        kill_marked([*self.offspring, *strays(self._folders.data_dir, self.spec.name)])
        self._child = self.process = None
        self.offspring = []

    def _count(self, problem: str) -> None:
        self._failures += 1
        at_start = self._exits_at_start >= self._policy.max_exits_at_start
        if not at_start and self._failures < self._policy.max_failures:
            return
        times = self._exits_at_start if at_start else self._failures
        log = self._folders.log_of(self.spec.name)
        message = f"{self.spec.name} failed {times} times in a row ({problem}); see {log}"
        self._set(PartState.FAILED, message)
        raise PartFailed(message)

    def _pause_s(self) -> float:
        doubled = self._policy.first_pause_s * 2.0 ** (self._failures - 1)
        return min(doubled, self._policy.longest_pause_s)

    def _set(self, state: PartState, detail: str = "") -> None:
        self.state = state
        self._changed(self, detail)


def _how_it_ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
