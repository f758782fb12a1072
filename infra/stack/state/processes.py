"""Starting a child that cannot outlive us, and ending it with everything it started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import psutil

STACK_DIR_VARIABLE = "MAQUETTE_STACK_DIR"
PART_VARIABLE = "MAQUETTE_STACK_PART"
KEPT_PREFIXES = ("MAQUETTE_TEST_",)
DROPPED_PREFIXES = ("MAQUETTE_", "RCLONE_", "TEMPORAL_")
"""Settings reach children resolved, so that none is read a second time and differently."""

SHIM = Path(__file__).with_name("shim.py")


class ProcessMark(NamedTuple):
    """A process, and not another one that later got the same number."""

    pid: int
    create_time: float

    def find(self) -> psutil.Process | None:
        """The process if it still runs."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.create_time) < 0.05
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


def mark(pid: int) -> ProcessMark | None:
    """The mark of a running process."""
    try:
        return ProcessMark(pid, psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def child_environment(data_dir: Path, part: str, extra: Mapping[str, str]) -> dict[str, str]:
    """Our environment without settings, marked with the stack and the part."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(KEPT_PREFIXES) or not name.startswith(DROPPED_PREFIXES)
    }
    marks = {STACK_DIR_VARIABLE: str(data_dir), PART_VARIABLE: part, "PYTHONUNBUFFERED": "1"}
    return {**kept, **marks, **extra}


async def spawn(
    command: Iterable[str], *, guarded: bool, env: Mapping[str, str], cwd: Path, log: int
) -> asyncio.subprocess.Process:
    """Start a program in a session of its own that the kernel kills when we end.

    A guarded program runs below a guard (shim.py), which is the process returned.
    """
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-S",
        str(SHIM),
        str(os.getpid()),
        "guard" if guarded else "alone",
        *command,
        env=dict(env),
        cwd=cwd,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal a child and everything in its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def program_below(guard: int) -> ProcessMark | None:
    """The program that a guard runs: its first child."""
    try:
        found = psutil.Process(guard).children()
    except psutil.Error:
        return None
    return mark(min(found, key=lambda child: child.create_time()).pid) if found else None


def descendants(pid: int) -> list[ProcessMark]:
    """Marks of a process's children, and theirs."""
    try:
        found = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []
    return [m for process in found if (m := mark(process.pid)) is not None]


def kill_marked(marks: Iterable[ProcessMark]) -> int:
    """Kill those of the marked processes that still run; returns how many."""
    killed = 0
    for known in marks:
        process = known.find()
        if process is not None:
            with contextlib.suppress(psutil.Error):
                process.kill()
                killed += 1
    return killed


def strays(data_dir: Path, part: str | None = None) -> list[ProcessMark]:
    """Processes marked as belonging to the stack of this data directory (and part)."""
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        with contextlib.suppress(psutil.Error, OSError):
            environment = process.environ()
            if environment.get(STACK_DIR_VARIABLE) != str(data_dir):
                continue
            if part is None or environment.get(PART_VARIABLE) == part:
                found.append(ProcessMark(process.pid, process.create_time()))
    return found
