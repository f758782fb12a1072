"""Importing a role costs nothing until it starts."""

from __future__ import annotations

import subprocess
import sys

import pytest

from maquette.model_servers.serving.roles import ROLES

HEAVY = ("torch", "transformers", "onnxruntime", "rapidocr", "cv2", "uharfbuzz", "resvg_py", "PIL")


@pytest.mark.slow
@pytest.mark.parametrize("role", sorted(ROLES))
def test_role_module_loads_no_heavy_library(role: str) -> None:
    """A process that only names the role class has loaded none of its libraries."""
    code = (
        f"import sys, maquette.model_servers.{role}.role; "
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
