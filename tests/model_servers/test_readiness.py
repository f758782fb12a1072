"""What is found wrong with the roles of the settings before anything is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import segmentation_models

from maquette.infra.settings.load import load_settings
from maquette.model_servers.readiness import check_roles
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
