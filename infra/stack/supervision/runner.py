"""Keeping one part alive: start it, see it ready, start it again when it crashes or stalls."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from maquette.infra.stack.parts.spec import PartSpec
from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.state.processes import (
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
from maquette.infra.stack.state.progress import PartState
from maquette.infra.stack.supervision.patience import patience_s
from maquette.infra.stack.supervision.watch import Watch, WatchPolicy, ask

PROBE_EVERY_S = 0.1
PROBE_TIMEOUT_S = 10.0
SLOW_PROBE_EVERY_S = 0.5
QUICK_PROBES = 30
"""After so many a part is known to take its time, and is asked less often."""


@dataclass(frozen=True)
class RestartPolicy:
    """When to try again and when to give up.

    A part that was ready once is tried again for ever: what it needs may come back, and the
    others go on without it. One that never was is given up, so that a start ends.
    """

    start_timeout_s: float = 300.0
    stop_timeout_s: float = 10.0
    first_pause_s: float = 0.2
    longest_pause_s: float = 30.0
    steady_s: float = 10.0
    """A part that was ready for so long starts with a clean sheet."""
    max_failures: int = 10
    """Ends in a row before it ever was ready."""
    max_failed_starts: int = 3
    """Those of them that nobody else caused: an exit with an error, or no answer in time."""
    watch: WatchPolicy = field(default_factory=WatchPolicy)


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
        self.detail = ""
        """What is wrong now, if anything."""
        self._folders = folders
        self._policy = policy
        self._changed = changed
        self._child: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._failures = 0
        self._failed_starts = 0
        self._retry_at: float | None = None

    @property
    def retry_in_s(self) -> float | None:
        """Seconds until the next try; None when none is due."""
        return None if self._retry_at is None else max(0.0, self._retry_at - time.monotonic())

    async def run(self) -> None:
        """Raises: PartFailed: it never got ready."""
        while not self._stopping:
            problem = await self._once()
            if self._stopping:
                return
            self._count(problem)
            pause_s = self._pause_s()
            self._retry_at = time.monotonic() + pause_s
            self._set(PartState.CRASHED, problem)
            self.restarts += 1
            await asyncio.sleep(pause_s)
            self._retry_at = None

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

    async def _once(self) -> str:
        """Start the part and stay until it has ended; returns what went wrong."""
        try:
            self.spec.prepare()
            child = await self._start()
        except OSError as error:  # no memory, no room for a process or a file
            return f"it cannot be started ({error.strerror})"
        problem = await self._live(child)
        await self._clear(child)
        return problem

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
        life = asyncio.ensure_future(self._be_ready())
        try:
            await asyncio.wait({ended, life}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                return life.result()
            if self.state is PartState.STARTING and (child.returncode or 0) > 0:
                self._failed_starts += 1
            return _how_it_ended(child.returncode)
        finally:
            ended.cancel()
            life.cancel()
            await asyncio.wait({life})

    async def _be_ready(self) -> str:
        """Wait until the part is ready and watch it from then on; why it is to be killed."""
        problem = await self._until_ready()
        if problem is not None:
            self._failed_starts += 1
            return problem
        self.refresh()
        self._failed_starts = 0
        self._set(PartState.READY)
        self.ready.set()
        ready_at = time.monotonic()
        try:
            watch = Watch(self.spec.alive or self.spec.ready, self._policy.watch, self._tell)
            return await watch.until_given_up()
        finally:
            if time.monotonic() - ready_at > self._policy.steady_s:
                self._failures = 0

    def _tell(self, problem: str | None) -> None:
        """Show that the part stalls, or that it answers again."""
        if not self._stopping:
            self._set(PartState.STALLED if problem else PartState.READY, problem or "")

    async def _until_ready(self) -> str | None:
        """None once ready, or what it was that did not come when time is up."""
        began = time.monotonic()
        asked = 0
        while True:
            problem = await ask(self.spec.ready, PROBE_TIMEOUT_S)
            if problem is None:
                return None
            waited_s = time.monotonic() - began
            if waited_s > patience_s(self._policy.start_timeout_s):
                return f"not ready after {waited_s:.3g} s: {problem}"
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
        at_start = self._failed_starts >= self._policy.max_failed_starts
        if self.ready.is_set() or (not at_start and self._failures < self._policy.max_failures):
            return
        times = self._failed_starts if at_start else self._failures
        log = self._folders.log_of(self.spec.name)
        message = f"{self.spec.name} failed {times} times in a row ({problem}); see {log}"
        self._set(PartState.FAILED, message)
        raise PartFailed(message)

    def _pause_s(self) -> float:
        doubled = self._policy.first_pause_s * 2.0 ** min(self._failures - 1, 20)
        return min(doubled, self._policy.longest_pause_s)

    def _set(self, state: PartState, detail: str = "") -> None:
        self.state, self.detail = state, detail
        self._changed(self, detail)


def _how_it_ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
