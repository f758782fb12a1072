"""Rot in the workflow engine's file."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import time
from pathlib import Path

from maquette.benchmarks.certify.crash.faults import Fault, find, kill_now
from maquette.benchmarks.certify.rig import Rig
from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.state.progress import PartState

PAGE_BYTES = 4_096
SAID_S = 60.0


class RotDatabase(Fault):
    """Pages of the database are overwritten while the engine is down.

    What is promised: no wrong result. Either the tasks end as they should, or the stack says
    within a minute that its engine is not well, and goes on where it was once the file of
    before the rot is put back.
    """

    def __init__(self, rig: Rig, chance: random.Random) -> None:
        self._rig, self._chance = rig, chance
        self._file = StackFolders(rig.data_dir).database
        self._copy = rig.data_dir / "database-before-rot"
        self._said = True

    async def strike(self) -> float:
        supervisor = self._rig.info.pid
        engine = await find(self._rig, "temporal", self._chance)
        os.kill(supervisor, signal.SIGSTOP)  # or it would start the engine again at once
        try:
            kill_now(engine.pid)
            await asyncio.sleep(0.5)
            shutil.copytree(self._file.parent, self._copy)
            overwrite_pages(self._file, self._chance)
        finally:
            os.kill(supervisor, signal.SIGCONT)
        self._said = await self._says_so() or await self._is_sound()
        await self._put_back()
        return time.monotonic()

    async def check(self) -> tuple[str, ...]:
        return () if self._said else ("nobody says that the engine's database is damaged",)

    async def undo(self) -> None:
        await asyncio.to_thread(shutil.rmtree, self._copy, ignore_errors=True)

    async def _says_so(self) -> bool:
        """Whether status shows the engine in trouble for longer than a restart takes."""
        until = time.monotonic() + SAID_S
        bad = 0
        while time.monotonic() < until:
            await asyncio.sleep(1.0)
            state = (await asyncio.to_thread(self._rig.states)).get("temporal")
            bad = 0 if state is PartState.READY else bad + 1
            if bad > 10:
                return True
        return False

    async def _is_sound(self) -> bool:
        """Whether the rot hit nothing that is used."""
        return await self._rig.is_ready()

    async def _put_back(self) -> None:
        await self._rig.down()
        await asyncio.to_thread(shutil.rmtree, self._file.parent)
        await asyncio.to_thread(shutil.copytree, self._copy, self._file.parent)
        await self._rig.up()


def overwrite_pages(file: Path, chance: random.Random, *, share: float = 0.05) -> None:
    """Random bytes over a share of the file's pages, one at least."""
    pages = max(1, file.stat().st_size // PAGE_BYTES)
    with file.open("r+b") as opened:
        for page in chance.sample(range(pages), k=max(1, int(pages * share))):
            opened.seek(page * PAGE_BYTES)
            opened.write(chance.randbytes(PAGE_BYTES))
