"""The data directory of a stack: where everything lies, and the lock that guards it."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pwd
import stat
import time
from pathlib import Path
from typing import IO

from maquette.infra.disk import nearest_there
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
        self.models_alive = self.run / "models.alive"

    def make(self) -> None:
        """Create the folders, private to the person, as what they hold already becomes.

        Raises: ConfigError: they cannot be.
        """
        try:
            for folder in (
                self.run,
                self.logs,
                self.secrets,
                self.objects,
                self.database.parent,
            ):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                make_private(folder)
            self.data_dir.chmod(0o700)
            for path in (self.run, self.logs, *self.run.iterdir(), *self.secrets.iterdir()):
                # What is not there any more was somebody's partial file.
                if not os.access(path, os.R_OK | os.W_OK) and os.path.lexists(path):
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            for folder in (self.run, self.logs, self.secrets, self.database.parent):
                for file in folder.iterdir():
                    make_private(file)
        except OSError as error:
            raise self.unusable(error) from error

    def unusable(self, error: OSError) -> ConfigError:
        """What is raised when the data directory, or something in it, does not let us in."""
        return ConfigError(
            f"the data directory {self.data_dir} cannot be used: {_why(self.data_dir, error)}",
            hint="name another with MAQUETTE_DATA_DIR or --data-dir, or mend this one",
        )

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
        path.touch(0o600)
        make_private(path)
        return path.open("ab")


def make_private(path: Path) -> None:
    """Take away what others may do with a file or folder. It may vanish meanwhile."""
    with contextlib.suppress(FileNotFoundError):
        mode = path.lstat().st_mode
        if mode & 0o077 and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) & 0o700)


class StackLock:
    """One supervisor for a data directory. The kernel lets go when the process ends."""

    def __init__(self, folders: StackFolders) -> None:
        self._folders = folders
        self._file: IO[str] | None = None

    def __enter__(self) -> StackLock:
        """Raises: Conflict: another supervisor holds it."""
        self._folders.lock.touch(0o600)
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


def _why(data_dir: Path, error: OSError) -> str:
    """What keeps us out: the nearest thing that is there, and whose it is."""
    wanted = Path(os.fsdecode(error.filename)) if error.filename else data_dir
    there = nearest_there(wanted)
    if isinstance(error, PermissionError):
        owner, own = there.lstat().st_uid, os.geteuid()
        if owner != own:
            return f"{there} belongs to the user {_user(owner)}, and you are {_user(own)}"
        return f"the modes of {there} do not allow it"
    if isinstance(error, FileExistsError | NotADirectoryError):
        return f"{there} is a file"
    return f"{error.strerror} at {there}"


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


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
    """Whether a supervisor holds the data directory. Raises: ConfigError: it lets us not in."""
    try:
        with folders.lock.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except (PermissionError, NotADirectoryError) as error:
        raise folders.unusable(error) from error
    except BlockingIOError:
        return True
    return False
