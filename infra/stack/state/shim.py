"""Runs a program that dies with the supervisor: ``python shim.py PID MODE program ...``.

PID is the supervisor's. The kernel is asked to signal this process when its parent ends for
any reason. MODE ``alone`` then becomes the program. MODE ``guard`` stays as its parent, adopts
whatever the program's children leave behind, and when the program or the supervisor ends,
kills all of it: Ray's helpers otherwise outlive a killed Ray by a minute.

Standard library only: it is run by path, before anything is imported.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
SUPERVISOR_ENDED = signal.SIGUSR1
REQUESTS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""Passed on to the program, which ends what it started in its own order."""
WATCHED = {SUPERVISOR_ENDED, signal.SIGCHLD, *REQUESTS}


def main() -> None:
    """Ask to be told of the supervisor's end, then run the program."""
    supervisor, mode, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    os.umask(0o077)
    if sys.platform != "linux":
        os.execv(command[0], command)  # noqa: S606  (no shell is the point)
    if mode == "guard":
        sys.exit(guard(supervisor, command))
    die_with_parent(supervisor, signal.SIGKILL)
    os.execv(command[0], command)  # noqa: S606


def die_with_parent(parent: int, number: signal.Signals) -> None:
    """Have the kernel send the signal when the parent ends."""
    prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:  # it ended before the request was in place
        os._exit(1)


def prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def guard(supervisor: int, command: list[str]) -> int:
    """Run the program below us and clean up after it; returns its exit code."""
    # Signals are waited for, never handled: none can slip in between a look and a wait.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    die_with_parent(supervisor, SUPERVISOR_ENDED)
    us = os.getpid()
    program = os.fork()
    if program == 0:
        # In a group of its own, so that it gets each request once, from us.
        os.setpgid(0, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        die_with_parent(us, signal.SIGKILL)
        os.execv(command[0], command)  # noqa: S606
    status = watch(program)
    kill_children()
    if os.WIFSIGNALED(status):
        die_alike(os.WTERMSIG(status))
    return os.waitstatus_to_exitcode(status)


def watch(program: int) -> int:
    """Pass requests on and collect what ends, until it is the program; returns its status."""
    while True:
        number = signal.sigwait(WATCHED)
        if number == SUPERVISOR_ENDED:
            os.kill(program, signal.SIGKILL)
        elif number in REQUESTS:
            os.kill(program, number)
        # One SIGCHLD may stand for several that ended.
        while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            if ended[0] == program:
                return ended[1]


def kill_children() -> None:
    """Kill our children until there are none: those of a killed one become ours."""
    while True:
        for child in children():
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            os.wait()
        except ChildProcessError:
            return


def children() -> list[int]:
    """Process ids of our children."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in brackets, may hold anything; the parent is the second field after it.
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            found.append(int(stat.parent.name))
    return found


def die_alike(number: int) -> None:
    """End by the signal that ended the program, so that the supervisor can say so."""
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)


if __name__ == "__main__":
    main()
