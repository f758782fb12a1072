"""The stack that is certified: brought up as a user would, asked how it is, taken down."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

from maquette.api.client import MaquetteClient
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.stack import control
from maquette.infra.stack.state.progress import PartState
from maquette.records.errors import GiveUp, MaquetteError

IDLE_STOP_S = 900.0
ANY_PORT = {
    "api.port": 0,
    "serve.url": "http://127.0.0.1:0",
    "store.endpoint": "127.0.0.1:0",
    "temporal.address": "127.0.0.1:0",
}
"""The usual ports may belong to somebody else's stack."""


class Rig:
    """The laptop profile in a data directory of its own."""

    def __init__(
        self,
        data_dir: Path,
        *,
        overrides: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """
        Args:
            overrides: settings that differ from the laptop's.
            environment: variables that every process of the stack is started with.
        """
        self.data_dir = data_dir
        given = {"data_dir": str(data_dir), **ANY_PORT, **(overrides or {})}
        self._wanted = load_settings("laptop", overrides=given)
        self._environment = dict(environment or {})

    @property
    def info(self) -> control.StackInfo:
        """Of the stack that runs now. Raises: GiveUp: none runs."""
        info = control.read_stack(self._wanted)
        if info is None:
            raise GiveUp("the stack that is certified does not run")
        return info

    @property
    def settings(self) -> Settings:
        """Of the stack that runs now: its ports and keys. Raises: GiveUp: none runs."""
        return control.load_stack_settings(self.info)

    async def up(self) -> None:
        """``maquette up``. Raises: GiveUp."""
        await asyncio.to_thread(self._up)

    async def down(self) -> None:
        """``maquette down``."""
        await asyncio.to_thread(control.stop, self._wanted)

    def _up(self) -> None:
        with _environment(self._environment):
            control.ensure_stack(
                self._wanted,
                idle_stop_s=IDLE_STOP_S,
                report=lambda _: None,
                die_with=os.getpid(),
            )

    @contextlib.asynccontextmanager
    async def client(self) -> AsyncIterator[MaquetteClient]:
        """Speaks to the API of the stack that runs now."""
        info = self.info
        async with MaquetteClient(info.api_url, info.token) as client:
            yield client

    def states(self) -> dict[str, PartState]:
        """What ``maquette status`` says."""
        return {row.part: row.state for row in control.status(self._wanted)}

    async def ready_after(self, within_s: float) -> float | None:
        """Seconds until every part is ready and answers; None: not within that time."""
        began = time.monotonic()
        while time.monotonic() - began < within_s:
            if await self.is_ready():
                return time.monotonic() - began
            await asyncio.sleep(0.5)
        return None

    async def is_ready(self) -> bool:
        """Whether status says ready, and the API, and the parts behind it answer."""
        states = await asyncio.to_thread(self.states)
        if not all(state is PartState.READY for state in states.values()):
            return False
        try:
            async with asyncio.timeout(5), self.client() as client:
                parts = (await client.system())["parts"]
        except (MaquetteError, TimeoutError):
            return False
        return all(part["status"] == "ok" for part in parts.values())


@contextlib.asynccontextmanager
async def running(rig: Rig) -> AsyncIterator[Rig]:
    """Take the stack down however we end."""
    try:
        yield rig
    finally:
        await asyncio.shield(rig.down())


@contextlib.contextmanager
def _environment(extra: Mapping[str, str]) -> Iterator[None]:
    """Variables for what is started meanwhile."""
    before = {name: os.environ.get(name) for name in extra}
    os.environ.update(extra)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
