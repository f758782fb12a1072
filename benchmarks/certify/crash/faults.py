"""Faults of processes, disk and clock: each strikes a running stack and comes to an end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import psutil

from maquette.benchmarks.certify.crash import targets
from maquette.benchmarks.certify.rig import Rig

FROZEN_S = 20.0
FULL_S = 10.0
BLOCK_BYTES = 1_000_000
JUMP_S = 600
"""The store's own clock cannot be faked, and S3 refuses signatures a quarter of an hour off."""
PART_PATIENCE_S = 60.0
CLOCK_SEEN_S = 3.0
"""libfaketime reads its file again after a second."""


class Fault:
    """What every fault can do; most need only ``strike``."""

    async def prepare(self) -> None:
        """Before the tasks of the trial are submitted."""

    async def strike(self) -> float:
        """Do the damage; returns when it was over, by the monotonic clock."""
        raise NotImplementedError

    async def check(self) -> tuple[str, ...]:
        """After the tasks have ended: what the product promises of this fault and did not keep."""
        return ()

    async def undo(self) -> None:
        """Leave nothing of it to the next trial."""


class Kill(Fault):
    """SIGKILL of one part."""

    def __init__(self, rig: Rig, part: str, chance: random.Random) -> None:
        self._rig, self._part, self._chance = rig, part, chance

    async def strike(self) -> float:
        process = await find(self._rig, self._part, self._chance)
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
        over = time.monotonic()
        if self._part == "supervisor":
            await asyncio.sleep(1.0)
            await self._rig.up()  # nobody else would start it again
        return over


class Freeze(Fault):
    """SIGSTOP of one part for 20 s. It wakes up even if we are killed meanwhile."""

    def __init__(self, rig: Rig, part: str, chance: random.Random) -> None:
        self._rig, self._part, self._chance = rig, part, chance

    async def strike(self) -> float:
        process = await find(self._rig, self._part, self._chance)
        await asyncio.to_thread(freeze, process.pid, FROZEN_S)
        return time.monotonic()


class FillDisk(Fault):
    """No byte is left in the data directory for 10 s. Its file system must be its own."""

    def __init__(self, rig: Rig) -> None:
        self._filler = rig.data_dir / "filler"

    async def strike(self) -> float:
        try:
            await asyncio.to_thread(fill, self._filler, FULL_S)
        finally:
            self._filler.unlink(missing_ok=True)
        return time.monotonic()

    async def undo(self) -> None:
        self._filler.unlink(missing_ok=True)


class Jump(Fault):
    """The wall clock of our Python processes jumps, and stays so until the trial is over."""

    def __init__(self, clock: Path, seconds: int) -> None:
        self._clock, self._seconds = clock, seconds

    async def strike(self) -> float:
        self._clock.write_text(f"{self._seconds:+d}\n")
        await asyncio.sleep(CLOCK_SEEN_S)
        return time.monotonic()

    async def undo(self) -> None:
        self._clock.write_text("+0\n")
        await asyncio.sleep(CLOCK_SEEN_S)


async def find(rig: Rig, part: str, chance: random.Random) -> psutil.Process:
    """The part's process; one that is just starting is waited for. Raises: PartMissing."""
    deadline = time.monotonic() + PART_PATIENCE_S
    while True:
        try:
            return await asyncio.to_thread(targets.find, rig.settings, part, chance)
        except targets.PartMissing:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)


def freeze(pid: int, seconds: float) -> None:
    """Stop a process and let it go on, from a process of its own."""
    subprocess.run(
        ["/bin/sh", "-c", 'kill -STOP "$0" && sleep "$1"; kill -CONT "$0"', str(pid), str(seconds)],
        start_new_session=True,
        stderr=subprocess.DEVNULL,
        check=False,
    )


def fill(filler: Path, seconds: float) -> None:
    """Write until the disk is full, and keep it full for so long."""
    until = time.monotonic() + seconds
    descriptor = os.open(filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        while time.monotonic() < until:
            for size in (BLOCK_BYTES, 4_096, 1):
                with contextlib.suppress(OSError):
                    while time.monotonic() < until:
                        os.write(descriptor, b"\0" * size)
            time.sleep(0.05)
    finally:
        os.close(descriptor)


def clock_environment(clock: Path, library: Path, program: str) -> dict[str, str]:
    """What makes programs of this name read their time off a file."""
    clock.write_text("+0\n")
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_ONLY_CMDS": program,
    }


def kill_now(pid: int) -> None:
    """SIGKILL, if it still runs."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
