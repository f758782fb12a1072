"""A test run leaves no process, however it ends: SIGKILL included.

pytest starts this file as a process of its own. Everything that tests start carries the mark of
the run in its environment, in whatever session it is; when the pipe from pytest closes, all that
still carries the mark is killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path

MARK = "MAQUETTE_TEST_RUN"
"""The stack passes variables that begin so on to its parts."""
PATIENCE_S = 20.0
PAUSE_S = 0.2
QUIET_LOOKS = 3
"""Looks that find nothing before the work is done: a process may be just starting another."""


def start() -> None:
    """Mark what this process starts from now on, and have it ended after this process."""
    os.environ[MARK] = uuid.uuid4().hex
    # Ray's processes write their titles over their environment otherwise, and the mark is gone.
    os.environ["SPT_NOENV"] = "1"
    read, _kept_open = os.pipe()
    unmarked = {name: value for name, value in os.environ.items() if name != MARK}
    subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, os.environ[MARK]],
        stdin=read,
        env=unmarked,
        start_new_session=True,
    )
    os.close(read)


def marked(run: str) -> list[int]:
    """Ids of the processes that carry the mark."""
    wanted = f"{MARK}={run}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if wanted in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
    return found


def main() -> None:
    """Wait for the end of the input, then kill until nothing is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    deadline, quiet = time.monotonic() + PATIENCE_S, 0
    while quiet < QUIET_LOOKS and time.monotonic() < deadline:
        left = marked(sys.argv[1])
        quiet = 0 if left else quiet + 1
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    main()
