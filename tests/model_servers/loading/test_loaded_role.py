"""What roles share that load their models once."""

from __future__ import annotations

import threading

import pytest

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.loading.loaded_role import Loaded, LoadedRole
from maquette.records.errors import GiveUp, PackCorrupt


class _Role(LoadedRole[Loaded]):
    role = RoleName.REWARD

    def __init__(self, digests: list[str]) -> None:
        super().__init__()
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
