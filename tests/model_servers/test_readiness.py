"""What is found wrong with the roles of the settings before anything is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import segmentation_models
from installed import Packages

from maquette.infra.settings.load import load_settings
from maquette.model_servers.readiness import brought, check_roles
from maquette.records.errors import ConfigError


def _check(**overrides: Any) -> None:
    # The settings refuse a missing folder themselves where the models run on this machine.
    elsewhere = {"serve.placement": "colocated", "stack.managed": []}
    check_roles(load_settings("test", overrides=elsewhere | overrides))


def test_roles_that_can_serve_pass(tmp_path: Path) -> None:
    """A model that is there, and a fake that needs none."""
    model = segmentation_models.save_clipseg(tmp_path / "model")
    _check(**{"models.segmentation.model": str(model), "models.segmentation.backend": "clipseg"})
    _check(**{"models.reward.model": str(tmp_path / "none"), "models.reward.backend": "fake"})


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"models.reward.backend": "vllm"}, r"models\.reward\.backend is 'vllm'"),
        ({"models.embedding.options.colour": "red"}, r"models\.embedding\.options\.colour"),
        ({"models.segmentation.model": "/nowhere"}, r"models\.segmentation\.model is '/nowhere'"),
        ({"models.reward.model": "/nowhere"}, "nowhere"),
        ({"models.generation.model": "/nowhere"}, r"models\.generation\.model is '/nowhere'"),
    ],
)
def test_what_cannot_serve_is_named(overrides: dict[str, Any], told: str) -> None:
    """The key and the value."""
    with pytest.raises(ConfigError, match=told):
        _check(**overrides)


def test_a_chosen_backend_of_a_package_is_loaded(packages: Packages) -> None:
    """What could not serve is told before anything is started; what works passes."""
    entries = {"backends:embedding.gone": "no_such_module:X", "backends:embedding.new": "news:New"}
    packages.install("news", entries, "class New: ...")
    _check(**{"models.embedding.backend": "new"})
    with pytest.raises(ConfigError, match=r"'embedding\.gone': cannot be imported") as caught:
        _check(**{"models.embedding.backend": "gone"})
    assert caught.value.hint == "mend or uninstall news 1.5"


PARTS = """
class Role:
    def start(self): ...
    def stop(self): ...
    def methods(self): ...
class Parts: ...
ROLE = Role()
"""


def test_what_packages_bring_is_loaded_to_see_whether_it_works(packages: Packages) -> None:
    """Roles and backends that work stand by name; each that does not is told by its own reason."""
    packages.install(
        "parts",
        {
            "roles:echo": "parts:Role",
            "roles:reward": "parts:Role",
            "roles:mute": "parts:ROLE",
            "backends:echo.loud": "parts:Parts",
            "backends:segmentation.bright": "parts:Parts",
            "backends:segmentation.fake": "parts:Parts",
            "backends:bright": "parts:Parts",
            "backends:segmentatoin.bright": "parts:Parts",
            "backends:reward.lost": "no_such_module:Parts",
        },
        PARTS,
    )
    roles, backends = brought()
    assert set(roles.found) == {"echo"}
    assert {one.plugin.split()[1]: one.reason for one in roles.problems} == {
        "mute": "it names a Role; expected a class made of config, store and threads",
        "reward": "the name 'reward' is taken by Maquette",
    }
    assert set(backends.found) == {"echo.loud", "segmentation.bright"}
    reasons = {one.plugin.split()[1]: one.reason for one in backends.problems}
    assert reasons["segmentation.fake"] == "the name 'segmentation.fake' is taken by Maquette"
    assert reasons["bright"] == "its name is 'bright'; expected <role>.<backend>"
    assert reasons["segmentatoin.bright"].startswith("there is no role 'segmentatoin' for it")
    assert reasons["reward.lost"].startswith("cannot be imported: ModuleNotFoundError")
