"""Mutated pictures through the door: each is taken or refused in a sentence, nothing else.

A share goes the real way, through a helper process each; the mass goes through the same code
in forked processes under the same limits.
"""

from __future__ import annotations

import asyncio
import os
import re
import selectors
import signal
import time
from collections import Counter
from dataclasses import dataclass, field

from maquette.api.desk.decoding import admit
from maquette.api.desk.decoding_helper import Limits, limit
from maquette.benchmarks.certify.fuzz.picture_mutations import mutated, originals
from maquette.infra.media.admit import admit_image
from maquette.records.errors import MaquetteError, MediaRejected

MAX_PIXELS, MAX_BYTES = 16_000_000, 40_000_000
HANG_S = 20.0
"""Of processor time in the forked share, on the wall for a helper of its own."""
REAL_SHARE = 25
"""One in so many pictures goes through a helper process of its own."""
_TOLD = re.compile(
    r"Traceback|\.py\b|/(usr|home|root|tmp|work|proc|opt|var)/|0x[0-9a-f]{6,}|Error\("
)


@dataclass
class FuzzReport:
    """What became of the pictures. ``faults`` name what must not happen, with the seed."""

    count: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    by_format: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def fuzz_pictures(count: int, seed: int = 0) -> FuzzReport:
    """Send ``count`` mutated pictures through admission.

    The same seed gives the same pictures. Outcomes: taken, refused, and what must not be: crash,
    hang, other error (also for a helper killed for memory), told (a path or a trace).
    """
    began = time.monotonic()
    report = FuzzReport(count)
    unchanged = originals()
    for data in unchanged.values():
        _admitted(data)  # loads the decoders once, so that every child has them
    for number in range(count):
        name, data = mutated(unchanged, seed, number)
        real = number % REAL_SHARE == 0
        outcome = asyncio.run(_through_helper(data)) if real else _in_fork(data)
        kind, _, words = outcome.partition(": ")
        if kind in ("taken", "refused") and _TOLD.search(words):
            kind = "told"
        report.outcomes[kind] += 1
        report.by_format[f"{name} {kind}"] += 1
        if kind not in ("taken", "refused"):
            report.faults.append(f"{outcome[:300]} ({name}, seed {seed}, number {number})")
    report.seconds = time.monotonic() - began
    return report


async def _through_helper(data: bytes) -> str:
    began = time.monotonic()
    try:
        await admit(data, max_pixels=MAX_PIXELS, max_bytes=MAX_BYTES)
    except MaquetteError as error:
        return _answer(error)
    except Exception as error:
        return f"other error: {error!r}"
    slow = time.monotonic() - began > HANG_S * max(1.0, os.getloadavg()[0])
    return "hang: a helper process took too long" if slow else "taken"


def _answer(error: MaquetteError) -> str:
    kind = "refused" if isinstance(error, MediaRejected) else "other error"
    return f"{kind}: {error.message} | {error.hint}"


def _in_fork(data: bytes) -> str:
    """Admit in a child under the helper's limits; what it says comes over a pipe."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        limit(MAX_PIXELS, cpu_s=int(HANG_S))
        os.write(writing, _admitted(data).encode()[:2_000])
        os._exit(0)
    os.close(writing)
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(reading, selectors.EVENT_READ)
        deadline = time.monotonic() + HANG_S * max(4.0, os.getloadavg()[0])
        while time.monotonic() < deadline and selector.select(deadline - time.monotonic()):
            part = os.read(reading, 4_096)
            if not part:
                break
            said += part
        else:
            os.kill(child, signal.SIGKILL)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        ended = signal.Signals(os.WTERMSIG(status)).name
        return f"{'hang' if ended in ('SIGXCPU', 'SIGKILL') else 'crash'}: ended by {ended}"
    return said.decode() or "crash: nothing was said"


def _admitted(data: bytes) -> str:
    try:
        admit_image(data, Limits(MAX_PIXELS, MAX_BYTES))
    except MaquetteError as error:
        return _answer(error)
    except MemoryError:
        return "refused: it takes more memory than a picture of its size should"
    except BaseException as error:
        return f"other error: {error!r}"
    return "taken"
