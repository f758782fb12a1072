"""The command line as a process of its own, with the streams, user and limits a test gives it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

NOBODY = 65_534

AS_ANOTHER = """
import os, sys
import maquette.api.cli.main as main
import maquette.api.cli.delivery.attend, maquette.api.cli.checkups, maquette.api.cli.connect
import maquette.api.cli.run, maquette.api.cli.stack, maquette.api.cli.doctor
import maquette.api.cli.tasks, maquette.api.cli.terminal.validation, maquette.infra.settings.load
import maquette.infra.stack.control, maquette.infra.stack.checkup.doctor, maquette.tools.registry
import maquette.model_servers.readiness
from maquette.infra.settings.load import load_settings
load_settings()
os.setgroups([])
os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv[1]))
main.app(sys.argv[2:], prog_name="maquette")
"""
"""Everything is imported before the user changes, who may not read where it lies."""


def maquette(*arguments: str, data_dir: Path, user: int | None = None, **how: Any) -> Any:
    """Run a command to its end; stdout and stderr are caught as bytes unless given."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("MAQUETTE_")
    }
    environment |= {"MAQUETTE_DATA_DIR": str(data_dir), "COLUMNS": "200"} | how.pop("env", {})
    program = ["-m", "maquette.api.cli.main"] if user is None else ["-c", AS_ANOTHER, str(user)]
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL} | how
    return subprocess.run(
        [sys.executable, *program, *arguments], env=environment, timeout=100, **how
    )
