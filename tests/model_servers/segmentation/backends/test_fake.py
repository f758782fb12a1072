"""The fake keeps the promises of the real backend."""

from __future__ import annotations

import pytest

from maquette.contracts.segmentation_backend import SegmentationBackendContract
from maquette.model_servers.segmentation.backends.fake import FakeSegmenter


class TestFakeSegmenter(SegmentationBackendContract):
    @pytest.fixture
    def backend(self) -> FakeSegmenter:
        return FakeSegmenter()
