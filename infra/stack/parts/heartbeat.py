"""A part's sign of life: a file it touches, and from which the supervisor sees that it works.

An exit or a closed port tells that a process is gone; only the part itself can tell that its
own loop still turns, or which of the things it depends on inside does not.
"""

from __future__ import annotations

import asyncio
import math
import os
from contextlib import suppress
from pathlib import Path
from time import monotonic

from maquette.infra.settings.dump import write_private
from maquette.infra.stack.parts.probes import Mending, Probe

BEAT_EVERY_S = 2.0
MISSED_AFTER_S = 10.0
"""A file that did not change for so long belongs to a part that does not work."""


class Heartbeat:
    """Written by the part. The file holds what is wrong, and nothing when all is well."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told: str | None = None

    def beat(self, problem: str = "") -> None:
        """Say that we are alive, and what we are mending."""
        with suppress(OSError):
            if problem != self._told or not self._path.exists():
                write_private(self._path, problem.encode())
                self._told = problem
                return
        with suppress(OSError):
            os.utime(self._path)  # writes no data: a full disk does not stop a heart

    def end(self) -> None:
        """Take the sign away."""
        self._path.unlink(missing_ok=True)


def heartbeat_probe(path: Path) -> Probe:
    """Well while the file changes and is empty; ``Mending`` while the part names a problem.

    What counts is that the file has changed since the last look, since clocks may jump; a time
    in which nobody looked does not count.
    """
    last_change, since, asked = 0, 0.0, -math.inf

    async def probe() -> str | None:
        nonlocal last_change, since, asked
        change, told = await asyncio.to_thread(_read, path)
        now = monotonic()
        if change != last_change or now - asked > MISSED_AFTER_S:
            last_change, since = change, now
        asked = now
        if now - since > MISSED_AFTER_S:
            return "it gives no sign of life"
        return Mending(told) if told else None

    return probe


def _read(path: Path) -> tuple[int, str]:
    """When the file last changed, in ns (0: never), and what it says."""
    try:
        return path.stat().st_mtime_ns, path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return 0, ""
