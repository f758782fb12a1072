"""The supervisor: every part of one data directory, started together and stopped together."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from maquette.infra.settings.dump import write_private
from maquette.infra.stack.parts.spec import PartSpec
from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.state.processes import ProcessMark
from maquette.infra.stack.state.progress import STACK, PartState, ProgressEvent, Report
from maquette.infra.stack.supervision.runner import PartRunner, RestartPolicy

LOOK_EVERY_S = 3.0
RECORD_STALE_S = 12.0
"""A record older than this was left by a supervisor that does not work."""

log = logging.getLogger(__name__)


class Supervisor:
    """Runs parts until ``request_stop``, or until one of them gives up."""

    def __init__(
        self,
        parts: Sequence[PartSpec],
        folders: StackFolders,
        *,
        report: Report,
        policy: RestartPolicy | None = None,
    ) -> None:
        self._folders = folders
        self._report = report
        self._started = time.monotonic()
        self._stop = asyncio.Event()
        self._reason = ""
        policy = policy or RestartPolicy()
        self._runners = {
            spec.name: PartRunner(spec, folders, policy, self._part_changed) for spec in parts
        }

    async def run(
        self, *, on_ready: Callable[[], None], on_stopping: Callable[[], None]
    ) -> str | None:
        """Returns None after a requested stop, or why the stack had to end."""
        lives = [asyncio.create_task(self._live(runner)) for runner in self._runners.values()]
        others = [asyncio.create_task(self._announce(on_ready)), asyncio.create_task(self._look())]
        stop = asyncio.create_task(self._until_stop())
        try:
            done, _ = await asyncio.wait({stop, *lives}, return_when=asyncio.FIRST_COMPLETED)
            failed = [str(task.exception()) for task in done - {stop} if task.exception()]
        finally:
            for task in others:
                task.cancel()
            on_stopping()
            await self._stop_parts()
            for task in (stop, *lives):
                task.cancel()
            await asyncio.gather(stop, *lives, *others, return_exceptions=True)
        problem = failed[0] if failed else None
        self._say(
            STACK, PartState.FAILED if problem else PartState.STOPPED, problem or self._reason
        )
        return problem

    def request_stop(self, reason: str) -> None:
        """Ask for an orderly end; asked a second time, kill."""
        if self._stop.is_set():
            for runner in self._runners.values():
                runner.kill()
        self._reason = self._reason or reason
        self._stop.set()

    async def _until_stop(self) -> None:
        await self._stop.wait()

    async def _live(self, runner: PartRunner) -> None:
        for need in runner.spec.needs:
            await self._runners[need].ready.wait()
        await runner.run()

    async def _announce(self, on_ready: Callable[[], None]) -> None:
        """Say once that the whole stack is ready."""
        for runner in self._runners.values():
            await runner.ready.wait()
        on_ready()
        self._say(STACK, PartState.READY)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                for runner in self._runners.values():
                    runner.refresh()
                self._record()
            except Exception:  # a supervisor that is silent is taken for one that hangs
                log.exception("looking at the parts failed")

    async def _stop_parts(self) -> None:
        """Those that need others end first; parts of one level end together."""
        levels: dict[int, list[PartRunner]] = {}
        for runner in self._runners.values():
            levels.setdefault(self._depth(runner.spec), []).append(runner)
        for depth in sorted(levels, reverse=True):
            await asyncio.gather(*(runner.stop() for runner in levels[depth]))

    def _depth(self, spec: PartSpec) -> int:
        return max((1 + self._depth(self._runners[need].spec) for need in spec.needs), default=0)

    def _part_changed(self, runner: PartRunner, detail: str) -> None:
        self._record()
        self._say(runner.spec.name, runner.state, detail)

    def _say(self, part: str, state: PartState, detail: str = "") -> None:
        seconds = round(time.monotonic() - self._started, 2)
        self._report(ProgressEvent(part=part, state=state, seconds=seconds, detail=detail))

    def _record(self) -> None:
        """Write down which processes are ours, for ``status`` and for the next start."""
        rows = [
            {
                "part": name,
                "state": runner.state.value,
                "process": runner.process,
                "offspring": runner.offspring,
                "restarts": runner.restarts,
                "detail": runner.detail,
                "retry_in_s": runner.retry_in_s,
            }
            for name, runner in self._runners.items()
        ]
        with suppress(OSError):  # a full disk must not end the stack
            write_private(self._folders.parts, json.dumps(rows).encode())


def record_age_s(folders: StackFolders) -> float:
    """Seconds since a supervisor last wrote down its parts; infinite when none did."""
    try:
        return max(0.0, time.time() - folders.parts.stat().st_mtime)
    except FileNotFoundError:
        return math.inf


def recorded_parts(folders: StackFolders) -> list[dict[str, object]]:
    """What the last supervisor wrote down; empty when there is nothing readable."""
    try:
        rows = json.loads(folders.parts.read_text())
    except (OSError, ValueError):
        return []
    for row in rows:
        row["process"] = ProcessMark(*row["process"]) if row["process"] else None
        row["offspring"] = [ProcessMark(*m) for m in row["offspring"]]
    return list(rows)
