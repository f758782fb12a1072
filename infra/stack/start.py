"""Starting a stack that outlives its starter, and following one on its way up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from maquette.infra.disk import FULL_BYTES, disk_full, free_bytes
from maquette.infra.settings.dump import dump_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.state.info import read_info
from maquette.infra.stack.state.processes import DROPPED_PREFIXES, KEPT_PREFIXES, ProcessMark, mark
from maquette.infra.stack.state.progress import STACK, ProgressEvent
from maquette.records.errors import GiveUp

LOOK_EVERY_S = 0.05
EXIT_ALREADY_RUNNING = 3
SUPERVISOR = "supervisor"
"""The name of the supervisor's own log."""


class StackStart:
    """A stack on its way up."""

    def __init__(
        self,
        folders: StackFolders,
        supervisor: ProcessMark,
        process: subprocess.Popen[bytes] | None = None,
    ) -> None:
        self.pid = supervisor.pid
        self._folders = folders
        self._supervisor = supervisor
        self._process = process

    @property
    def refused(self) -> bool:
        """Whether it ended at once because another stack holds the data directory."""
        return self._process is not None and self._process.poll() == EXIT_ALREADY_RUNNING

    def progress(self) -> Iterator[ProgressEvent]:
        """Every change since the start; the last event is about the ``stack`` as a whole.

        Raises: GiveUp: the supervisor ended without saying why in an event. DiskFull: no room
            is left for it to say anything.
        """
        seen = 0
        while True:
            alive = self._alive()
            lines = self._lines()
            for line in lines[seen:]:
                event = ProgressEvent.from_line(line)
                yield event
                if event.part == STACK:
                    return
            seen = len(lines)
            if not alive:
                raise GiveUp("the local stack could not be started", hint=self._last_words())
            if free_bytes(self._folders.data_dir) < FULL_BYTES:
                raise disk_full(self._folders.data_dir)
            time.sleep(LOOK_EVERY_S)

    def _alive(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            return False
        return self._supervisor.find() is not None

    def _lines(self) -> list[str]:
        """The whole lines written so far."""
        try:
            text = self._folders.progress_of(self.pid).read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        return text.split("\n")[:-1]

    def _last_words(self) -> str:
        log = self._folders.log_of(SUPERVISOR)
        lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
        last = lines[-1] if lines else "it left no message"
        try:
            problem = json.loads(last)
            return f"{problem['detail']}; {problem['hint']}"
        except (ValueError, KeyError, TypeError):
            return f"{last} (see {log})"


def start_detached(
    settings: Settings, idle_stop_s: float, *, die_with: int | None = None
) -> StackStart:
    """Start a supervisor in a session of its own; it goes on when we end.

    Args:
        idle_stop_s: stop after so many idle seconds; 0: never.
        die_with: a process without which the stack is to stop, however that ends.

    Raises: ConfigError: the data directory cannot be used.
    """
    folders = StackFolders(settings.data_dir)
    folders.make()
    dump_settings(settings, folders.request)
    env = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(KEPT_PREFIXES) or not name.startswith(DROPPED_PREFIXES)
    }
    env["MAQUETTE_SETTINGS_FILE"] = str(folders.request)
    command = [sys.executable, "-m", "maquette.infra.stack", "--idle-stop", str(idle_stop_s)]
    if die_with is not None:
        command += ["--die-with", str(die_with)]
    with folders.open_log(SUPERVISOR) as log:
        process = subprocess.Popen(  # noqa: S603  (our own module)
            command,
            env=env,
            cwd=folders.run,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
    return StackStart(folders, mark(process.pid) or ProcessMark(process.pid, 0.0), process)


def follow_start(settings: Settings) -> StackStart | None:
    """The start of the stack that runs in this data directory, or None when there is none."""
    folders = StackFolders(settings.data_dir)
    info = read_info(folders)
    if info is None:
        return None
    return StackStart(folders, ProcessMark(info.pid, info.create_time))
