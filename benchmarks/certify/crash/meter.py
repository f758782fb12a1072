"""Denoising steps that the generator really ran, over as many replicas as there were."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self

from maquette.benchmarks.certify.rig import Rig
from maquette.infra.store.factory import open_store
from maquette.model_servers.client.roles import GenerationClient
from maquette.model_servers.connect import connect

EVERY_S = 0.2
PATIENCE_S = 2.0


class StepCount:
    """Adds up a counter that begins again at 0 whenever its replica does.

    What a killed replica did after it was last asked is not seen.
    """

    def __init__(self) -> None:
        self.total = 0
        self._last: int | None = None

    def saw(self, steps_run: int) -> None:
        if self._last is not None:
            self.total += steps_run - self._last if steps_run >= self._last else steps_run
        self._last = steps_run


class StepMeter:
    """Counts while entered. ``default_steps`` is what one picture takes in peace."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._count = StepCount()
        self._task: asyncio.Task[None] | None = None
        self.default_steps = 0

    @property
    def steps(self) -> int:
        return self._count.total

    async def __aenter__(self) -> Self:
        await self._look()
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._look()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            await self._look()

    async def _look(self) -> None:
        """Ask once; a replica that is away, frozen or starting is asked again later."""
        with contextlib.suppress(Exception):
            settings = self._rig.settings
            models = connect(settings, open_store(settings))
            try:
                async with asyncio.timeout(PATIENCE_S):
                    told = await GenerationClient(models).describe()
            finally:
                await models.close()
            self.default_steps = told.default_steps
            self._count.saw(told.steps_run)
