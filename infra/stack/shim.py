"""Runs a program that dies with the supervisor: ``python shim.py <supervisor pid> program ...``.

The kernel is asked to kill this process when its parent ends for any reason; the request
survives the exec. Standard library only: it is run by path, before anything is imported.
"""

from __future__ import annotations

import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask to die with the parent, then become the program."""
    supervisor, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != supervisor:  # it died before the request was in place
            sys.exit(1)
    os.umask(0o077)
    os.execv(command[0], command)  # noqa: S606  (no shell is the point)


if __name__ == "__main__":
    main()
