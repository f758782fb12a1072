"""A role: a model server with verbs of its own."""

from __future__ import annotations

from collections.abc import Mapping

from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.contract import ArtifactStore
from maquette.model_servers.client.contract import Method, RoleName
from maquette.records.base import Record
from maquette.records.errors import GiveUp


class Said(Record):
    """A line of text, there and back."""

    text: str


class Echo:
    """Says what it is told."""

    def __init__(self, config: ModelConfig, store: ArtifactStore, threads: int) -> None:
        self.role = RoleName("echo")
        self._running = False

    async def start(self) -> None:
        """Nothing has to be loaded."""
        self._running = True

    async def stop(self) -> None:
        """From now on it refuses."""
        self._running = False

    def methods(self) -> Mapping[str, Method]:
        """One verb."""
        return {"say": Method(Said, Said, self._say)}

    def digest(self) -> str:
        """Nothing but this file answers. Raises: GiveUp: it is not running."""
        self._check()
        return "echo-1"

    async def _say(self, request: Said) -> Said:
        self._check()
        return request

    def _check(self) -> None:
        if not self._running:
            raise GiveUp("the echo role is not running", hint="start it")
