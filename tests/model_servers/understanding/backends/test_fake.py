"""The fake keeps the promises of the real backend."""

from __future__ import annotations

import pytest

from maquette.contracts.understanding_backend import UnderstandingBackendContract
from maquette.model_servers.understanding.backends.fake import FakeSeer


class TestFakeSeer(UnderstandingBackendContract):
    @pytest.fixture
    def backend(self) -> FakeSeer:
        return FakeSeer()
