"""What all roles share: one constructor, and models that are loaded once, in a thread of their own.
Light."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.loading.backends import Backends
from maquette.model_servers.loading.options import model_options
from maquette.model_servers.loading.worker_thread import WorkerThread
from maquette.records.base import Record
from maquette.records.errors import GiveUp

if TYPE_CHECKING:
    from maquette.infra.settings.schema import ModelConfig
    from maquette.infra.store.contract import ArtifactStore


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a started role holds; roles add their models."""

    digest: str
    """Identifies the files, the code and the libraries that answer."""


LoadedT = TypeVar("LoadedT", bound=Loaded)
OptionsT = TypeVar("OptionsT", bound=Record)


class LoadedRole(ABC, Generic[LoadedT, OptionsT]):
    """A role that is all there or not: loaded by ``start``, let go by ``stop``.

    Args:
        config: the model, the backend that serves it, and the options of both.
        store: where artifacts are read from and kept.
        threads: the most torch may use here; 0 leaves it to the role.
    Raises: ConfigError: an option or the backend is not known.
    """

    role: RoleName
    options: type[OptionsT]
    """What ``models.<role>.options`` may hold, beside placement."""
    backends: ClassVar[Backends[Any]]
    """What ``models.<role>.backend`` may say."""

    def __init__(self, config: ModelConfig, store: ArtifactStore, threads: int) -> None:
        self.backends.check(config.backend)
        self._config = config
        self._options = model_options(self.role, self.options, config.options)
        self._store = store
        self._threads = threads
        self._thread = WorkerThread(self.role)
        self._loaded: LoadedT | None = None

    @abstractmethod
    def load(self) -> LoadedT:
        """Load everything; runs in the role's own thread, as all its work does."""

    async def start(self) -> None:
        """Load the models. Raises: ConfigError, MissingExtra, PackCorrupt."""
        self._loaded = await self._thread.run(self.load)

    async def stop(self) -> None:
        """Let the models go; what has not begun is dropped. One that never ran may be stopped."""
        self._thread.close()
        self._loaded = None

    def digest(self) -> str:
        """Identifies the files, the code and the libraries that answer. Raises: GiveUp."""
        return self.loaded.digest

    @property
    def loaded(self) -> LoadedT:
        """What it holds between start and stop. Raises: GiveUp: it is not running."""
        if self._loaded is None:
            raise GiveUp(f"the {self.role} role is not running", hint="start it")
        return self._loaded
