"""Where the models of the settings lie: folders made absolute, and those that are not there."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from maquette.infra.settings.schema import Settings
from maquette.records.errors import ConfigError

BUNDLED = "bundled"
"""What the settings call a model that comes with Maquette."""
FROM_A_HUB = frozenset({"generation"})
"""Roles whose model may be named by a hub id."""
_HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*")


def resolve_models(values: dict[str, Any]) -> None:
    """Make folders absolute: whoever loads them runs in another folder than whoever named them."""
    for config in values.get("models", {}).values():
        model = config.get("model") if isinstance(config, dict) else None
        if isinstance(model, str) and model != BUNDLED:
            path = Path(model).expanduser().absolute()
            config["model"] = str(path) if os.path.isdir(path) else model  # noqa: PTH112


def check_models(settings: Settings) -> None:
    """Refuse a model folder that is not there, where the models run on this machine.

    Raises: ConfigError: names the role, the value, where it came from, and what is expected.
    """
    if not served_here(settings):
        return
    for role, config in settings.models.items():
        hub = role in FROM_A_HUB
        if config.model == BUNDLED or os.path.isdir(config.model):  # noqa: PTH112
            continue
        if hub and _HUB_ID.fullmatch(config.model):
            continue
        key = f"models.{role}.model"
        raise ConfigError(
            f"{settings.origin(key)}: the value of {key!r} is {config.model!r}, and there is no "
            "such folder",
            hint=f"name the word {BUNDLED}, or the folder of a model"
            + (", or a hub id such as owner/name" if hub else ""),
        )


def served_here(settings: Settings) -> bool:
    """Whether this machine's stack runs the models."""
    return settings.serve.placement == "inprocess" or "models" in settings.stack.managed
