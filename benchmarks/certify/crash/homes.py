"""The stacks that trials need: a plain one, one on a small disk, one whose clock can jump."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from maquette.benchmarks.certify.crash.faults import clock_environment
from maquette.benchmarks.certify.crash.schedule import Home
from maquette.benchmarks.certify.rig import Rig, running
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.parts.probes import secret

DISK_BYTES = 1_000_000_000
CLOCK = "clock"
ENGINE = ["models", "temporal", "store"]
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
        library = faketime()
        async with running(Rig(place / "engine", overrides={"stack.managed": ENGINE})) as engine:
            await engine.up()
            yield clocked(place, engine.settings, library)
    else:
        yield Rig(place)


def faketime() -> Path:
    """The library that lets a clock jump. Raises: NotPossible: it is not installed."""
    for path in FAKETIME:
        if Path(path).exists():
            return Path(path)
    raise NotPossible("libfaketime is not installed (Debian: apt install libfaketime)")


def clocked(place: Path, engine: Settings, library: Path) -> Rig:
    """Worker and API whose time is read off a file, over the engine, store and models of another
    stack: Ray does not start with the library loaded, and the others are no Python programs."""
    place.mkdir(parents=True, exist_ok=True)
    overrides = {
        "stack.managed": ["worker", "api"],
        "temporal.address": engine.temporal.address,
        "store.endpoint": engine.store.endpoint,
        "store.access_key": engine.store.access_key,
        "store.secret_key": secret(engine.store.secret_key),
        "serve.url": engine.serve.url,
        "serve.token": secret(engine.serve.token),
    }
    clock = place / CLOCK
    environment = clock_environment(clock, library, Path(sys.executable).name)
    return Rig(place, overrides=overrides, environment=environment)


def clock_file(rig: Rig) -> Path:
    """Where the faked clock of a stack is set."""
    return rig.data_dir / CLOCK


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
