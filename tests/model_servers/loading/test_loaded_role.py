"""What roles share that load their models once."""

from __future__ import annotations

import threading

import pytest

from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.loading.backends import Backend, Backends
from maquette.model_servers.loading.loaded_role import Loaded, LoadedRole
from maquette.model_servers.loading.options import NoOptions
from maquette.records.errors import ConfigError, GiveUp, PackCorrupt


class _Role(LoadedRole[Loaded, NoOptions]):
    role = RoleName.REWARD
    options = NoOptions
    backends = Backends[None]("reward", {"only": Backend("")})

    def __init__(self, digests: list[str], config: ModelConfig | None = None) -> None:
        super().__init__(config or ModelConfig(), MemoryArtifactStore(), 1)
        self._digests = digests
        self.threads: list[str] = []

    def load(self) -> Loaded:
        self.threads.append(threading.current_thread().name)
        if not self._digests:
            raise PackCorrupt("no model is left")
        return Loaded(digest=self._digests.pop())


async def test_a_role_answers_only_between_start_and_stop() -> None:
    """The digest is the loaded one; before the start and after the stop it is refused by name."""
    role = _Role(["abc"])
    with pytest.raises(GiveUp, match="the reward role is not running"):
        role.digest()
    await role.start()
    assert role.digest() == "abc"
    await role.stop()
    with pytest.raises(GiveUp, match="reward"):
        role.digest()


async def test_models_are_loaded_in_the_role_s_own_thread() -> None:
    """Loading runs in a thread named after the role, never in that of the event loop."""
    role = _Role(["abc"])
    await role.start()
    assert [name.startswith("reward") for name in role.threads] == [True]
    await role.stop()


async def test_what_fails_to_load_does_not_serve() -> None:
    """The error of loading is the one of ``start``, and the role is not running after it."""
    role = _Role([])
    with pytest.raises(PackCorrupt):
        await role.start()
    with pytest.raises(GiveUp):
        role.digest()
    await role.stop()


def test_what_a_role_does_not_know_is_refused_by_name() -> None:
    """An option and a backend that a role would drop are refused before anything loads."""
    with pytest.raises(ConfigError, match=r"models\.reward\.options\.colour"):
        _Role([], ModelConfig(options={"colour": "red"}))
    with pytest.raises(ConfigError, match=r"models\.reward\.backend is 'vllm'; known: only"):
        _Role([], ModelConfig(backend="vllm"))


async def test_a_role_that_never_ran_is_stopped_without_complaint() -> None:
    """Stopping after a failed start, or none, leaves nothing to do."""
    await _Role(["abc"]).stop()
