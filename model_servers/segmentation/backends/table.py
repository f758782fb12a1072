"""The segmentation role's backends."""

from __future__ import annotations

from typing import Any

from maquette.model_servers.loading.backends import Backend, Backends
from maquette.model_servers.segmentation.backends.contract import SegmentationBackend

_HERE = "segmentation.backends"

BACKENDS: Backends[SegmentationBackend[Any]] = Backends(
    "segmentation",
    {
        "clipseg": Backend(f"{_HERE}.clipseg:Segmenter", kinds=("clipseg",)),
        "fake": Backend(f"{_HERE}.fake:FakeSegmenter"),
    },
)
