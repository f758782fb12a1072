"""The stacks that trials need: a plain one, one on a small disk, one whose clock can jump."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from maquette.benchmarks.certify.faults import clock_environment
from maquette.benchmarks.certify.rig import Rig
from maquette.benchmarks.certify.schedule import Home

DISK_BYTES = 1_000_000_000
FAKETIME = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
)


class NotPossible(Exception):
    """This machine cannot do what the trials need. The text says why."""


@contextlib.asynccontextmanager
async def home(kind: Home, folder: Path) -> AsyncIterator[Rig]:
    """A stack of that kind, not yet up. Raises: NotPossible."""
    place = folder / kind.value
    if kind is Home.SMALL_DISK:
        with small_disk(place):
            yield Rig(place)
    elif kind is Home.FAKED_CLOCK:
        yield clocked(place)
    else:
        yield Rig(place)


def clocked(place: Path) -> Rig:
    """A stack whose Python programs read their time off a file. Raises: NotPossible."""
    library = next((Path(path) for path in FAKETIME if Path(path).exists()), None)
    if library is None:
        raise NotPossible("libfaketime is not installed (Debian: apt install libfaketime)")
    place.mkdir(parents=True, exist_ok=True)
    clock = clock_file(Rig(place))
    return Rig(place, clock_environment(clock, library, Path(sys.executable).name))


def clock_file(rig: Rig) -> Path:
    """Where the faked clock of a stack is set."""
    return rig.data_dir / "clock"


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """A file system of its own in memory. Raises: NotPossible: it cannot be mounted."""
    if os.geteuid() != 0 or sys.platform != "linux":
        raise NotPossible("a small disk can be mounted by root on Linux only")
    place.mkdir(parents=True, exist_ok=True)
    if place.is_mount():  # left by a certification that was killed
        _run("umount", "--lazy", str(place))
    _run("mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "maquette", str(place))
    try:
        yield
    finally:
        _run("umount", "--lazy", str(place))


def _run(*command: str) -> None:
    """Raises: NotPossible: it is refused."""
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotPossible(f"a small disk cannot be mounted here ({command[0]})") from error
