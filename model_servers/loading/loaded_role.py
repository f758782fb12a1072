"""What roles share that load their models once, in a thread of their own. Light."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.loading.worker_thread import WorkerThread
from maquette.records.errors import GiveUp


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a started role holds; roles add their models."""

    digest: str
    """Identifies the files, the code and the libraries that answer."""


LoadedT = TypeVar("LoadedT", bound=Loaded)


class LoadedRole(ABC, Generic[LoadedT]):
    """A role that is all there or not: loaded by ``start``, let go by ``stop``."""

    role: RoleName

    def __init__(self) -> None:
        self._thread = WorkerThread(self.role)
        self._loaded: LoadedT | None = None

    @abstractmethod
    def load(self) -> LoadedT:
        """Load everything; runs in the role's own thread, as all its work does."""

    async def start(self) -> None:
        """Load the models. Raises: ConfigError, MissingExtra, PackCorrupt."""
        self._loaded = await self._thread.run(self.load)

    async def stop(self) -> None:
        """Let the models go; what has not begun is dropped."""
        self._thread.close()
        self._loaded = None

    def digest(self) -> str:
        """Identifies the files, the code and the libraries that answer. Raises: GiveUp."""
        return self._started().digest

    def _started(self) -> LoadedT:
        if self._loaded is None:
            raise GiveUp(f"the {self.role} role is not running", hint="start it")
        return self._loaded
