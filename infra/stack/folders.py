"""The data directory of a stack: where everything lies, and the lock that guards it."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import IO

from maquette.records.errors import ConfigError, Conflict

MAX_LOG_BYTES = 5_000_000
LOCK_PATIENCE_S = 0.5
"""Whoever looks whether the lock is held holds it for an instant."""


class StackFolders:
    """Paths below one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.run = data_dir / "run"
        self.logs = data_dir / "logs"
        self.secrets = data_dir / "secrets"
        self.objects = data_dir / "objects"
        self.database = data_dir / "temporal" / "temporal.db"
        self.plain_runs = self.secrets / "plain-runs.json"

        self.lock = self.run / "stack.lock"
        self.info = self.run / "stack.json"
        self.parts = self.run / "parts.json"
        self.settings = self.run / "settings.json"
        self.request = self.run / "request.json"
        self.failure = self.run / "failure.json"
        self.worker_ready = self.run / "worker.ready"

    def make(self) -> None:
        """Create the folders, private to the person. Raises: ConfigError: they cannot be."""
        try:
            for folder in (
                self.run,
                self.logs,
                self.secrets,
                self.objects,
                self.database.parent,
            ):
                folder.mkdir(parents=True, exist_ok=True)
            self.data_dir.chmod(0o700)
        except OSError as error:
            raise ConfigError(
                f"the data directory {self.data_dir} cannot be used: {error.strerror}",
                hint="choose another with --data-dir or MAQUETTE_DATA_DIR",
            ) from error

    def progress_of(self, supervisor: int) -> Path:
        """Where the supervisor with this process id writes its progress."""
        return self.run / f"progress-{supervisor}.jsonl"

    def log_of(self, part: str) -> Path:
        return self.logs / f"{part}.log"

    def open_log(self, part: str) -> IO[bytes]:
        """Append to a part's log; a long one is put aside first."""
        path = self.log_of(part)
        if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")


class StackLock:
    """One supervisor for a data directory. The kernel lets go when the process ends."""

    def __init__(self, folders: StackFolders) -> None:
        self._folders = folders
        self._file: IO[str] | None = None

    def __enter__(self) -> StackLock:
        """Raises: Conflict: another supervisor holds it."""
        file = self._folders.lock.open("a+")
        if not _take(file):
            file.seek(0)
            pid = file.read().strip() or "unknown"
            file.close()
            raise Conflict(
                f"a stack already runs in {self._folders.data_dir} (process {pid})",
                hint="use it as it is, stop it with `maquette down`, or choose another --data-dir",
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _take(file: IO[str]) -> bool:
    deadline = time.monotonic() + LOCK_PATIENCE_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)


def is_locked(folders: StackFolders) -> bool:
    """Whether a supervisor holds the data directory."""
    try:
        with folders.lock.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
