"""The understanding role's backends."""

from __future__ import annotations

from typing import Any

from maquette.model_servers.loading.backends import Backend, Backends
from maquette.model_servers.understanding.backends.contract import UnderstandingBackend

_HERE = "understanding.backends"

BACKENDS: Backends[UnderstandingBackend[Any]] = Backends(
    "understanding",
    {
        "llava": Backend(f"{_HERE}.llava:Llava", kinds=("llava",)),
        "fake": Backend(f"{_HERE}.fake:FakeSeer"),
    },
)
