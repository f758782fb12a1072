"""A CLIPSeg model keeps the promises of a segmentation backend."""

from __future__ import annotations

from pathlib import Path

import pytest
import segmentation_models

from maquette.contracts.segmentation_backend import SegmentationBackendContract
from maquette.model_servers.segmentation.backends.clipseg import Segmenter


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Segmenter:
    folder: Path = tmp_path_factory.mktemp("clipseg") / "model"
    return Segmenter(segmentation_models.save_clipseg(folder))


class TestSegmenter(SegmentationBackendContract):
    @pytest.fixture
    def backend(self, loaded: Segmenter) -> Segmenter:
        return loaded
