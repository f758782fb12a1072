"""The reaper: outlives a killed model server just long enough to end the processes it left.

``python -m maquette.model_servers.serving.reaper GROUP`` waits on its standard input. A byte means
that the server left properly; the end of input means that it was killed, and then every process of
its process group is killed too. Ray ends its processes when its driver leaves properly; after a
SIGKILL the agents of its raylet would stay for about a minute.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

_PATIENCE_S = 15.0
_POLL_S = 0.2


class Reaper:
    """Watches over this process's group, from a process of its own, until told that all is well.

    Makes this process the leader of its own group, which the processes it starts belong to.
    """

    def __init__(self) -> None:
        if os.getpgrp() != os.getpid():
            os.setpgid(0, 0)
        read, self._write = os.pipe()
        command = [sys.executable, "-m", "maquette.model_servers.serving.reaper", str(os.getpgrp())]
        self._process = subprocess.Popen(command, stdin=read, start_new_session=True)  # noqa: S603
        os.close(read)

    def dismiss(self) -> None:
        """All is cleaned up: let the reaper leave without killing."""
        with suppress(BrokenPipeError):
            os.write(self._write, b".")
        os.close(self._write)
        self._process.wait()


def kill_group(group: int) -> None:
    """Kill the processes of a group until none is left, or patience ends."""
    deadline = time.monotonic() + _PATIENCE_S
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(group, signal.SIGKILL)
            time.sleep(_POLL_S)


def main() -> int:
    """Wait for the server to leave; clean up if it did not do so itself."""
    if len(sys.argv) != 2 or not sys.argv[1].isdecimal() or int(sys.argv[1]) < 2:
        return 2
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not os.read(0, 1):
        kill_group(int(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
