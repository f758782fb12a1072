"""Which variables with our prefix are settings, and which belong to somebody else."""

from __future__ import annotations

import re

import pytest
from places import ROOT

from maquette.infra.settings.keys import RESERVED_ENV, check_environment
from maquette.records.errors import ConfigError


def test_every_variable_of_the_launcher_is_reserved() -> None:
    """What it reads or passes on must not be taken for a setting by the command it runs."""
    named = set(re.findall(r"MAQUETTE_[A-Z_]*[A-Z]", (ROOT / "maquette").read_text()))
    assert {"MAQUETTE_INSTALL", "MAQUETTE_VENV"} <= named
    assert named <= RESERVED_ENV


def test_a_variable_of_the_launcher_is_no_unknown_setting() -> None:
    """Any value, none too; a name nearly like it is still told."""
    check_environment({"MAQUETTE_INSTALL": "core", "MAQUETTE_VLLM_PYTHON": ""})
    with pytest.raises(ConfigError, match="MAQUETTE_INSTALLS"):
        check_environment({"MAQUETTE_INSTALLS": "core"})
